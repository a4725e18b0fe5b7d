"""Answers that have to be whole by a moment.

A time-out for each read of the socket lets a platform drip for ever: headers, chunks' lengths, what unpacks to nothing.
"""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from math import inf
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_deadline: ContextVar[float] = ContextVar("deadline", default=inf)


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Let no answer that is begun in this block be read after a moment of `time.monotonic`: TimeoutError is raised."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class _TimedReader(io.RawIOBase):
    """Reads a socket's file, as long as the socket's own time-out says and never beyond the deadline."""

    def __init__(self, file: io.RawIOBase, connected: socket.socket, deadline: float) -> None:
        self._file = file
        self._socket = connected
        self._patience = connected.gettimeout()
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer trickled in too slowly")
        self._socket.settimeout(left if self._patience is None else min(left, self._patience))
        try:
            return self._file.readinto(buffer)
        finally:
            # The connection outlives the answer.
            self._socket.settimeout(self._patience)

    def close(self) -> None:
        self._file.close()
        super().close()


class TimedAnswer(HTTPResponse):
    """An answer, its status line and headers too, that keeps the deadline of the block in which it was begun."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        if (deadline := _deadline.get()) < inf:
            self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, deadline))


class TimedHTTPConnection(HTTPConnection):
    """A connection whose answers keep the deadline."""

    response_class = TimedAnswer


class TimedHTTPSConnection(HTTPSConnection):
    """The same with TLS."""

    response_class = TimedAnswer


class _TimedHTTPPool(HTTPConnectionPool):
    ConnectionCls = TimedHTTPConnection


class _TimedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = TimedHTTPSConnection


class TimedAdapter(HTTPAdapter):
    """Makes such connections for `requests`."""

    pools: dict[str, type[HTTPConnectionPool]] = {"http": _TimedHTTPPool, "https": _TimedHTTPSPool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Put the pools in place."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools
