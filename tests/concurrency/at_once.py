"""Calls from several threads, let go at the same moment, each with a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Barrier
from typing import TypeVar

import psycopg
from django.db import connection

from dev.processes import wait_until
from tests.databases import postgres_url
from tests.wallet.platform import Answer, Platform
from tests.wallet.world import World
from wallet.models import LedgerRow

Result = TypeVar("Result")


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """What each act answers, in their order."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        start.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def send_at_once(lines: list[Platform], requests: Sequence[tuple[str, bytes]]) -> list[Answer]:
    """The answers to signed requests, sent over the lines in turn; their envelopes are checked."""

    def act(line: Platform, command: str, body: bytes) -> Callable[[], Answer]:
        return lambda: line.send(command, body).check_envelope(body, line.secret)

    return at_once([act(line, *request) for line, request in zip(cycle(lines), requests, strict=False)])


def wait_for_waiters(count: int = 1) -> None:
    """Until so many connections to the database wait for a lock."""
    query = (
        # What connections wait for is told to their own role alone, and the servers have another.
        "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database()"
    )
    with psycopg.connect(postgres_url(), autocommit=True) as watcher:

        def waited() -> bool:
            row = watcher.execute(query).fetchone()
            return row is not None and row[0] >= count

        assert wait_until(waited, seconds=10, pause=0.01)


def moved(world: World, transaction_id: object) -> int:
    """How many ledger rows a platform's transaction id has."""
    return LedgerRow.objects.filter(
        transaction__owner_id=world.operator.pk,
        transaction__source="platform",
        transaction__reference=str(transaction_id),
    ).count()
