"""Answers that come in pages, and the walk through them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from operators.platforms.agent.fields import ENCODER, read_count
from operators.platforms.base import Malformed
from operators.platforms.reading import read_flag, read_object

Row = TypeVar("Row")

# A platform that never says that a page is the last must not keep us for ever.
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page: its rows, the raw rows that could not be read, and whether another page follows.

    `number` and `per_page` are what the platform says of itself, which need not be what was asked for. `digest` is of
    the rows as they came.
    """

    rows: tuple[Row, ...]
    unreadable: tuple[object, ...]
    number: int | None
    per_page: int | None
    has_next: bool
    digest: bytes

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.unreadable


def read_page(raw_rows: Sequence[Any], paginate: Any, read: Callable[[Mapping[str, Any]], Row | None]) -> Page[Row]:
    """Return the page of these raw rows."""
    read_rows = [(raw, read(raw) if isinstance(raw, dict) else None) for raw in raw_rows]
    about = read_object(paginate)
    return Page(
        rows=tuple(row for _, row in read_rows if row is not None),
        unreadable=tuple(raw for raw, row in read_rows if row is None),
        number=read_count(about.get("page")),
        per_page=read_count(about.get("perPage")),
        has_next=read_flag(about.get("next")),
        digest=blake2b(ENCODER.encode(raw_rows), digest_size=16).digest(),
    )


def walk_pages(fetch: Callable[[int], Page[Row]]) -> Iterator[Page[Row]]:
    """Fetch page after page, from 1 on, until one is empty or says that it is the last.

    :raises Malformed: a page repeats an earlier one, so that the rest cannot be had, or there is no end of pages.
    """
    seen: set[bytes] = set()
    for number in range(1, MOST_PAGES + 1):
        page = fetch(number)
        if page.is_empty:
            return
        if page.digest in seen:
            raise Malformed(f"page {number} says again what an earlier page said")
        seen.add(page.digest)
        yield page
        if not page.has_next:
            return
    raise Malformed(f"more than {MOST_PAGES:,} pages")
