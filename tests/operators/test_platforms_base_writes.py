"""What is written at a platform: sent once, and never taken for undone when nobody knows."""

import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from operators.platforms.base import Call, Http, Malformed, OutcomeUnknown, Platform, PlatformFailure
from tests.operators.platform_stub import Answer, Stub

QUICK = Http(
    private_hosts_allowed=True, connect_seconds=1, read_seconds=0.3, whole_seconds=0.4, backoff_seconds=0.01, attempts=3
)
BODY = b'{"amount": 5}'
DONE = Answer(body=b'{"ok": true}')


def parse(answer: Any) -> Any:
    """A reply of a platform that names its refusals."""
    if not isinstance(answer, dict):
        raise Malformed("no object")
    if "error" in answer:
        raise PlatformFailure(answer["error"], "refused", permanent=True)
    return answer["ok"]


def write(url: str, http: Http = QUICK, *, repeatable: bool = False) -> tuple[Any, list[Call]]:
    """What a write brings: the reply or the failure, and the calls that were handed up."""
    calls: list[Call] = []
    platform = Platform(http, calls.append)
    try:
        found = platform.write("deposit", url, headers={}, body=BODY, parse=parse, repeatable=repeatable)
    except PlatformFailure as failure:
        return failure, calls
    return found, calls


def told(failure: PlatformFailure) -> tuple[type[PlatformFailure], str, int | None]:
    return type(failure), failure.code, failure.http_status


def test_a_write_is_posted_once_and_handed_up_with_its_body(stub: Stub) -> None:
    stub.lay("/deposit", DONE)
    found, (call,) = write(f"{stub.url}/deposit")
    assert (found, stub.bodies) == (True, [BODY])
    assert stub.asked[0][1]["Content-Length"] == "13"
    assert (call.request, call.response) == (f'POST {stub.url}/deposit\n{{"amount": 5}}', '{"ok": true}')
    assert (call.http_status, call.failure, call.wrote, call.unresolved) == (200, "", True, False)


UNKNOWN = [
    (Answer(body=DONE.body, wait=1.0), "TIMEOUT", None),
    (Answer(dropped=True), "UNREACHABLE", None),
    (Answer(body=b'{"ok"', length=100), "UNREACHABLE", 200),
    (Answer(body=b'{"error"', length=100, status=403), "UNREACHABLE", 403),
    (Answer(body=b'{"ok": tr'), "BAD_REPLY", 200),
    (Answer(body=b"<html>gone well</html>"), "BAD_REPLY", 200),
    (Answer(body=b"[]"), "BAD_REPLY", 200),
    (Answer(body=b"[" * 100_000), "BAD_REPLY", 200),
    (Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"}), "BAD_REPLY", 200),
    (Answer(body=b'"' + b"x" * 2_000_000 + b'"'), "TOO_LARGE", 200),
    *((Answer(status), f"HTTP_{status}", status) for status in (201, 202, 204, 302, 303, 408, 500, 502, 503, 504, 599)),
]


@pytest.mark.parametrize(("answer", "code", "status"), UNKNOWN)
def test_a_write_that_may_have_been_done_is_unknown_and_not_sent_again(
    stub: Stub, answer: Answer, code: str, status: int | None
) -> None:
    stub.lay("/deposit", answer, DONE)
    failure, (call,) = write(f"{stub.url}/deposit", replace(QUICK, largest_body=1_000_000))
    assert told(failure) == (OutcomeUnknown, code, status)
    assert (failure.permanent, len(stub.bodies)) == (True, 1)
    assert (call.failure, call.wrote, call.unresolved) == (code, True, True)


REFUSED = [
    (Answer(body=b'{"error": "INSUFFICIENT_BALANCE"}'), "INSUFFICIENT_BALANCE", 200, True),
    *((Answer(status), f"HTTP_{status}", status, True) for status in (301, 307, 308, 400, 401, 403, 404, 409, 422)),
    (Answer(429, headers={"Retry-After": "0"}), "HTTP_429", 429, False),
]


@pytest.mark.parametrize(("answer", "code", "status", "permanent"), REFUSED)
def test_a_write_that_was_refused_is_known_not_to_be_done(
    stub: Stub, answer: Answer, code: str, status: int, permanent: bool
) -> None:
    stub.lay("/deposit", answer, DONE)
    failure, (call,) = write(f"{stub.url}/deposit")
    assert told(failure) == (PlatformFailure, code, status)
    assert (failure.permanent, len(stub.bodies), call.unresolved) == (permanent, 1, False)


def unused_address() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{unused.getsockname()[1]}"


@pytest.mark.parametrize(
    ("url_of", "allowed", "code", "permanent"),
    [
        (lambda: f"http://{unused_address()}/deposit", True, "UNREACHABLE", False),
        (lambda: "http://platform.invalid/deposit", True, "DNS", False),
        (lambda: f"http://{unused_address()}/deposit", False, "NOT_HTTPS", True),
        (lambda: "http://[/deposit", True, "BAD_REQUEST", True),
    ],
)
def test_a_write_that_never_left_is_an_ordinary_failure(
    url_of: Callable[[], str], allowed: bool, code: str, permanent: bool
) -> None:
    failure, (call,) = write(url_of(), replace(QUICK, private_hosts_allowed=allowed))
    assert told(failure) == (PlatformFailure, code, None)
    assert (failure.permanent, call.unresolved) == (permanent, False)


def test_a_write_without_a_trusted_connection_was_not_sent(stub: Stub) -> None:
    failure, _ = write(stub.url.replace("http://", "https://"))
    assert told(failure) == (PlatformFailure, "TLS", None)
    assert stub.asked == []


def test_a_write_to_a_private_address_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/deposit"
        failure, _ = write(url, replace(QUICK, private_hosts_allowed=False))
    assert told(failure) == (PlatformFailure, "PRIVATE_ADDRESS", None)


def test_a_write_with_a_reference_is_sent_again(stub: Stub) -> None:
    stub.lay("/bonus", Answer(500), Answer(429), DONE)
    found, calls = write(f"{stub.url}/bonus", repeatable=True)
    assert (found, stub.bodies) == (True, [BODY] * 3)
    assert [(call.failure, call.unresolved) for call in calls] == [("HTTP_500", True), ("HTTP_429", False), ("", False)]


def test_a_write_with_a_reference_that_stays_without_answer_is_unknown(stub: Stub) -> None:
    stub.lay("/bonus", Answer(500))
    failure, _ = write(f"{stub.url}/bonus", repeatable=True)
    assert (told(failure), len(stub.bodies)) == ((OutcomeUnknown, "HTTP_500", 500), 3)


@pytest.mark.parametrize(
    ("later", "code", "status"),
    [
        (Answer(body=b'{"error": "BONUS_CODE_ALREADY_EXISTS"}'), "BONUS_CODE_ALREADY_EXISTS", 200),
        (Answer(403), "HTTP_403", 403),
        (Answer(429, headers={"Retry-After": "3600"}), "HTTP_429", 429),
    ],
)
def test_what_is_told_after_an_unknown_outcome_does_not_make_it_known(
    stub: Stub, later: Answer, code: str, status: int
) -> None:
    stub.lay("/bonus", Answer(dropped=True), later)
    failure, _ = write(f"{stub.url}/bonus", repeatable=True)
    assert (told(failure), len(stub.bodies)) == ((OutcomeUnknown, code, status), 2)


def test_a_reference_that_exists_at_the_first_attempt_is_a_refusal(stub: Stub) -> None:
    stub.lay("/bonus", Answer(body=b'{"error": "BONUS_CODE_ALREADY_EXISTS"}'))
    failure, _ = write(f"{stub.url}/bonus", repeatable=True)
    assert told(failure) == (PlatformFailure, "BONUS_CODE_ALREADY_EXISTS", 200)


class TimeIsUp(Exception):
    """What a worker's time limit raises in the middle of whatever runs."""


def test_a_write_that_is_broken_into_is_handed_up_as_unresolved(stub: Stub) -> None:
    stub.lay("/deposit", Answer(body=DONE.body, wait=0.5))

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    calls: list[Call] = []
    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(TimeIsUp):
            Platform(replace(QUICK, read_seconds=5), calls.append).write(
                "deposit", f"{stub.url}/deposit", headers={}, body=BODY, parse=parse
            )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert [(call.failure, call.wrote, call.unresolved) for call in calls] == [("INTERRUPTED", True, True)]
