"""Proves the ledger and says what does not add up; the exit code is 1 if anything does not."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from wallet.services.verification import verify_ledger

SHOWN = 20


class Command(BaseCommand):
    """`manage.py verify_ledger`."""

    help = "Prove that balances equal sums, chains hold, nothing is reversed twice, and all is as the last digests say."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer what the nightly run does besides."""
        parser.add_argument("--digest", action="store_true", help="keep a digest of what was proved, as every night")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the proof and tell its result."""
        self.started = self.told_at = time.monotonic()
        verification = verify_ledger(now=timezone.now(), progress=self.tell, keeps_digest=options["digest"])
        seconds = time.monotonic() - self.started
        rate = verification.rows / seconds if seconds else 0
        self.stdout.write(
            f"{verification.rows:,} rows of {verification.accounts:,} accounts in {seconds:.1f} s"
            f" ({rate:,.0f} rows/s): {verification.difference_count:,} differences"
        )
        for difference in verification.differences[:SHOWN]:
            self.stdout.write(self.style.ERROR(describe(difference)))
        if verification.difference_count:
            raise SystemExit(1)

    def tell(self, done: int, total: int) -> None:
        """Say how far it has come, once a second."""
        if time.monotonic() - self.told_at >= 1:
            self.told_at = time.monotonic()
            self.stdout.write(f"{done:,} of {total:,} rows ({done / max(total, 1):.0%})")


def describe(difference: dict[str, Any]) -> str:
    """Return a difference as a line: account, row and transaction, as far as it has them, and what is wrong."""
    names = {"account": "account_id", "row": "number", "transaction": "transaction_id"}
    where = ", ".join(f"{name} {difference[key]}" for name, key in names.items() if difference[key] is not None)
    return f"{where}: {difference['fault']}" if where else difference["fault"]
