"""Ends what stalls: clients that neither send on nor read on, and database connections that never answer.

No setting of the server or of PostgreSQL does. The server waits for a body while its client keeps the connection open.
PostgreSQL's time-outs are kept by PostgreSQL: one that is frozen (a stopped process, a virtual machine on the move) has
none, and where its machine goes on acknowledging what we send, TCP finds nothing wrong either.
"""

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
DESCRIPTORS = Path("/proc/self/fd")
# Of Linux's struct tcp_info: segments not acknowledged, milliseconds since something was sent and since something was
# received, bytes received, bytes not sent yet, bytes sent.
TCP_INFO = struct.Struct("=24x I 16x I 4x I 72x Q 8x I 52x Q")


class Work(Protocol):
    """A place where requests work: since when one does, its database, and what is known of the way there."""

    database: Any
    line: Any
    since: float | None


@dataclass(slots=True)
class Client:
    """A connection as it was when something last went out over it.

    `asking` says that a request has begun since, `stalled` since when the client has kept us waiting.
    """

    sent: int
    received: int
    asking: bool = False
    stalled: float | None = None


class Watchman:
    """Knows the clients by the inodes of their sockets, and by `readings` since when bodies have been read."""

    def __init__(
        self, places: Sequence[Work], readings: dict[int, float], *, client_seconds: float, work_seconds: float
    ) -> None:
        self._places = places
        self._readings = readings
        self._client_seconds = client_seconds
        self._work_seconds = work_seconds
        self._clients: dict[int, Client] = {}

    def start(self, also: Callable[[], None] = lambda: None) -> None:
        """Look at clients and places, and do that `also`, as long as the process lives, in a thread of its own."""
        threading.Thread(target=self._watch, args=(also,), name="stalls", daemon=True).start()

    def _watch(self, also: Callable[[], None]) -> None:
        looked_at_clients = 0.0
        while True:
            time.sleep(PAUSE_SECONDS)
            try:
                also()
                now = time.monotonic()
                self.end_silent_databases(now)
                if now - looked_at_clients > self._client_seconds / 10:
                    looked_at_clients = now
                    self.end_stalled_clients(now)
            except Exception:  # whatever it was: nobody else looks
                logger.exception("stalled connections could not be looked at")

    def end_silent_databases(self, now: float) -> None:
        """Cut the database connection of each request that has been at work for too long."""
        for place in self._places:
            since = place.since
            if since is not None and now - since > self._work_seconds and cut_database(place, since):
                logger.warning("the database did not answer for %.1f s: connection ended", now - since)

    def end_stalled_clients(self, now: float) -> None:
        """Cut off each client that has kept us waiting for too long."""
        seen, impatient = {}, self._reads_for_very_long(now)
        for connection in list_connections():
            with connection, suppress(OSError):
                state = read_tcp_state(connection)
                inode = os.fstat(connection.fileno()).st_ino
                client = seen[inode] = look_at(state, self._clients.get(inode), now)
                stalls = client.stalled is not None and now - client.stalled > self._client_seconds
                if stalls or (impatient and state.quiet > self._client_seconds):
                    logger.warning("client %s kept us waiting: cut off", connection.getpeername()[0])
                    connection.shutdown(socket.SHUT_RDWR)
        self._clients = seen

    def _reads_for_very_long(self, now: float) -> bool:
        """Whether some body is still being read from a client that does not look as if it stalled.

        That is one that sent the beginning along with the request before it, and nothing since. It cannot be told from
        an idle one; but idle ones may be cut, too.
        """
        return any(now - since > 2 * self._client_seconds for since in self._readings.copy().values())


@dataclass(frozen=True, slots=True)
class State:
    """What the kernel tells of a connection: bytes in all, and how many seconds ago the last ones came and went."""

    sent: int
    received: int
    sent_ago: float
    received_ago: float
    pending: bool

    @property
    def quiet(self) -> float:
        return min(self.sent_ago, self.received_ago)


def look_at(state: State, known: Client | None, now: float) -> Client:
    """What is to be remembered of a client: it stalls while it has begun a request, or not taken what we sent."""
    if known is None or known.sent != state.sent:
        begun = state.received_ago < state.sent_ago or (state.received > 0 and not state.sent)
        known = Client(state.sent, state.received, asking=begun)
    known.asking = known.asking or state.received != known.received
    if not (known.asking or state.pending):
        known.stalled = None
    elif known.stalled is None:
        known.stalled = now
    return known


def read_tcp_state(connection: socket.socket) -> State:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
    unacknowledged, sent_ago, received_ago, received, unsent, sent = TCP_INFO.unpack(told)
    return State(sent, received, sent_ago / 1000, received_ago / 1000, bool(unacknowledged or unsent))


def list_connections() -> list[socket.socket]:
    """Handles of our own on the connections that clients have made to us: those with the port that we listen at."""
    found = [handle for path in DESCRIPTORS.iterdir() if (handle := open_socket(path)) is not None]
    ports = {name_of(handle) for handle in found if is_listening(handle)}
    clients = [handle for handle in found if not is_listening(handle) and name_of(handle) in ports]
    for handle in set(found).difference(clients):
        handle.close()
    return clients


def open_socket(descriptor: Path) -> socket.socket | None:
    """A handle of our own, which stays what it is if the server closes its own meanwhile."""
    try:
        if not descriptor.readlink().name.startswith("socket:"):
            return None
        handle = socket.socket(fileno=os.dup(int(descriptor.name)))
    except OSError:
        return None
    if handle.family in {socket.AF_INET, socket.AF_INET6} and handle.type == socket.SOCK_STREAM:
        return handle
    handle.close()
    return None


def is_listening(handle: socket.socket) -> bool:
    return bool(handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def name_of(handle: socket.socket) -> int:
    port: int = handle.getsockname()[1]
    return port


def cut_database(place: Work, since: float) -> bool:
    """Shut the socket under a place's database connection, if the same request still waits for it."""
    raw = place.database.connection
    if raw is None or raw.closed:
        return False
    with suppress(OSError), socket.socket(fileno=os.dup(raw.fileno())) as handle:
        # Only now is it sure that the handle is not of whatever has come in that connection's place.
        if place.since == since and place.database.connection is raw and not raw.closed:
            place.line.silent = True
            handle.shutdown(socket.SHUT_RDWR)
            return True
    return False
