"""Between a server's threads and Django: few requests work at a time, and each only once it is here whole.

A server thread that waits for a client's next byte costs next to nothing; one that keeps a database connection while it
does costs a place at the counter. So there are many threads, which read, and few places, where work is done.
"""

from collections.abc import Iterable
from io import BytesIO
from queue import Empty, SimpleQueue
from threading import get_ident
from time import monotonic
from typing import Any, Protocol
from wsgiref.types import StartResponse

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponseBase

from config.metrics import POOL_IN_USE, POOL_REFUSALS, POOL_SIZE, POOL_WAITING, POOL_WAITS
from config.places import Line, Place, open_nothing
from config.probes import PROBES
from config.renewal import Renewal
from config.stalls import Watchman
from operators.origin import Origin, come_from, name_request

# Where a request's environment has when it was here whole, by the monotonic clock.
ARRIVED = "gate.arrived"
WITHOUT_BODY = {"GET", "HEAD"}
BUSY = ("503 Service Unavailable", [("Content-Type", "application/json"), ("Retry-After", "1")])


class Handler(Protocol):
    """Django's own WSGI application."""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse, /) -> HttpResponseBase: ...


class NotWhole(Exception):
    """The client sends more than is read here, or hung up in the middle of its request."""


class Gate:
    """A WSGI application that lets `places` requests at a time through to another, bodies of up to `largest_body` read.

    A client that neither ends its request nor takes its answer for `client_seconds` is cut off; so is a database that
    has not answered what a request asks it for `work_seconds`, by which the request fails. A request that no place was
    free for within `waiting_seconds` is refused with 503; where `answers_all`, it goes through without a database.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        places: int,
        largest_body: int,
        client_seconds: float,
        work_seconds: float,
        waiting_seconds: float,
        answers_all: bool = False,
    ) -> None:
        self._handler = handler
        self._answers_all = answers_all
        self._largest_body = largest_body
        self._waiting_seconds = waiting_seconds
        self._free: SimpleQueue[Place] = SimpleQueue()
        self._readings: dict[int, float] = {}
        self._waiting: set[int] = set()
        line = Line()
        self._places = [Place(line, work_seconds / 2) for _ in range(places)]
        for place in self._places:
            self._free.put(place)
        watchman = Watchman(self._places, self._readings, client_seconds=client_seconds, work_seconds=work_seconds)
        watchman.start(also=self.show_pool)
        self._renewal = Renewal()
        self._renewal.await_signal()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        probe = PROBES.get(environ["PATH_INFO"])
        if probe is not None:
            told = probe(environ)
            start_response(told.status, [("Content-Type", told.content_type), ("Cache-Control", "no-store")])
            return [told.body]
        if environ["REQUEST_METHOD"] not in WITHOUT_BODY:
            try:
                self._read_body(environ)
            except NotWhole:
                start_response("413 Content Too Large", [("Content-Type", "application/json")])
                return [b'{"code":"body_too_large"}']
        environ[ARRIVED] = monotonic()
        place = self._find_place()
        if place is None and not self._answers_all:
            start_response(*BUSY)
            return [b'{"code":"unavailable","detail":"Too many wait. Repeating the request is safe.","fields":{}}']
        connections[DEFAULT_DB_ALIAS] = open_nothing() if place is None else place.database
        name = name_request(environ.get("HTTP_X_REQUEST_ID", ""))
        try:
            # Each request of this thread is named anew: nothing has to be put back.
            come_from(Origin(None, name))
            return self._answer(environ, self._heading(start_response, name))
        finally:
            if place is not None:
                place.since = None
                self._free.put(place)

    def _heading(self, start_response: StartResponse, name: str) -> StartResponse:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            headers.append(("X-Request-ID", name))
            if self._renewal.leaving:
                headers.append(("Connection", "close"))
            return start_response(status, headers, *more)

        return start

    def _find_place(self) -> Place | None:
        try:
            place = self._free.get_nowait()
        except Empty:
            POOL_WAITS.inc()
            waited = self._wait_for_place()
            if waited is None:
                POOL_REFUSALS.inc()
                return None
            place = waited
        place.since = monotonic()
        return place

    def _wait_for_place(self) -> Place | None:
        self._waiting.add(get_ident())
        try:
            return self._free.get(timeout=self._waiting_seconds)
        except Empty:
            return None
        finally:
            self._waiting.discard(get_ident())

    def show_pool(self) -> None:
        """Show how many places there are, are taken, and are waited for."""
        POOL_SIZE.set(len(self._places))
        POOL_IN_USE.set(sum(place.since is not None for place in self._places))
        POOL_WAITING.set(len(self._waiting))

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        response = self._handler(environ, start_response)
        if response.streaming:
            # It goes at its reader's pace, without the place: should it ask the database, over a connection of its own.
            del connections[DEFAULT_DB_ALIAS]
            return response
        try:
            return [response.content]  # type: ignore[attr-defined]
        finally:
            response.close()

    def _read_body(self, environ: dict[str, Any]) -> None:
        stated = environ.get("CONTENT_LENGTH")
        if stated is None and "HTTP_TRANSFER_ENCODING" not in environ:
            return
        length = int(stated or self._largest_body)
        if length > self._largest_body:
            raise NotWhole
        self._readings[get_ident()] = monotonic()
        try:
            body = environ["wsgi.input"].read(length if stated else length + 1)
        finally:
            del self._readings[get_ident()]
        if len(body) != length if stated else len(body) > length:
            raise NotWhole
        environ["wsgi.input"] = BytesIO(body)
