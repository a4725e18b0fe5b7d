"""Keeping the sums of what is over, so that the first page reads the last quarter of an hour and no whole day."""

from datetime import UTC, datetime, timedelta

from wallet.models import QuarterSum
from wallet.selectors import figures
from wallet.selectors.figures import QUARTER

# Rows carry the moment at which they were asked for: one that had to wait is booked this much later at most. Calls of
# platforms end within 4 s; a statement of the back office's may take a minute, and wait for a lock before it.
LATEST = timedelta(minutes=5)
# The longest day, one on which clocks are set back, and what has passed of an hour before it.
KEPT_FOR = timedelta(hours=26)


def sum_quarters(*, now: datetime) -> int:
    """Sum the quarters of an hour that are over, and not kept or with other players left out; return how many."""
    over = (now - LATEST).astimezone(UTC).replace(second=0, microsecond=0)
    over -= timedelta(minutes=over.minute % 15)
    test_accounts = figures.list_test_accounts()
    kept = set(figures.list_sums(test_accounts).values_list("quarter", flat=True))
    quarters = [over - back * QUARTER for back in range(KEPT_FOR // QUARTER, 0, -1)]
    missing = [quarter for quarter in quarters if quarter not in kept]
    for quarter in missing:
        _sum_quarter(quarter, test_accounts)
    QuarterSum.objects.filter(quarter__lt=over - KEPT_FOR).delete()
    return len(missing)


def _sum_quarter(quarter: datetime, test_accounts: list[int]) -> None:
    until = quarter + QUARTER
    moved = figures.sum_movements(since=quarter, until=until, test_accounts=test_accounts)
    kept = QuarterSum(
        quarter=quarter,
        left_out=figures.digest_of(test_accounts),
        movements=[
            (each.casino_id, each.currency, each.kind, each.reversal, str(each.amount), each.count, each.flagged)
            for each in moved
        ],
        bettors=figures.list_bettors(since=quarter, until=until, test_accounts=test_accounts),
    )
    QuarterSum.objects.bulk_create(
        [kept], update_conflicts=True, unique_fields=["quarter"], update_fields=["left_out", "movements", "bettors"]
    )
