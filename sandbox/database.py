"""SQLite files in the sandbox's data folder: what several processes have to know, or what survives a restart."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_SECONDS = 15.0


class Database:
    """One file, for any number of threads and processes: each thread has a connection of its own.

    `schema` is run at the opening, so it must say `IF NOT EXISTS`. Rows are `sqlite3.Row`; amounts are kept as text.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._here = threading.local()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In WAL mode, which the file remembers, readers and the one writer do not wait for each other.
        self._connection().execute("PRAGMA journal_mode = WAL")
        self._connection().executescript(f"BEGIN IMMEDIATE; {schema}; COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that has the right to write from its start; undone when the block raises."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def read(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        return self._connection().execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close this thread's connection; another is opened when it is needed."""
        connection: sqlite3.Connection | None = self._here.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            # With WAL this may lose the last moment when the machine crashes, and nothing when a process does.
            connection.execute("PRAGMA synchronous = NORMAL")
            self._here.connection = connection
        return connection
