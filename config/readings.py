"""What is read of the system for whoever watches it: seldom, and without holding up who asks or anybody else."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from django.db import close_old_connections

Value = TypeVar("Value")


class Reading(Generic[Value]):
    """A value that is read in a thread of its own, with a connection of its own, at most once in `seconds`."""

    def __init__(self, read: Callable[[], Value], *, seconds: float, patience: float) -> None:
        self._read = read
        self._seconds = seconds
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._lock = Lock()
        self._begun = 0.0
        self._last: Future[Value] | None = None

    def take(self) -> Value:
        """Return the value as it was read last.

        :raises TimeoutError: a reading has not come to its end within `patience` seconds.
        """
        with self._lock:
            if self._last is None or (self._last.done() and monotonic() - self._begun > self._seconds):
                self._begun = monotonic()
                self._last = self._thread.submit(self._read_anew)
            last = self._last
        return last.result(self._patience)

    def _read_anew(self) -> Value:
        # What an outage left of the connection is not tried again.
        close_old_connections()
        return self._read()
