"""The proof that the ledger holds: balances equal sums, chains hold, every reversal has its one original."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from wallet import ledger
from wallet.enums import AccountKind
from wallet.models import Account, LedgerVerification, Transaction

ROWS_A_BATCH = 50_000
TRANSACTIONS_A_BATCH = 200_000
KEPT_DIFFERENCES = 100
LOWEST_ID, HIGHEST_ID = -(2**63), 2**63 - 1

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """A range of account ids, how many accounts are in it, and how many rows they say they have."""

    first: int
    last: int
    accounts: int
    rows: int


def verify_ledger(*, now: datetime, progress: Progress | None = None) -> LedgerVerification:
    """Prove the whole ledger, and keep the result with the first differences, each named by account and row.

    Each batch of accounts is judged as it stands at one moment, so that play may go on meanwhile.
    `progress` is told the rows proved so far and those to prove in all.
    """
    batches = list(_list_batches())
    total = sum(batch.rows for batch in batches)
    differences: list[ledger.Difference] = []
    done = 0
    for batch in batches:
        differences += ledger.find_differences(first=batch.first, last=batch.last)
        done += batch.rows
        if progress is not None:
            progress(done, total)
    differences += _find_unbooked()
    return LedgerVerification.objects.create(
        started_at=now,
        finished_at=timezone.now(),
        accounts=sum(batch.accounts for batch in batches),
        rows=total,
        difference_count=len(differences),
        differences=[asdict(difference) for difference in differences[:KEPT_DIFFERENCES]],
    )


def _list_batches() -> Iterator[Batch]:
    """Cut all possible ids into ranges, so that a row of an account that is missing lies in one too."""
    accounts = Account.objects.filter(kind=AccountKind.PLAYER).order_by("pk").values_list("pk", "last_number")
    first, count, rows = LOWEST_ID, 0, 0
    for pk, last_number in accounts.iterator(10_000):
        count, rows = count + 1, rows + last_number
        if rows >= ROWS_A_BATCH:
            yield Batch(first, pk, count, rows)
            first, count, rows = pk + 1, 0, 0
    yield Batch(first, HIGHEST_ID, count, rows)


def _find_unbooked() -> Iterator[ledger.Difference]:
    highest = Transaction.objects.aggregate(highest=Max("pk"))["highest"] or 0
    for first in range(1, highest + 1, TRANSACTIONS_A_BATCH):
        yield from ledger.find_unbooked(first=first, last=first + TRANSACTIONS_A_BATCH - 1)
