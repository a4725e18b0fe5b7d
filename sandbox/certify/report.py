"""The progress line, the table, the count, and the report file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from sandbox.certify.registry import Rule
from sandbox.certify.runner import Outcome, Verdict

PLAIN_WIDTH = 180
STYLES = {Verdict.PASSED: "green", Verdict.FAILED: "bold red", Verdict.NOT_RUN: "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The final count of a run."""

    wallet_url: str
    operator_id: str
    started_at: datetime
    seconds: float
    calls: int
    outcomes: Sequence[Outcome]

    def count(self, verdict: Verdict) -> int:
        return sum(outcome.verdict == verdict for outcome in self.outcomes)

    def list_failed(self) -> list[str]:
        return [outcome.rule.id for outcome in self.outcomes if outcome.verdict == Verdict.FAILED]

    def describe(self) -> str:
        counts = ", ".join(
            f"{self.count(verdict)} {words}"
            for verdict, words in ((Verdict.PASSED, "passed"), (Verdict.FAILED, "failed"), (Verdict.NOT_RUN, "not run"))
        )
        rate = self.calls / self.seconds if self.seconds else 0.0
        return f"{len(self.outcomes)} rules: {counts} · {self.calls} calls in {self.seconds:.1f} s ({rate:.0f}/s)"


def make_console() -> Console:
    """A console that, where nobody looks at a terminal, is wide enough for the table."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def follow(console: Console, outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Hand outcomes on while showing how far the run is, and how fast."""
    if console.is_terminal:
        yield from _follow_with_bar(console, outcomes, total)
    else:
        yield from _follow_in_lines(console, outcomes, total)


def _follow_with_bar(console: Console, outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    calls = 0
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("certifying", total=total, rate="")
        for outcome in outcomes:
            calls += len(outcome.exchanges)
            elapsed = progress.tasks[0].elapsed or 1.0
            rate = f"{calls} calls, {calls / elapsed:.0f}/s"
            progress.update(task, advance=1, description=outcome.rule.group, rate=rate)
            yield outcome


def _follow_in_lines(console: Console, outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    done = 0
    for group, members in groupby(outcomes, key=lambda outcome: outcome.rule.group):
        calls, seconds = 0, 0.0
        for outcome in members:
            done, calls, seconds = done + 1, calls + len(outcome.exchanges), seconds + outcome.seconds
            yield outcome
        rate = calls / seconds if seconds else 0.0
        console.print(f"{done}/{total} {group}: {calls} calls in {seconds:.1f} s ({rate:.0f}/s)", highlight=False)


def print_table(console: Console, outcomes: Sequence[Outcome], *, verbose: bool) -> None:
    """One line a rule; the reason under those that failed or were not run."""
    table = Table(title="Certification", title_justify="left", header_style="bold", expand=True)
    table.add_column("id", no_wrap=True)
    table.add_column("rule", ratio=5)
    table.add_column("result", no_wrap=True)
    table.add_column("sent", ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column("came back", ratio=2, no_wrap=True, overflow="ellipsis")
    for group, members in groupby(outcomes, key=lambda outcome: outcome.rule.group):
        table.add_section()
        table.add_row("", Text(group, style="bold cyan"))
        for outcome in members:
            table.add_row(*_cells(outcome))
    console.print(table)
    if verbose:
        for outcome in outcomes:
            _print_exchanges(console, outcome)


def _cells(outcome: Outcome) -> tuple[Text, ...]:
    rule = Text(outcome.rule.sentence)
    if outcome.reason:
        rule.append(f"\n{outcome.reason}", style=STYLES[outcome.verdict])
    verdict = Text(outcome.verdict, style=STYLES[outcome.verdict])
    return Text(outcome.rule.id), rule, verdict, Text(outcome.sent), Text(outcome.answered)


def _print_exchanges(console: Console, outcome: Outcome) -> None:
    console.print(Text(f"\n{outcome.rule.id} {outcome.rule.sentence}", style="bold"))
    for exchange in outcome.exchanges:
        record = json.dumps(exchange.as_record(), ensure_ascii=False)
        console.print(Text(record), soft_wrap=True)


def print_rules(console: Console, rules: Sequence[Rule]) -> None:
    """The list of rules, with nothing tried."""
    for rule in rules:
        console.print(Text(f"{rule.id:<12}{rule.sentence}"), soft_wrap=True)
    groups = Counter(rule.group for rule in rules)
    console.print(f"{len(rules)} rules in {len(groups)} groups", highlight=False)


def write_report(path: Path, summary: Summary) -> None:
    """Write the run as JSON, with every exchange in full, secrets masked."""
    document = {
        "wallet_url": summary.wallet_url,
        "operator_id": summary.operator_id,
        "started_at": summary.started_at.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(summary.seconds, 3),
        "calls": summary.calls,
        "passed": summary.count(Verdict.PASSED),
        "failed": summary.count(Verdict.FAILED),
        "not_run": summary.count(Verdict.NOT_RUN),
        "rules": [_record(outcome) for outcome in summary.outcomes],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _record(outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.rule.id,
        "group": outcome.rule.group,
        "rule": outcome.rule.sentence,
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "sent": outcome.sent,
        "answered": outcome.answered,
        "exchanges": [exchange.as_record() for exchange in outcome.exchanges],
    }
