"""Lets the server put a new worker in this one's place without failing anybody.

At the end of a worker the server closes the connections over which no request has come yet, be it that one is just on
its way. So the worker first takes no more connections, and has those that it has go with their next answer.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

# Between the end of taking connections and the worker's own; the server gives it five seconds in all.
LAST_SECONDS = 1.0
DESCRIPTORS = Path("/proc/self/fd")


class Renewal:
    """Waits for the server's reload signal, which has to be sent to its whole process group: `kill -HUP -- -PID`."""

    def __init__(self) -> None:
        self.leaving = False
        self._end: Callable[..., Any] = os.abort

    def await_signal(self) -> None:
        """Listen; only a process's main thread can."""
        signal.signal(signal.SIGHUP, self._prepare)

    def _prepare(self, *_signal: object) -> None:
        # The server has set its own handler after it loaded us.
        end = signal.getsignal(signal.SIGTERM)
        if callable(end) and end != self._leave:
            self._end = end
            signal.signal(signal.SIGTERM, self._leave)

    def _leave(self, *told: object) -> None:
        self.leaving = True
        accept_no_more()
        threading.Timer(LAST_SECONDS, partial(self._end, *told)).start()


def accept_no_more() -> None:
    """Take no further connection at sockets in the file system, which the server's other workers go on listening at.

    A descriptor of ours then leads to another socket, one that nobody knows. At a TCP port each worker has a socket of
    its own, with connections in its queue: there it is left as it is.
    """
    nowhere = socket.socket(socket.AF_UNIX)
    nowhere.bind("")
    nowhere.listen()
    nowhere.setblocking(False)
    for path in DESCRIPTORS.iterdir():
        with suppress(OSError):
            if path.readlink().name.startswith("socket:") and is_listening_in_files(int(path.name)):
                os.dup2(nowhere.fileno(), int(path.name), inheritable=False)


def is_listening_in_files(descriptor: int) -> bool:
    """Whether connections are taken there, at a socket that has a path."""
    with socket.socket(fileno=os.dup(descriptor)) as handle:
        is_listening = handle.family == socket.AF_UNIX and handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        return bool(is_listening) and not isinstance(handle.getsockname(), bytes)
