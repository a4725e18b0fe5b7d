"""How much of limits is used, read from the ledger as one would by hand, and whether what is counted agrees."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from wallet.enums import Kind
from wallet.models import Account, LedgerRow, LimitUse, Transaction

NOTHING = Decimal(0)


def read_use(account: Account, since: datetime) -> tuple[Decimal, Decimal, Decimal]:
    """Stakes, net loss and deposits since a moment. What was canceled is not there at all, but among the stakes."""
    rows = list(LedgerRow.objects.filter(account_id=account.pk, created_at__gte=since).order_by("number"))
    canceled = set(
        Transaction.objects.filter(account_id=account.pk, kind=Kind.CANCEL).values_list("reverses_id", flat=True)
    )
    stands = [row for row in rows if row.transaction_id not in canceled]

    def total(*kinds: str) -> Decimal:
        return sum((row.amount for row in stands if row.kind in kinds), NOTHING)

    bets, wins, refunds = total("bet"), total("win"), total("refund")
    return read_stakes(rows, since), bets - wins - refunds, total("deposit")


def read_stakes(rows: Sequence[LedgerRow], since: datetime) -> Decimal:
    """Stakes row by row: one that is given back leaves none below zero behind, for which more could be staked."""
    signs, staked = {"bet": 1, "refund": -1}, NOTHING
    for row in rows:
        kind, sign = row.kind, 1
        if kind == Kind.CANCEL:
            original = Transaction.objects.get(reversals=row.transaction_id)
            kind, sign = original.kind, -1 if original.created_at >= since else 0
        staked = max(staked + sign * signs.get(kind, 0) * row.amount, NOTHING)
    return staked


def find_use_faults(accounts: Sequence[Account]) -> Iterator[str]:
    """Where what is counted of an account is not what its rows say."""
    limited = {account.pk: account for account in accounts if account.limited}
    for kept in LimitUse.objects.filter(account_id__in=limited).order_by("pk"):
        counted = (kept.wager, kept.net_loss, kept.deposit)
        read = read_use(limited[kept.account_id], kept.started_at)
        if counted != read:
            yield f"account {kept.account_id} has used {read} of its {kept.period}, and {counted} was counted"
