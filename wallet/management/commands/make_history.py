"""Makes a casino and its history up, for trying things out at size; see docs/operations.md."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wallet.services.history.making import HistoryRefused, make_history
from wallet.services.history.play import Size, UnlikelySize

BAR = 40


class Command(BaseCommand):
    """`manage.py make_history`."""

    help = "Make up a casino with players, rounds and ledger rows, chained, spread over months. Not in production."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the size."""
        parser.add_argument("--rows", type=int, default=5_000_000, help="ledger rows (5,000,000)")
        parser.add_argument("--rounds", type=int, default=1_000_000, help="rounds (1,000,000)")
        parser.add_argument("--players", type=int, default=200_000, help="players (200,000)")
        parser.add_argument("--months", type=int, default=24, help="months that it goes back, this one included (24)")
        parser.add_argument("--beside-others", action="store_true", help="other casinos' players may be there")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it, showing how far it has come."""
        self.started = self.told_at = time.monotonic()
        size = Size(*(options[name] for name in ("rows", "rounds", "players", "months")))
        try:
            casino = make_history(
                size=size,
                beside_others=options["beside_others"],
                by="manage.py make_history",
                now=timezone.now(),
                progress=self.tell,
            )
        except (HistoryRefused, UnlikelySize) as refusal:
            raise CommandError(str(refusal)) from refusal
        seconds = time.monotonic() - self.started
        self.stdout.write(f"{size.rows:,} rows in {seconds:.0f} s: casino “{casino.slug}”")

    def tell(self, done: int, total: int) -> None:
        """Draw a bar, twice a second at most: over itself on a terminal, else line by line."""
        if done < total and time.monotonic() - self.told_at < 0.5:
            return
        self.told_at = time.monotonic()
        rate = done / (self.told_at - self.started)
        filled = BAR * done // total
        bar = f"[{'#' * filled}{'.' * (BAR - filled)}] {done / total:4.0%}  {done:,} of {total:,} rows, {rate:,.0f}/s"
        is_terminal = self.stdout.isatty()
        self.stdout.write(f"\r{bar}" if is_terminal else bar, ending="" if is_terminal and done < total else "\n")
