"""What a `generic` platform lists, as a test lays it out; and what the tests ask of a synchronisation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from catalog.models import Change, Game, SyncRun
from catalog.services import sync_catalog
from operators.models import Operator
from tests.operators.making import NOW
from tests.operators.platform_stub import Stub

GAMES = "/api/generic/games/list/all"
LOBBIES = "/api/generic/lobbies/list/all"
LATER = NOW + timedelta(days=1)
# A portion of the rows that may go without anybody's being asked, in lists of ten.
TEN = range(1, 11)

Row = dict[str, Any]


class Lists:
    """The two lists of a `generic` platform."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub

    def lay(self, games: list[Row], lobbies: list[Row] | None = None) -> None:
        self.stub.lay_json(GAMES, {"games": games})
        self.stub.lay_json(LOBBIES, {"lobbies": lobbies or []})


def row(game_id: int | str, **more: Any) -> Row:
    return {"id": game_id, "title": f"Game {game_id}", "vendor": "northwind", "type": "slots", "enabled": 1, **more}


def rows(numbers: Any = TEN, **changed: Row) -> list[Row]:
    """Rows of these numbers; `_3={"title": …}` changes that of number 3."""
    return [row(number, **changed.get(f"_{number}", {})) for number in numbers]


def sync(operator: Operator, now: datetime = NOW, **more: Any) -> SyncRun:
    return sync_catalog(**{"operator": operator, "by": "celery", "now": now, **more})


def found_by(run: SyncRun) -> dict[str, int]:
    """The figures of a run that are not 0."""
    names = ("added", "changed", "gone", "back", "resolved", "unreadable")
    return {name: getattr(run, name) for name in names if getattr(run, name)}


def changes_of(run: SyncRun) -> list[tuple[Any, ...]]:
    """What a run noted: subject, id, kind, before and after."""
    noted = Change.objects.filter(run=run).order_by("subject", "ref", "kind")
    return list(noted.values_list("subject", "ref", "kind", "before", "after"))


def listings(operator: Operator) -> dict[str, str]:
    return dict(Game.objects.filter(operator=operator).values_list("game_ref", "listing"))


WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE relname ~ '^(catalog|operators|wallet)_' AND relname !~ '^catalog_staged'
"""


def _read_writes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return dict(cursor.fetchall())


@contextmanager
def counted_writes() -> Iterator[dict[str, int]]:
    """How many rows of which tables PostgreSQL wrote in the block, in the test's one transaction; by its own count."""
    before, written = _read_writes(), dict[str, int]()
    yield written
    after = _read_writes()
    written |= {table: after[table] - before.get(table, 0) for table in after if after[table] != before.get(table, 0)}
