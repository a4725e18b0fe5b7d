"""A running synchronisation's sign of life and its progress, for all to see while its own transaction is under way."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
BEAT = """
UPDATE catalog_syncrun
SET heartbeat_at = clock_timestamp(), phase = %s, progress_done = %s, progress_total = %s
WHERE id = %s AND state = 'running'
"""


@dataclass(slots=True)
class Progress:
    """What a run is at, how far it has come in it, and how long it has been under way."""

    phase: str = ""
    done: int = 0
    total: int = 0
    _started: float = field(default_factory=time.monotonic)

    def begin(self, phase: str, total: int = 0) -> None:
        """Go on to the next phase, of so many steps."""
        self.phase, self.done, self.total = phase, 0, total

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started


@contextmanager
def beating(run_id: int, progress: Progress) -> Iterator[None]:
    """Write a run's progress every second while the block lasts, from a thread with a connection of its own."""
    stop = Event()
    thread = Thread(target=_beat, args=(run_id, progress, stop), name=f"heartbeat of run {run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(run_id: int, progress: Progress, stop: Event) -> None:
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        while not stop.wait(BEAT_SECONDS):
            _write(connection, run_id, progress)
    finally:
        connection.close()


def _write(connection: BaseDatabaseWrapper, run_id: int, progress: Progress) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(BEAT, [progress.phase, progress.done, progress.total, run_id])
    except Error as error:
        logger.warning("no heartbeat of run %s: %s", run_id, error)
        connection.close()
