"""The figures to reach, and the table that shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from tests.benchmarks.catalogue.measures import LARGE, MEDIUM, PAGES, SMALL

Samples = Mapping[str, Sequence[float]]

TITLES = {
    "download": "download and parse",
    "copy": "download, parse and COPY into a bare table",
    "first": "first synchronisation",
    "unchanged": "synchronisation, nothing changed",
    "one_changed": "synchronisation, one game changed",
    "page": "casino API, a page",
    "visitor": "casino API, a page for one visitor",
    "title": "casino API, a page by title",
    "search": "casino API, a page of a search",
    "memory": "most memory of a process, MB",
}


@dataclass(frozen=True)
class Limit:
    """A measure over another of the same round, or less it where `less`, is at most so much in the median."""

    name: str
    over: str
    most: float
    less: bool = False

    def reached(self, samples: Samples) -> float:
        pairs = zip(samples[self.name], samples[self.over], strict=True)
        return median(own - other if self.less else own / other for own, other in pairs)

    def is_missed(self, samples: Samples) -> bool:
        return self.reached(samples) > self.most


LIMITS = [
    Limit("first", "copy", 3),
    Limit("unchanged", "download", 2),
    Limit("one_changed", "download", 2),
    *(Limit(f"{page}_{LARGE}", f"{page}_{SMALL}", 3) for page in PAGES),
    Limit(f"memory_{LARGE}", f"memory_{MEDIUM}", 50, less=True),
]


def table_of(samples: Samples) -> Table:
    """Show the medians of all rounds, and under each measure that has a limit what was reached of it."""
    table = Table(title="The catalogue on this machine (medians of all rounds)", title_justify="left")
    table.add_column("")
    for heading in ("games", "ms", "ratio", "at most"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, taken in samples.items():
        title, games = _name(name)
        table.add_row(title, games, f"{median(taken) * (1 if name.startswith('memory') else 1000):,.1f}", "", "")
        for limit in LIMITS:
            if limit.name == name:
                verdict = "[red]missed[/]" if limit.is_missed(samples) else "[green]reached[/]"
                over = f"  {'more than' if limit.less else 'to'} {_name(limit.over)[0]}"
                reached = f"{limit.reached(samples):.2f} {verdict}"
                table.add_row(over, _name(limit.over)[1], "", reached, f"{limit.most:g}")
    return table


def _name(measure: str) -> tuple[str, str]:
    """The title of a measure, and of how many games it is."""
    kind, _, games = measure.rpartition("_")
    return (TITLES[kind], f"{int(games):,}") if games.isdigit() else (TITLES[measure], f"{LARGE:,}")
