"""The same money moved by django-hordak: as it comes, and with the lock and the funds check that make it safe."""

from decimal import Decimal
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from hordak.models import Account, AccountType, Leg, Transaction
from moneyed import Money

from tests.benchmarks.house import PLAYERS
from tests.benchmarks.worker import serve


def open_accounts() -> tuple[Any, list[int]]:
    """Make the house, and players with a million each; return the house and the players' keys."""
    fund = Account.objects.create(name="Bank", type=AccountType.asset, currencies=["EUR"])
    house = Account.objects.create(name="House", type=AccountType.income, currencies=["EUR"])
    tree = {"lft": 1, "rght": 2, "level": 0}
    roots = [
        Account(name=f"Player {number}", type=AccountType.liability, currencies=["EUR"], tree_id=10 + number, **tree)
        for number in range(PLAYERS)
    ]
    players = [player.pk for player in Account.objects.bulk_create(roots)]
    deposits = Transaction.objects.bulk_create([Transaction() for _ in players])
    for side, accounts in (("credit", players), ("debit", [fund.pk] * PLAYERS)):
        Leg.objects.bulk_create(
            Leg(transaction=deposit, account_id=account, currency="EUR", **{side: Decimal(1_000_000)})
            for deposit, account in zip(deposits, accounts, strict=True)
        )
    return house, players


def main() -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        house, players = open_accounts()
    connection.cursor().execute("VACUUM ANALYZE")

    def bare(draw: Random) -> None:
        player = Account.objects.get(pk=draw.choice(players))
        house.transfer_to(player, stake(draw))

    def safe(draw: Random) -> None:
        amount = stake(draw)
        with transaction.atomic():
            player = Account.objects.select_for_update(of=("self",)).get(pk=draw.choice(players))
            if player.get_simple_balance()["EUR"] < amount:
                raise ValueError("the account does not hold the stake")
            house.transfer_to(player, amount)

    serve({"bare": bare, "safe": safe})


def stake(draw: Random) -> Money:
    return Money(Decimal(draw.randint(1, 20)) / 4, "EUR")


if __name__ == "__main__":
    main()
