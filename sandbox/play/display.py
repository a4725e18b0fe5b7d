"""What the robot shows: live progress, and a summary with the differences it found."""

import time
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from sandbox.play.books import Difference
from sandbox.play.tally import Tally

LINE_SECONDS = 5.0
DIFFERENCES_SHOWN = 5
WIDE = 110


class Display:
    """Progress of a run: a bar on a terminal, otherwise a plain line every few seconds."""

    def __init__(self, console: Console) -> None:
        self.console = console
        columns = [TextColumn("{task.description} {task.percentage:.0f}%"), TextColumn("{task.fields[figures]}")]
        wide = [BarColumn(20), TimeElapsedColumn()] if console.width >= WIDE else []
        self.progress = Progress(*columns, *wide, console=console, disable=not console.is_terminal)
        self.task = self.progress.add_task("", figures="")
        self.title = ""
        self.started = self.spoken = time.monotonic()
        self.rounds_before = self.calls_before = 0

    def begin(self, title: str, tallies: Sequence[Tally] = ()) -> None:
        """Start a new step; its rates leave out what the tallies have counted before."""
        self.title = title
        self.started = self.spoken = time.monotonic()
        self.rounds_before, self.calls_before = _count(tallies)
        self.progress.reset(self.task, description=title)
        if not self.console.is_terminal:
            self.console.print(title)

    def show(self, tallies: Sequence[Tally], share: float) -> None:
        """Show how far the present step is, from 0 to 1, and its rates."""
        now = time.monotonic()
        figures = self._figures(tallies, now - self.started)
        self.progress.update(self.task, total=1, completed=share, figures=figures)
        if not self.console.is_terminal and now - self.spoken >= LINE_SECONDS:
            self.spoken = now
            self.console.print(f"{self.title} {share:.0%} · {figures}", soft_wrap=True)

    def _figures(self, tallies: Sequence[Tally], seconds: float) -> str:
        rounds, calls = _count(tallies)
        rounds_rate, calls_rate = (rounds - self.rounds_before) / seconds, (calls - self.calls_before) / seconds
        retries, faults = sum(tally.retries for tally in tallies), sum(tally.faults for tally in tallies)
        rates = f"{rounds:,} rounds {rounds_rate:,.0f}/s · {calls_rate:,.0f} calls/s"
        return f"{rates} · {retries:,} retries · {faults:,} differences"


def _count(tallies: Sequence[Tally]) -> tuple[int, int]:
    return sum(tally.rounds for tally in tallies), sum(tally.calls.total() for tally in tallies)


def print_summary(console: Console, total: Tally, players: int, calls: int, seconds: float) -> None:
    """Print the figures of a run: `total` in all, of which `calls` in the `seconds` of play."""
    grid = Grid(title="The robot's run", show_header=False)
    rows = {
        "players": f"{players:,}",
        "rounds": f"{total.rounds:,} in {seconds:.1f} s, {total.rounds / seconds:,.0f}/s",
        "calls": f"{total.calls.total():,}, {calls / seconds:,.0f}/s while playing",
        "calls by command": _counts(total.calls),
        "rounds by kind": _counts(total.plays),
        "misbehaviours": _counts(total.mischief) or "none",
        "BET and its cancel": _counts(total.races) or "no race",
        "refusals by code": _counts(total.refusals) or "none",
        "retries": f"{total.retries:,}",
        "deposits": f"{total.deposits:,}",
        "answered within": f"{total.percentile(0.5):.1f} ms (half), {total.percentile(0.99):.1f} ms (99 of 100)",
        "differences": f"{total.faults:,}",
    }
    for name, value in rows.items():
        grid.add_row(name, value)
    console.print(grid)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ') if name[0].islower() else name} {n:,}" for name, n in counts.most_common()
    )


def print_differences(console: Console, differences: Sequence[Difference]) -> None:
    for difference in differences[:DIFFERENCES_SHOWN]:
        console.print(f"\n[bold red]player {difference.user_id}: {difference.what}", highlight=False)
        console.print(f"  expected {difference.expected}\n  found    {difference.found}", markup=False, highlight=False)
        for line in difference.history:
            console.print(f"    {line}", markup=False, highlight=False)
    if len(differences) > DIFFERENCES_SHOWN:
        console.print(f"\nand {len(differences) - DIFFERENCES_SHOWN:,} more")
