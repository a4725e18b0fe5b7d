"""The places where requests work, each with a database connection, and what they know of the way to the database."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import ConnectionTimeout, LockNotAvailable


class Line:
    """The way to the database, which may have fallen `silent`.

    While it is, one request at a time finds out whether it answers again; the others are refused at once, not one after
    the other by a time-out each.
    """

    def __init__(self) -> None:
        self.silent = False
        self._trying = Lock()

    def connect(self, connect: Callable[[Any], Any], parameters: Any) -> Any:
        """Open a connection.

        :raises OperationalError: not now, or not at all.
        """
        if not self.silent:
            return self._try(connect, parameters)
        if not self._trying.acquire(blocking=False):
            raise OperationalError("the database is silent, and another request is finding out for how long")
        try:
            return self._try(connect, parameters)
        finally:
            self._trying.release()

    def _try(self, connect: Callable[[Any], Any], parameters: Any) -> Any:
        try:
            made = connect(parameters)
        except ConnectionTimeout:
            self.silent = True
            raise
        self.silent = False
        return made


class Place:
    """Where one request works at a time, with a database connection of its own; `since` when, if one does."""

    __slots__ = ("_connect", "_time_to_connect", "database", "line", "since")

    def __init__(self, line: Line, time_to_connect: float) -> None:
        self.line = line
        self.database = connections.create_connection(DEFAULT_DB_ALIAS)
        self.database.inc_thread_sharing()
        self._connect, self._time_to_connect = self.database.get_new_connection, time_to_connect
        self.database.get_new_connection = self.connect  # type: ignore[method-assign, assignment]
        self.since: float | None = None

    def connect(self, parameters: Any) -> Any:
        """Open a connection, unless the request has been at work for too long to wait for one.

        :raises OperationalError:
        """
        if self.since is not None and monotonic() - self.since > self._time_to_connect:
            raise OperationalError("no time is left to connect to the database")
        return self.line.connect(self._connect, parameters)


def open_nothing() -> BaseDatabaseWrapper:
    """A database for a request that got no place: each use of it fails as a lock does that is not had in time."""
    database = connections.create_connection(DEFAULT_DB_ALIAS)
    database.get_new_connection = refuse  # type: ignore[method-assign, assignment]
    return database


def refuse(_parameters: Any) -> Any:
    raise LockNotAvailable("no place to work at was free in time")
