"""HTTP to platforms: the one place that knows time-outs, retries, status codes, and which addresses may be called.

What was done is handed up, call by call, for services to log; nothing of `requests` leaves this package.
"""

import io
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import msgspec
import requests
from urllib3.exceptions import HTTPError

from operators.platforms.breakers import Breaker
from operators.platforms.deadlines import until
from operators.platforms.decoding import decode, read_number
from operators.platforms.failures import (
    CircuitOpen,
    Malformed,
    OutcomeUnknown,
    PlatformFailure,
    failure_of,
    read_retry_after,
)
from operators.platforms.public_hosts import PrivateAddress
from operators.platforms.sessions import get_session
from operators.platforms.signatures import MASK

__all__ = ["Call", "CircuitOpen", "Http", "Malformed", "OutcomeUnknown", "Platform", "PlatformFailure"]

Reply = TypeVar("Reply")
Shape = TypeVar("Shape")

CHUNK = 64 * 1024
KEPT_TEXT = 8_000
PASSING_STATUSES = {408, 425, 429}
# Answers that leave open whether a write was done, though they blame the request: it may have been cut on the way
# (408), or have been done and its result be elsewhere (303, and 302 as most servers mean it).
UNDECIDED_STATUSES = {302, 303, 408}


@dataclass(frozen=True, slots=True)
class Http:
    """How far a call may go: seconds, bytes, attempts of a read, and whether to private addresses and without TLS.

    `past_breaker` calls although the circuit is open, for a person who asks; the outcome counts all the same.
    """

    private_hosts_allowed: bool = False
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    whole_seconds: float = 90.0
    largest_body: int = 32 * 1024 * 1024
    attempts: int = 3
    backoff_seconds: float = 0.5
    longest_wait_seconds: float = 20.0
    breaker: Breaker | None = None
    past_breaker: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call as it went, without its headers.

    `request` is method and address, and the body on the next line where there is one. `failure` is empty, or a code
    such as HTTP_503 or TIMEOUT; `unresolved` says that nobody knows whether the write was done.
    """

    command: str
    request: str
    http_status: int | None
    failure: str
    milliseconds: float
    response: str
    wrote: bool = False
    unresolved: bool = False


@dataclass(frozen=True, slots=True)
class _Request:
    command: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    writes: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def text(self) -> str:
        body = "" if self.body is None else "\n" + self.body[:KEPT_TEXT].decode(errors="replace")
        return f"{self.method} {self.url}{body}"


@dataclass(slots=True)
class _Trip:
    """What is known of one attempt so far; `sent` says that the platform may have got the whole request."""

    started: float = field(default_factory=time.perf_counter)
    sent: bool = False
    status: int | None = None
    retry_after: float | None = None
    body: bytearray = field(default_factory=bytearray)
    whole: bool = False
    read: bool = False


class _Body(io.BytesIO):
    """A body that knows whether somebody began to send it: before that there was no connection to send it on."""

    taken = False

    def read(self, size: int | None = -1) -> bytes:
        self.taken = True
        return super().read(size)


class Platform:
    """A platform as one operator account sees it. Its connections stay open, for the next client of the same host."""

    def __init__(self, http: Http, report: Callable[[Call], None], secret: str = "") -> None:
        """`secret` is kept out of failures: a platform may say it back to us in an error."""
        self._http = http
        self._report = report
        self._secret = secret

    def read(
        self,
        command: str,
        url: str,
        *,
        headers: Mapping[str, str],
        parse: Callable[[Any], Reply],
        body: bytes | None = None,
    ) -> Reply:
        """Ask (GET, or POST where there is a body) and parse the JSON, again after a failure that may pass.

        Numbers with a fraction are Decimals. `parse` may raise PlatformFailure with the platform's own error code.

        :raises PlatformFailure:
        """
        return self.read_raw(command, url, headers=headers, parse=lambda text: parse(decode(text)), body=body)

    def read_rows(
        self,
        command: str,
        url: str,
        *,
        headers: Mapping[str, str],
        shape: type[Shape],
        find: Callable[[Shape], Iterable[msgspec.Raw]],
        body: bytes | None = None,
    ) -> list[bytes]:
        """Ask as `read` does and return a long list's rows, each as its own JSON bytes, unparsed.

        `shape` is a msgspec type with `msgspec.Raw` where the rows are (`games: list[msgspec.Raw]`), `find` takes them
        out of it, and may raise PlatformFailure.

        :raises PlatformFailure:
        """
        decoder = msgspec.json.Decoder(shape, float_hook=read_number)

        def parse(text: bytearray) -> list[bytes]:
            return [bytes(row) for row in find(decode(text, decoder))]

        return self.read_raw(command, url, headers=headers, parse=parse, body=body)

    def read_raw(
        self,
        command: str,
        url: str,
        *,
        headers: Mapping[str, str],
        parse: Callable[[bytearray], Reply],
        body: bytes | None = None,
    ) -> Reply:
        """Ask as `read` does, for a `parse` that takes the answer's bytes and may raise msgspec's errors too.

        :raises PlatformFailure:
        """
        return self._repeat(_Request(command, url, headers, body), parse, self._http.attempts)

    def write(
        self,
        command: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        parse: Callable[[Any], Reply],
        repeatable: bool = False,
    ) -> Reply:
        """POST what changes something there, once; `repeatable` where the body carries an idempotency reference.

        A repeatable write is sent again after a failure that may pass. Once one attempt's outcome is unknown, whatever
        a later one is told (that the reference exists already, say) comes as OutcomeUnknown with that code.

        :raises OutcomeUnknown: it was sent, and whether it was done is not known.
        :raises PlatformFailure: it was not done.
        """
        request = _Request(command, url, headers, body, writes=True)
        attempts = self._http.attempts if repeatable else 1
        return self._repeat(request, lambda text: parse(decode(text)), attempts)

    def find_error(self, answer: Any) -> tuple[str, str] | None:  # noqa: ARG002 - for the protocols that have errors
        """Return the platform's own error code and words from a JSON answer whose status is not 200, if it has any."""
        return None

    def _repeat(self, request: _Request, parse: Callable[[bytearray], Reply], attempts: int) -> Reply:
        unknown, last = False, None
        for attempt in range(1, attempts + 1):
            try:
                return self._attempt(request, parse)
            except CircuitOpen as refused:
                raise last or refused from None
            except PlatformFailure as failure:
                unknown = unknown or isinstance(failure, OutcomeUnknown)
                last = OutcomeUnknown(failure) if unknown else failure
                pause = self._pause_after(failure, attempt)
            if attempt == attempts or pause is None:
                raise last
            time.sleep(pause)
        raise AssertionError("a call needs at least one attempt")

    def _pause_after(self, failure: PlatformFailure, attempt: int) -> float | None:
        """The seconds before the next attempt, or None where there is none."""
        if failure.permanent and not isinstance(failure, OutcomeUnknown):
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= self._http.longest_wait_seconds else None
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads callers, hides nothing
        return self._http.backoff_seconds * jitter * float(2 ** (attempt - 1))

    def _attempt(self, request: _Request, parse: Callable[[bytearray], Reply]) -> Reply:
        self._ask_breaker()
        trip, failure = _Trip(), None
        try:
            self._fetch(request, trip)
            self._check_status(trip)
            reply = _read(trip.body, parse)
        except PlatformFailure as caught:
            self._tell_breaker(caught, trip)
            failure = self._judge(caught, request, trip)
            if failure is caught:
                raise
            raise failure from caught
        else:
            trip.read = True
            self._tell_breaker(None, trip)
            return reply
        finally:
            self._report(_call_of(request, trip, failure))

    def _fetch(self, request: _Request, trip: _Trip) -> None:
        if not (self._http.private_hosts_allowed or request.url.startswith("https://")):
            raise PlatformFailure("NOT_HTTPS", "the host's address must begin with https://", permanent=True)
        body = None if request.body is None else _Body(request.body)
        try:
            with until(time.monotonic() + self._http.whole_seconds):
                self._send(request, body, trip)
        except PrivateAddress as error:
            raise PlatformFailure("PRIVATE_ADDRESS", str(error), permanent=True) from error
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise failure_of(error) from error
        finally:
            trip.sent = body is None or body.taken

    def _send(self, request: _Request, body: _Body | None, trip: _Trip) -> None:
        session = get_session(request.url, private_hosts_allowed=self._http.private_hosts_allowed)
        kind = {} if body is None else {"Content-Type": "application/json"}
        with session.request(
            request.method,
            request.url,
            data=body,
            headers={"Accept": "application/json", **kind, **request.headers},
            timeout=(self._http.connect_seconds, self._http.read_seconds),
            stream=True,
            allow_redirects=False,
        ) as response:
            trip.status = response.status_code
            trip.retry_after = read_retry_after(response.headers.get("Retry-After", ""))
            self._read_body(response, trip)

    def _read_body(self, response: requests.Response, trip: _Trip) -> None:
        # One read of the socket at a time: what is too long need not be read to its end.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            trip.body += chunk
            if len(trip.body) > self._http.largest_body:
                detail = f"the answer has more than {self._http.largest_body:,} bytes"
                raise PlatformFailure("TOO_LARGE", detail, permanent=True)
        trip.whole = True

    def _check_status(self, trip: _Trip) -> None:
        status = trip.status
        if status is None or status == HTTPStatus.OK:
            return
        code, detail = self._find_error_in(trip.body) or (f"HTTP_{status}", f"the platform answered {_name(status)}")
        passing = status in PASSING_STATUSES or status >= 500
        raise PlatformFailure(
            code, detail, permanent=not passing, http_status=status, retry_after=trip.retry_after if passing else None
        )

    def _find_error_in(self, body: bytearray) -> tuple[str, str] | None:
        try:
            return self.find_error(decode(body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _ask_breaker(self) -> None:
        if self._http.breaker is not None and not self._http.past_breaker:
            seconds = self._http.breaker.ask()
            if seconds > 0:
                raise CircuitOpen(seconds)

    def _tell_breaker(self, failure: PlatformFailure | None, trip: _Trip) -> None:
        """Count what may pass; whatever else the platform answered shows that it is there."""
        if self._http.breaker is None:
            return
        if failure is not None and not failure.permanent:
            self._http.breaker.note_failure()
        elif trip.status is not None:
            self._http.breaker.note_answer()

    def _judge(self, failure: PlatformFailure, request: _Request, trip: _Trip) -> PlatformFailure:
        """The failure as the caller gets it: of a write that may have been done, OutcomeUnknown."""
        if self._secret:
            failure.code = failure.code.replace(self._secret, MASK)
            failure.detail = failure.detail.replace(self._secret, MASK)
        if failure.http_status is None:
            failure.http_status = trip.status
        return OutcomeUnknown(failure) if request.writes and trip.sent and not _is_decided(failure, trip) else failure


def _read(body: bytearray, parse: Callable[[bytearray], Reply]) -> Reply:
    try:
        return parse(body)
    except msgspec.ValidationError as error:
        raise Malformed(f"the answer has another shape than the protocol's: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _raise_not_json(body, error)


def _raise_not_json(body: bytearray, error: Exception) -> NoReturn:
    page = body[:CHUNK].lstrip().startswith(b"<")
    raise Malformed("the answer is a web page, not JSON" if page else f"the answer is not JSON: {error}") from error


def _name(status: int) -> str:
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}"


def _is_decided(failure: PlatformFailure, trip: _Trip) -> bool:
    """Say whether the platform told that it did not do it."""
    if not trip.whole or trip.status is None or isinstance(failure, Malformed):
        return False
    return trip.status == HTTPStatus.OK or (300 <= trip.status < 500 and trip.status not in UNDECIDED_STATUSES)


def _call_of(request: _Request, trip: _Trip, failure: PlatformFailure | None) -> Call:
    """What is handed up. Neither read nor failed: something else broke in, a worker's time limit perhaps."""
    code = failure.code if failure is not None else "" if trip.read else "INTERRUPTED"
    return Call(
        command=request.command,
        request=request.text,
        http_status=trip.status,
        failure=code,
        milliseconds=(time.perf_counter() - trip.started) * 1000,
        response=trip.body[:KEPT_TEXT].decode(errors="replace"),
        wrote=request.writes,
        unresolved=isinstance(failure, OutcomeUnknown) or (request.writes and code == "INTERRUPTED"),
    )
