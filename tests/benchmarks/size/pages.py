"""The admin's pages in both databases, by turns, and what of the ledger they read from end to end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from tests.benchmarks.stage import Worker

LIMIT = 1.5
# A page that seems slower is asked for again, up to so many times: others may have been busy.
TURNS, MORE_TURNS = 2, 15


@dataclass(frozen=True)
class Page:
    """What a page took at best, in milliseconds; and the partitions of the ledger that it scans in the big database.

    `like` is what it is compared with: the same page of the small database; where that one has fewer rows to show, the
    slower of it and the list as it opens there.
    """

    name: str
    small: float
    big: float
    like: float
    scans: list[str]

    @property
    def ratio(self) -> float:
        return self.big / self.like

    @property
    def is_missed(self) -> bool:
        return self.ratio > LIMIT or bool(self.scans)


@dataclass(frozen=True)
class Taken:
    """A page's best time and its rows."""

    milliseconds: float
    rows: int


def measure_pages(small: Worker, big: Worker) -> Iterator[Page]:
    """Measure every page; the workers name the same ones in the same order."""
    plain: dict[str, Taken] = {}
    for name, other in zip(json.loads(small.hear()), json.loads(big.hear()), strict=True):
        taken = take(small, name), take(big, other)
        lists = name.partition("?")[0]
        plain.setdefault(lists, taken[0])
        for turn in range(MORE_TURNS):
            if turn >= TURNS - 1 and compare(*taken, plain[lists]) <= LIMIT * 0.9:
                break
            taken = better(taken[0], take(small, name)), better(taken[1], take(big, other))
        like = taken[1].milliseconds / compare(*taken, plain[lists])
        yield Page(name, taken[0].milliseconds, taken[1].milliseconds, like, tell(big, other, plans=True))


def compare(small: Taken, big: Taken, plain: Taken) -> float:
    shows_more = big.rows > small.rows
    return big.milliseconds / (max(small.milliseconds, plain.milliseconds) if shows_more else small.milliseconds)


def better(one: Taken, other: Taken) -> Taken:
    return min(one, other, key=lambda taken: taken.milliseconds)


def take(worker: Worker, name: str) -> Taken:
    milliseconds, rows = tell(worker, name, plans=False)
    return Taken(float(milliseconds), int(rows))


def tell(worker: Worker, name: str, *, plans: bool) -> list[str]:
    worker.say(json.dumps({"name": name, "plans": plans}))
    answer: list[str] = json.loads(worker.hear())
    return answer


def table_of_pages(pages: list[Page], shown: int = 25) -> Table:
    """Show the pages that lose most by the size."""
    table = Table(title=f"The admin's {len(pages)} pages: those that lose most by the size", title_justify="left")
    for heading in ("", "small ms", "big ms", "ratio", "scans"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=bool(heading))
    for page in sorted(pages, key=lambda page: -page.ratio)[:shown]:
        ratio = f"[red]{page.ratio:.2f}[/]" if page.is_missed else f"{page.ratio:.2f}"
        table.add_row(page.name, f"{page.small:.1f}", f"{page.big:.1f}", ratio, str(len(page.scans)))
    return table
