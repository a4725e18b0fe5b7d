"""Statements that the guards of archived months and digests refuse, each alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.wallet.world import Seat
from wallet.models import ArchivedRun, ArchivedSide, ArchivedSum, LedgerArchive, LedgerDigest

AT = datetime(2020, 2, 1, tzinfo=UTC)


def again(table: str, columns: str) -> str:
    """A second row like the first."""
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"


CONSTRAINTS = {
    "wallet_ledgerarchive_month_key": again(
        "wallet_ledgerarchive", "month, folder, rows, accounts, manifest_sha256, archived_at, archived_by"
    ),
    "wallet_archivedrun_once": again(
        "wallet_archivedrun",
        "archive_id, account_id, first_number, last_number, previous_balance, previous_hash, balance, hash",
    ),
    "wallet_archivedsum_once": again("wallet_archivedsum", "archive_id, account_id, kind, received, given, rows"),
    "wallet_archivedside_transaction_id_key": again(
        "wallet_archivedside", "archive_id, transaction_id, debit_id, credit_id"
    ),
    "wallet_ledgerdigest_name_key": again("wallet_ledgerdigest", "name, accounts, written_at"),
}


def add_rows(seat: Seat) -> None:
    """A month that was archived, with one row of all kinds that it leaves, and a digest."""
    archive = LedgerArchive.objects.create(
        month=date(2019, 1, 1), folder="x", rows=0, accounts=0, archived_at=AT, archived_by="x"
    )
    run = {"account_id": -1, "first_number": 1, "last_number": 1, "previous_balance": 0, "balance": 0}
    ArchivedRun.objects.create(archive=archive, previous_hash=bytes(32), hash=bytes(32), **run)
    house = seat.player.casino.accounts.get(kind="house")
    ArchivedSum.objects.create(archive=archive, account=house, kind="bet", received=Decimal(0), given=0, rows=0)
    ArchivedSide.objects.create(archive=archive, transaction_id=-1, debit_id=-1, credit_id=-2)
    LedgerDigest.objects.create(name="x", accounts=0, written_at=AT)
