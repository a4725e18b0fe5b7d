"""What is read across the ledger and the months that are archived."""

from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import F, Sum

from wallet.models import Account, ArchivedSum, LedgerArchive, LedgerRow

NOTHING = Decimal(0)


def sum_system_account(account: Account) -> Decimal:
    """Return what a system account has taken in less what it has given, archived months included."""
    received = LedgerRow.objects.filter(credit=account).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    given = LedgerRow.objects.filter(debit=account).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    archived = ArchivedSum.objects.filter(account=account).aggregate(sum=Sum(F("received") - F("given")))["sum"]
    return Decimal(received - given + (archived or NOTHING))


def find_archive_of(at: datetime) -> LedgerArchive | None:
    """Return the archive that holds a moment's rows."""
    return LedgerArchive.objects.filter(month=at.astimezone(UTC).date().replace(day=1)).first()
