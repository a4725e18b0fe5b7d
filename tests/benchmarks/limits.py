"""The figures to reach, and the table that shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from tests.benchmarks.measures import FEW, MANY, THREADS, Measure, Sample

Samples = Mapping[str, Sequence[Sample]]


@dataclass(frozen=True)
class Limit:
    """A measure's rate over another's, both of the same round, must be at least so much in the median."""

    name: str
    over: str
    least: float

    def reached(self, samples: Samples) -> float:
        pairs = zip(samples[self.name], samples[self.over], strict=True)
        return median(own.rate / other.rate for own, other in pairs)

    def is_missed(self, samples: Samples) -> bool:
        return self.reached(samples) < self.least


LIMITS = [
    Limit(f"function_{FEW}", f"bare_{FEW}", 0.45),
    Limit(f"http_{FEW}", f"function_{FEW}", 0.30),
    Limit(f"http_{MANY}", f"http_{FEW}", 0.97),
    *(Limit(f"services_{threads}", f"hordak_bare_{threads}", 3) for threads in THREADS),
    *(Limit(f"services_{threads}", f"hordak_safe_{threads}", 6) for threads in THREADS),
]


def table_of(measures: Sequence[Measure], samples: Samples) -> Table:
    """Show the medians of all rounds, and under each measure that has a limit what was reached of it."""
    table = Table(title="The wallet on this machine (medians of all rounds)", title_justify="left")
    table.add_column("")
    for heading in ("clients", "a second", "p50 ms", "p99 ms", "web µs", "db µs", "ratio", "at least"):
        table.add_column(heading, justify="right", no_wrap=True)
    titles = {measure.name: f"{measure.title}, {measure.clients}" for measure in measures}
    for measure in measures:
        table.add_row(measure.title, str(measure.clients), *figures(samples[measure.name]), "", "")
        for limit in LIMITS:
            if limit.name == measure.name:
                verdict = "[red]missed[/]" if limit.is_missed(samples) else "[green]reached[/]"
                reached = f"{limit.reached(samples):.2f} {verdict}"
                table.add_row(f"  to {titles[limit.over]}", *[""] * 6, reached, f"{limit.least:.2f}")
    return table


def figures(taken: Sequence[Sample]) -> list[str]:
    return [
        _shown([sample.rate for sample in taken], ",.0f"),
        _shown([sample.p50 for sample in taken], ".2f"),
        _shown([sample.p99 for sample in taken], ".2f"),
        _shown([sample.web_time for sample in taken], ",.0f"),
        _shown([sample.database_time for sample in taken], ",.0f"),
    ]


def _shown(values: Sequence[float | None], form: str) -> str:
    known = [value for value in values if value is not None]
    return format(median(known), form) if known else "-"
