"""HTTP to platforms: the one place that knows time-outs, retries, status codes, and which addresses may be called.

What was done is handed up, call by call, for services to log; nothing of `requests` leaves this package.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from operators.platforms.public_hosts import PrivateAddress, PublicAdapter

Reply = TypeVar("Reply")

DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
CHUNK = 64 * 1024
KEPT_TEXT = 8_000
PASSING_STATUSES = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class Http:
    """How far a call may go: seconds, bytes, attempts of a read, and whether to private addresses and without TLS."""

    private_hosts_allowed: bool = False
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    whole_seconds: float = 90.0
    largest_body: int = 32 * 1024 * 1024
    attempts: int = 3
    backoff_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call as it went. `failure` is empty, or a code such as HTTP_503 or TIMEOUT; headers are not kept."""

    command: str
    request: str
    http_status: int | None
    failure: str
    milliseconds: float
    response: str


class PlatformFailure(Exception):
    """A call that brought no usable answer; `permanent` says that repeating it would not help."""

    def __init__(self, code: str, detail: str, *, permanent: bool) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.permanent = permanent


class Malformed(PlatformFailure):
    """The answer is not what the protocol describes."""

    def __init__(self, detail: str) -> None:
        super().__init__("BAD_REPLY", detail, permanent=True)


class Platform:
    """A connection to one platform, kept alive while in use (`with Client(...) as client`)."""

    def __init__(self, http: Http, report: Callable[[Call], None]) -> None:
        self._http = http
        self._report = report
        self._session = requests.Session()
        # Neither proxies nor .netrc of the environment: where a call goes is what the operator's row says.
        self._session.trust_env = False
        adapter = HTTPAdapter() if http.private_hosts_allowed else PublicAdapter()
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def read(self, command: str, url: str, *, headers: Mapping[str, str], parse: Callable[[Any], Reply]) -> Reply:
        """GET JSON and parse it, again after a failure that may pass. Numbers with a fraction are Decimals.

        :raises PlatformFailure:
        """
        for attempt in range(1, self._http.attempts):
            try:
                return self._read_once(command, url, headers, parse)
            except PlatformFailure as failure:
                if failure.permanent:
                    raise
            time.sleep(self._http.backoff_seconds * 2 ** (attempt - 1))
        return self._read_once(command, url, headers, parse)

    def _read_once(self, command: str, url: str, headers: Mapping[str, str], parse: Callable[[Any], Reply]) -> Reply:
        started = time.perf_counter()
        status, body, code = None, b"", ""
        try:
            status, body = self._get(url, headers)
            _check_status(status)
            return parse(_decode(body))
        except PlatformFailure as failure:
            code = failure.code
            raise
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            text = body[:KEPT_TEXT].decode(errors="replace")
            self._report(Call(command, f"GET {url}", status, code, milliseconds, text))

    def _get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if urlsplit(url).scheme != "https" and not self._http.private_hosts_allowed:
            raise PlatformFailure("NOT_HTTPS", "the host's address must begin with https://", permanent=True)
        time_outs = (self._http.connect_seconds, self._http.read_seconds)
        try:
            with self._session.get(
                url, headers=dict(headers), timeout=time_outs, stream=True, allow_redirects=False
            ) as response:
                return response.status_code, b"".join(self._read_body(response))
        except PrivateAddress as error:
            raise PlatformFailure("PRIVATE_ADDRESS", str(error), permanent=True) from error
        except (requests.RequestException, HTTPError) as error:
            raise _failure_of(error) from error

    def _read_body(self, response: requests.Response) -> Iterator[bytes]:
        size, deadline = 0, time.monotonic() + self._http.whole_seconds
        # One read of the socket at a time: a platform that drips must not hold us until a chunk is full.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > self._http.largest_body:
                detail = f"more than {self._http.largest_body:,} bytes"
                raise PlatformFailure("TOO_LARGE", detail, permanent=True)
            if time.monotonic() > deadline:
                raise PlatformFailure("TIMEOUT", "the answer trickled in too slowly", permanent=False)
            yield chunk


def _decode(body: bytes) -> Any:
    try:
        return DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error


def _check_status(status: int) -> None:
    if status != requests.codes.ok:
        passing = status in PASSING_STATUSES or status >= 500
        raise PlatformFailure(f"HTTP_{status}", "the platform did not answer with 200", permanent=not passing)


def _failure_of(error: Exception) -> PlatformFailure:
    kind = type(error).__name__
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return PlatformFailure("TIMEOUT", kind, permanent=False)
    if isinstance(error, requests.exceptions.SSLError):
        return PlatformFailure("TLS", str(error), permanent=True)
    if isinstance(error, requests.ConnectionError | ProtocolError):
        return PlatformFailure("UNREACHABLE", kind, permanent=False)
    return PlatformFailure("BAD_REQUEST", f"{kind}: {error}", permanent=True)
