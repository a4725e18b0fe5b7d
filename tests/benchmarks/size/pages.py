"""The admin's pages in both databases, by turns, and what of the ledger they read from end to end."""

import json
from dataclasses import dataclass

from rich.table import Table

from tests.benchmarks.stage import Worker

LIMIT = 1.5
# Those that seem slower are asked for again, in up to so many rounds through all of them: others may have been busy.
TURNS, ROUNDS = 2, 8


@dataclass(frozen=True)
class Taken:
    """What a page took at best, in milliseconds, and the rows that it showed."""

    milliseconds: float
    rows: int


@dataclass(frozen=True)
class Page:
    """A page in both databases, and the partitions of the ledger that it scans in the big one."""

    name: str
    small: Taken
    big: Taken
    scans: list[str]

    @property
    def ratio(self) -> float:
        return self.big.milliseconds / self.small.milliseconds

    @property
    def rows(self) -> str:
        """Where they differ, the page is not the same work in both."""
        return f"{self.small.rows}" if self.small.rows == self.big.rows else f"{self.small.rows} and {self.big.rows}"

    @property
    def is_missed(self) -> bool:
        return self.ratio > LIMIT or bool(self.scans)


def measure_pages(small: Worker, big: Worker) -> list[Page]:
    """Measure every page; the workers name the same ones in the same order."""
    names = list(zip(json.loads(small.hear()), json.loads(big.hear()), strict=True))
    taken: dict[tuple[str, str], tuple[Taken, Taken]] = {}
    for _ in range(ROUNDS):
        for name in names:
            for _ in range(TURNS if name not in taken or is_slow(*taken[name]) else 0):
                took = take(small, name[0]), take(big, name[1])
                known = taken.get(name, took)
                taken[name] = better(known[0], took[0]), better(known[1], took[1])
    return [Page(name[0], *taken[name], tell(big, name[1], plans=True)) for name in names]


def is_slow(small: Taken, big: Taken) -> bool:
    return big.milliseconds > small.milliseconds * LIMIT * 0.9


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
    """Show the pages that lose most by the size, and those that are not the same work in both."""
    slowest = sorted(pages, key=lambda page: -page.ratio)
    told = [page for place, page in enumerate(slowest) if place < shown or page.small.rows != page.big.rows]
    table = Table(title=f"The admin's {len(pages)} pages: those that lose most by the size", title_justify="left")
    for heading in ("", "rows", "small ms", "big ms", "ratio", "scans"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=bool(heading))
    for page in told:
        ratio = f"[red]{page.ratio:.2f}[/]" if page.is_missed else f"{page.ratio:.2f}"
        times = (f"{taken.milliseconds:.1f}" for taken in (page.small, page.big))
        table.add_row(page.name, page.rows, *times, ratio, str(len(page.scans)))
    return table
