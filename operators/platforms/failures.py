"""What can go wrong with a call to a platform, in a code and in plain words."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil

import requests
from urllib3.exceptions import (
    DecodeError,
    InvalidHeader,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)


class PlatformFailure(Exception):
    """A call that brought no usable answer; `permanent` says that repeating it would not help.

    `code` is DNS, TLS, UNREACHABLE, TIMEOUT, PRIVATE_ADDRESS, NOT_HTTPS, TOO_LARGE, BAD_REPLY, BAD_REQUEST,
    HTTP_<status>, CIRCUIT_OPEN, or the platform's own. `retry_after` is for how many seconds it wants to be left alone.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        permanent: bool,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__()
        self.code = code
        self.detail = detail
        self.permanent = permanent
        self.http_status = http_status
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Malformed(PlatformFailure):
    """The answer is not what the protocol describes."""

    def __init__(self, detail: str) -> None:
        super().__init__("BAD_REPLY", detail, permanent=True)


class CircuitOpen(PlatformFailure):
    """Nothing was sent: the platform has failed time after time and is left alone for a while."""

    def __init__(self, seconds: float) -> None:
        detail = f"after repeated failures the platform is left alone for another {ceil(seconds)} s"
        super().__init__("CIRCUIT_OPEN", detail, permanent=False, retry_after=seconds)


class OutcomeUnknown(PlatformFailure):
    """A write was sent, and whether it was done is not known: it must not be sent again without a reference."""

    def __init__(self, failure: PlatformFailure) -> None:
        super().__init__(
            failure.code,
            failure.detail,
            permanent=True,
            http_status=failure.http_status,
            retry_after=failure.retry_after,
        )


# A library's error, by what is packed into it, the most telling first.
TOLD: tuple[tuple[tuple[type[BaseException], ...], str, str, bool], ...] = (
    ((requests.Timeout, ReadTimeoutError, TimeoutError), "TIMEOUT", "the platform did not answer in time", False),
    ((NameResolutionError,), "DNS", "the host's name leads nowhere", False),
    ((ssl.SSLError, SSLError), "TLS", "no trusted connection", True),
    ((DecodeError, InvalidHeader), "BAD_REPLY", "the answer cannot be unpacked", True),
    ((NewConnectionError,), "UNREACHABLE", "no connection could be made", False),
    ((requests.ConnectionError, ProtocolError), "UNREACHABLE", "the connection broke off", False),
)


def failure_of(error: Exception) -> PlatformFailure:
    """Tell a library's error in our words; its own text may hold the address with what signs it, and is left out."""
    causes = list(_causes(error))
    for kinds, code, words, permanent in TOLD:
        if found := [cause for cause in causes if isinstance(cause, kinds)]:
            return _tell(code, words, permanent, found[-1])
    return PlatformFailure("BAD_REQUEST", f"the request cannot be sent: {type(error).__name__}", permanent=True)


def _tell(code: str, words: str, permanent: bool, cause: BaseException) -> PlatformFailure:
    if code == "BAD_REPLY":
        return Malformed(words)
    if isinstance(cause, ssl.SSLError):
        # OpenSSL's own words: “certificate has expired”, “WRONG_VERSION_NUMBER”.
        words = f"{words}: {getattr(cause, 'verify_message', '') or cause.reason}"
    return PlatformFailure(code, words, permanent=permanent)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it was made of: libraries pack one into the other as reason, argument or cause."""
    while error is not None:
        yield error
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((cause for cause in inner if isinstance(cause, BaseException)), None)


def read_retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After header names, as a number or as a date; None where it says neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
