"""Moves an old month of the ledger to files, proves one that is there, or brings one back; see docs/operations.md."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wallet.models import LedgerArchive
from wallet.services.archives.files import ArchiveUnreadable
from wallet.services.archives.months import ArchiveRefused, archive_month, restore_month, verify_archive

BY = "manage.py archive_ledger"


def month_of(text: str) -> date:
    """Read a month such as 2025-01."""
    return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()


class Command(BaseCommand):
    """`manage.py archive_ledger`."""

    help = (
        "Move a month's ledger rows to files with their proof; it needs the database's owner (MIGRATION_DATABASE_URL)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the month, and what is to be done with it."""
        parser.add_argument("month", type=month_of, help="as in 2025-01")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--verify", action="store_true", help="prove an archived month from its files")
        act.add_argument("--restore", action="store_true", help="bring the newest archived month back")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        try:
            if options["verify"]:
                self.verify(options["month"])
            elif options["restore"]:
                count = restore_month(month=options["month"], by=BY)
                self.stdout.write(f"{count:,} rows are back in the ledger")
            else:
                archive = archive_month(month=options["month"], by=BY, now=timezone.now())
                self.stdout.write(f"{archive.rows:,} rows of {archive.accounts:,} accounts are in {archive.folder}")
        except (ArchiveRefused, ArchiveUnreadable) as refusal:
            raise CommandError(str(refusal)) from refusal

    def verify(self, month: date) -> None:
        """Prove it; the exit code is 1 if anything does not add up."""
        archive = LedgerArchive.objects.filter(month=month).first()
        if archive is None:
            raise CommandError(f"{month:%Y-%m} is not archived.")
        faults = verify_archive(archive=archive)
        self.stdout.write(f"{archive.rows:,} rows: {len(faults):,} faults")
        for fault in faults:
            self.stdout.write(self.style.ERROR(fault))
        if faults:
            raise SystemExit(1)
