"""Reads of players, accounts and what they moved."""

from collections.abc import Mapping
from heapq import merge
from itertools import islice

from django.db.models import Prefetch, QuerySet

from operators.models import Casino
from operators.selectors.refusals import Refusal
from wallet.models import Account, LedgerRow, Player


class UnknownPlayer(Refusal):
    """The casino has no player of that id."""

    code = "unknown_player"


def get_player(casino: Casino, user_id: str) -> Player:
    """Return a casino's player, with the accounts at hand.

    :raises UnknownPlayer:
    """
    accounts = Prefetch("accounts", Account.objects.order_by("currency"))
    player = Player.objects.prefetch_related(accounts).filter(casino=casino, user_id=user_id).first()
    if player is None:
        raise UnknownPlayer(f"The casino has no player “{user_id}”.", fields={"user_id": "There is no such player."})
    player.casino = casino
    return player


def list_latest_rows(account: Account) -> QuerySet[LedgerRow]:
    """An account's ledger rows with what they name, the newest first."""
    rows = LedgerRow.objects.filter(account_id=account.pk).order_by("-number")
    return rows.select_related("account", "transaction", "operator", "round", "game", "reverses")


def list_movements(accounts: list[Account], seen: Mapping[int, int], count: int) -> list[LedgerRow]:
    """The newest ledger rows of several accounts together, at most so many.

    `seen` says, by account, below which row's number to go on.
    """
    newest = [
        list_latest_rows(account).filter(**({"number__lt": seen[account.pk]} if account.pk in seen else {}))[:count]
        for account in accounts
    ]
    together = merge(*newest, key=lambda row: (row.created_at, row.transaction_id), reverse=True)
    return list(islice(together, count))
