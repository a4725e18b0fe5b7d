"""What must hold of the ledger after any test: proved by the product's own functions, and again in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Q

from tests.wallet.limit_books import find_use_faults
from wallet.enums import AccountKind, Kind
from wallet.models import Account, LedgerRow, Round, Transaction
from wallet.services.proofs import list_differences

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Mark:
    """The highest ids at one moment: what is above was made since."""

    account: int
    transaction: int


def mark() -> Mark:
    return Mark(_highest(Account.objects.aggregate(Max("pk"))), _highest(Transaction.objects.aggregate(Max("pk"))))


def _highest(found: dict[str, int | None]) -> int:
    return found["pk__max"] or 0


def find_faults(before: Mark) -> list[str]:
    """What does not add up in the accounts that were opened or moved since the mark, in words."""
    moved = LedgerRow.objects.filter(transaction_id__gt=before.transaction).values("account_id")
    ours = Q(pk__gt=before.account) | Q(pk__in=moved)
    accounts = list(Account.objects.filter(ours, kind=AccountKind.PLAYER).order_by("pk"))
    faults = [fault for account in accounts for fault in find_account_faults(account)]
    faults += find_casino_faults({account.casino_id for account in accounts})
    faults += find_round_faults(before)
    faults += find_use_faults(accounts)
    faults += find_proven_differences(accounts, before)
    return faults


def find_account_faults(account: Account) -> Iterator[str]:
    """Walk through an account's rows as a child would: each adds to the one before, the last is the balance."""
    balance, place, reversed_ids = NOTHING, 0, set()
    for row in LedgerRow.objects.filter(account_id=account.pk).order_by("number"):
        place += 1
        balance += row.amount if row.credit_id == account.pk else -row.amount
        if (row.number, row.balance) != (place, balance):
            yield f"row {row.number} of {account.pk} says {row.balance}: place {place} makes {balance}"
        if row.reverses_id in reversed_ids:
            yield f"row {row.number} of {account.pk} reverses {row.reverses_id} again"
        reversed_ids |= {row.reverses_id} - {None}
    if (account.last_number, account.balance) != (place, balance):
        yield f"account {account.pk} holds {account.balance} after {account.last_number}: rows make {balance}, {place}"


def find_casino_faults(casinos: set[int]) -> Iterator[str]:
    """Money is only ever moved: in each currency, what players hold is what the system accounts have given."""
    for casino_id in sorted(casinos):
        accounts = {account.pk: account for account in Account.objects.filter(casino_id=casino_id).order_by("pk")}
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in LedgerRow.objects.filter(account__casino_id=casino_id).order_by("transaction_id"):
            for side, amount in ((row.debit_id, -row.amount), (row.credit_id, row.amount)):
                if side not in accounts:
                    yield f"transaction {row.transaction_id} moves account {side}, which is not casino {casino_id}'s"
                elif accounts[side].kind != AccountKind.PLAYER:
                    sums[accounts[side].currency] += amount
        for account in accounts.values():
            sums[account.currency] += account.balance or NOTHING
        yield from (
            f"{sums[currency]} {currency} too many in casino {casino_id}" for currency in sums if sums[currency]
        )


def find_round_faults(before: Mark) -> Iterator[str]:
    """A round's figures are those of its transactions that were not canceled."""
    since = Transaction.objects.filter(pk__gt=before.transaction, round_id__isnull=False).values("round_id")
    for played in Round.objects.filter(pk__in=since).order_by("pk"):
        asked = list(Transaction.objects.filter(round_id=played.pk).order_by("pk"))
        canceled = {transaction.reverses_id for transaction in asked if transaction.kind == Kind.CANCEL}
        live = [asking for asking in asked if asking.kind != Kind.CANCEL and asking.pk not in canceled]
        bets = [asking.amount for asking in live if asking.kind == Kind.BET]
        wins = [asking.amount for asking in live if asking.kind != Kind.BET]
        expected = (len(bets), sum(bets), len(wins), sum(wins), len(canceled))
        found = (played.bet_count, played.bet_sum, played.win_count, played.win_sum, played.cancel_count)
        if found != expected:
            yield f"round {played.pk} says {found}, its transactions {expected}"


def find_proven_differences(accounts: list[Account], before: Mark) -> Iterator[str]:
    """What the product's own proof finds."""
    asked = Transaction.objects.filter(pk__gt=before.transaction).order_by("pk").values_list("pk", flat=True)
    yield from map(str, list_differences(accounts=[account.pk for account in accounts], transactions=asked))
