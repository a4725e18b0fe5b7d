"""The HTTP base of the platform clients, against a real server: what it repeats, what it refuses, what it hands up."""

import gzip
import socket
import time
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from operators.platforms.base import Call, Http, Malformed, Platform, PlatformFailure
from operators.platforms.failures import read_retry_after
from operators.platforms.public_hosts import is_public
from tests.operators.platform_stub import Answer, Stub

QUICK = Http(
    private_hosts_allowed=True, connect_seconds=1, read_seconds=0.3, whole_seconds=0.4, backoff_seconds=0.01, attempts=3
)


def read(url: str, http: Http = QUICK) -> tuple[Any, list[Call]]:
    """What a read brings: the parsed JSON or the failure, and the calls that were handed up."""
    calls: list[Call] = []
    platform = Platform(http, calls.append)
    try:
        return platform.read("games", url, headers={"X-Operator-Id": "lucky"}, parse=lambda found: found), calls
    except PlatformFailure as failure:
        return failure, calls


def failures(calls: list[Call]) -> list[tuple[int | None, str]]:
    return [(call.http_status, call.failure) for call in calls]


def test_json_is_read_with_fractions_as_decimals(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b'{"rake": 0.1, "id": 12345678901234567890}'))
    found, calls = read(f"{stub.url}/list")
    assert found == {"rake": Decimal("0.1"), "id": 12345678901234567890}
    assert failures(calls) == [(200, "")]
    assert (calls[0].command, calls[0].request) == ("games", f"GET {stub.url}/list")
    assert calls[0].response == '{"rake": 0.1, "id": 12345678901234567890}'
    assert stub.asked[0][1]["X-Operator-Id"] == "lucky"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_repeated(stub: Stub, status: int) -> None:
    stub.lay("/list", Answer(status), Answer(status), Answer(body=b'{"games": []}'))
    found, calls = read(f"{stub.url}/list")
    assert found == {"games": []}
    assert failures(calls) == [(status, f"HTTP_{status}"), (status, f"HTTP_{status}"), (200, "")]


def test_a_failure_that_does_not_pass_is_told_after_three_attempts(stub: Stub) -> None:
    stub.lay("/list", Answer(503, b"down for maintenance"))
    failure, calls = read(f"{stub.url}/list")
    assert (failure.code, failure.permanent, len(stub.asked)) == ("HTTP_503", False, 3)
    assert [call.response for call in calls] == ["down for maintenance"] * 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 201, 204, 301, 302])
def test_a_lasting_failure_is_not_repeated(stub: Stub, status: int) -> None:
    stub.lay("/list", Answer(status, b"", {"Location": f"{stub.url}/other"}))
    stub.lay("/other", Answer())
    failure, _ = read(f"{stub.url}/list")
    assert (failure.code, failure.permanent) == (f"HTTP_{status}", True)
    assert [path for path, _, _ in stub.asked] == ["/list"]


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": NaN}', b'{"a": "\xff"}', b"[" * 100_000])
def test_what_is_not_json_is_a_lasting_failure(stub: Stub, body: bytes) -> None:
    stub.lay("/list", Answer(body=body))
    failure, calls = read(f"{stub.url}/list")
    assert (failure.code, failure.permanent) == ("BAD_REPLY", True)
    assert failures(calls) == [(200, "BAD_REPLY")]


def test_a_body_that_breaks_off_is_repeated(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b'{"games"', length=100), Answer(body=b'{"games": []}'))
    found, calls = read(f"{stub.url}/list")
    assert (found, failures(calls)) == ({"games": []}, [(200, "UNREACHABLE"), (200, "")])


def test_a_body_over_the_limit_is_refused(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b'"' + b"x" * 100_000 + b'"'))
    failure, _ = read(f"{stub.url}/list", replace(QUICK, largest_body=100_000))
    assert (failure.code, failure.permanent, len(stub.asked)) == ("TOO_LARGE", True, 1)


def test_a_body_that_unpacks_over_the_limit_is_refused(stub: Stub) -> None:
    packed = gzip.compress(b'"' + b"x" * 5_000_000 + b'"')
    assert len(packed) < 10_000
    stub.lay("/list", Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    assert read(f"{stub.url}/list", replace(QUICK, largest_body=1_000_000))[0].code == "TOO_LARGE"


def test_a_body_that_does_not_unpack_is_refused(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"}))
    failure, _ = read(f"{stub.url}/list")
    assert (failure.code, failure.permanent, len(stub.asked)) == ("BAD_REPLY", True, 1)


def test_a_packed_body_is_unpacked(stub: Stub) -> None:
    stub.lay("/list", Answer(body=gzip.compress(b'{"games": [1, 2]}'), headers={"Content-Encoding": "gzip"}))
    assert read(f"{stub.url}/list")[0] == {"games": [1, 2]}


def test_a_platform_that_does_not_answer_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        failure, calls = read(f"http://127.0.0.1:{listener.getsockname()[1]}/list", replace(QUICK, attempts=2))
    assert (failure.code, failure.permanent, failures(calls)) == ("TIMEOUT", False, [(None, "TIMEOUT")] * 2)


def test_a_platform_that_falls_silent_times_out(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b"{}", drip=2.0, length=3))
    failure, _ = read(f"{stub.url}/list", replace(QUICK, attempts=1))
    assert (failure.code, failure.permanent) == ("TIMEOUT", False)


def test_a_platform_that_drips_is_cut_off(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b" " * 200, drip=0.1))
    started = time.monotonic()
    failure, _ = read(f"{stub.url}/list", replace(QUICK, attempts=1))
    assert time.monotonic() - started < 2
    assert (failure.code, failure.permanent) == ("TIMEOUT", False)


def test_a_platform_that_is_down_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        failure, calls = read(f"http://127.0.0.1:{unused.getsockname()[1]}/list")
    assert (failure.code, failure.permanent) == ("UNREACHABLE", False)
    assert failures(calls) == [(None, "UNREACHABLE")] * 3


def test_plain_http_is_refused_unless_private_hosts_are_allowed(stub: Stub) -> None:
    stub.lay("/list", Answer())
    failure, _ = read(f"{stub.url}/list", replace(QUICK, private_hosts_allowed=False))
    assert (failure.code, failure.permanent, stub.asked) == ("NOT_HTTPS", True, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_name_that_leads_to_a_private_address_is_refused_before_anything_is_sent(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://{host}:{listener.getsockname()[1]}/list"
        failure, calls = read(url, replace(QUICK, private_hosts_allowed=False))
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.recv(10) == b""
    assert (failure.code, failure.permanent, len(calls)) == ("PRIVATE_ADDRESS", True, 1)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::10.0.0.1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.215.14", True),
        ("2002:a00:1::1", False),
        ("2002:5db8:d70e::1", True),
        ("64:ff9b:1::10.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("fec0::1", False),
        ("5f00::1", False),
    ],
)
def test_public_addresses_are_told_from_the_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_environments_proxies_are_not_used(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    stub.lay("/list", Answer())
    assert read(f"{stub.url}/list")[0] == {}


def test_a_read_may_be_posted_and_repeated(stub: Stub) -> None:
    stub.lay("/stats", Answer(503), Answer(body=b"[1]"))
    calls: list[Call] = []
    platform = Platform(QUICK, calls.append)
    found = platform.read("stats", f"{stub.url}/stats", headers={}, body=b'{"by": "DAY"}', parse=lambda found: found)
    assert (found, stub.bodies) == ([1], [b'{"by": "DAY"}'] * 2)
    assert stub.asked[0][1]["Content-Type"] == "application/json"
    assert [(call.request, call.wrote) for call in calls] == [(f'POST {stub.url}/stats\n{{"by": "DAY"}}', False)] * 2


class Games(msgspec.Struct):
    games: list[msgspec.Raw]
    error: str = ""


def take_games(reply: Games) -> Iterable[msgspec.Raw]:
    if reply.error:
        raise PlatformFailure(reply.error, "the platform's own words", permanent=True)
    return reply.games


def read_rows(stub: Stub, body: bytes) -> list[bytes]:
    stub.lay("/list", Answer(body=body))
    platform = Platform(QUICK, lambda _: None)
    return platform.read_rows("games", f"{stub.url}/list", headers={}, shape=Games, find=take_games)


def test_the_rows_of_a_long_list_come_as_their_own_text(stub: Stub) -> None:
    rows = read_rows(stub, b'{"more": {}, "games": [{"id": 1 }, null, [0.10], "\xc3\xa9"]}')
    assert rows == [b'{"id": 1 }', b"null", b"[0.10]", b'"\xc3\xa9"']


@pytest.mark.parametrize("body", [b"{}", b'{"games": {}}', b"[]", b'{"games": [1, }', b'{"games": [1]'])
def test_a_list_of_another_shape_is_malformed(stub: Stub, body: bytes) -> None:
    with pytest.raises(Malformed) as failure:
        read_rows(stub, body)
    assert (failure.value.code, failure.value.http_status) == ("BAD_REPLY", 200)


def test_who_looks_for_rows_may_find_an_error(stub: Stub) -> None:
    with pytest.raises(PlatformFailure) as failure:
        read_rows(stub, b'{"games": [], "error": "P_02"}')
    assert (failure.value.code, failure.value.detail) == ("P_02", "the platform's own words")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b" <!DOCTYPE html><p>Hello</p>", "the answer is a web page, not JSON"),
        (b"Hello", "the answer is not JSON: JSON is malformed: invalid character (byte 0)"),
    ],
)
def test_what_is_no_json_is_told_in_plain_words(stub: Stub, body: bytes, detail: str) -> None:
    stub.lay("/list", Answer(body=body))
    assert read(f"{stub.url}/list")[0].detail == detail


@pytest.mark.parametrize(
    ("status", "detail"), [(403, "the platform answered HTTP 403 (Forbidden)"), (599, "the platform answered HTTP 599")]
)
def test_a_status_is_told_by_its_name(stub: Stub, status: int, detail: str) -> None:
    stub.lay("/list", Answer(status))
    failure, _ = read(f"{stub.url}/list")
    assert (failure.detail, failure.http_status) == (detail, status)


class Talkative(Platform):
    def find_error(self, answer: Any) -> tuple[str, str] | None:
        return (answer["errorCode"], "in its words") if "errorCode" in answer else None


@pytest.mark.parametrize(
    ("status", "body", "code", "permanent"),
    [
        (403, b'{"errorCode": "IP_NOT_ALLOWED"}', "IP_NOT_ALLOWED", True),
        (503, b'{"errorCode": "DOWN"}', "DOWN", False),
        (403, b"{}", "HTTP_403", True),
        (403, b"<html>", "HTTP_403", True),
    ],
)
def test_the_platforms_own_error_is_told_in_place_of_the_status(
    stub: Stub, status: int, body: bytes, code: str, permanent: bool
) -> None:
    stub.lay("/list", Answer(status, body))
    with pytest.raises(PlatformFailure) as failure:
        Talkative(QUICK, lambda _: None).read("games", f"{stub.url}/list", headers={}, parse=lambda found: found)
    assert (failure.value.code, failure.value.permanent, failure.value.http_status) == (code, permanent, status)


def test_a_name_that_leads_nowhere_is_told_from_a_platform_that_is_down() -> None:
    failure, _ = read("http://platform.invalid/list", replace(QUICK, attempts=1))
    assert (failure.code, failure.detail, failure.permanent) == ("DNS", "the host's name leads nowhere", False)


@pytest.mark.parametrize("url", ["http://", "http://[", "http://a.example:port/", "nonsense"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    failure, calls = read(url)
    assert (failure.code, failure.permanent, len(calls)) == ("BAD_REQUEST", True, 1)


def test_a_failure_does_not_tell_what_signs_the_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        failure, _ = read(
            f"http://127.0.0.1:{port}/x?hash=5ebe2294ecd0e0f08eab7690d2a6ee69", replace(QUICK, attempts=1)
        )
    assert str(failure) == "UNREACHABLE: no connection could be made"


def moments_of(stub: Stub, http: Http) -> list[float]:
    """When the attempts of a read ended."""
    moments: list[float] = []
    platform = Platform(http, lambda _: moments.append(time.monotonic()))
    with pytest.raises(PlatformFailure):
        platform.read("games", f"{stub.url}/list", headers={}, parse=lambda found: found)
    return moments


def test_the_pauses_between_attempts_grow(stub: Stub) -> None:
    stub.lay("/list", Answer(503))
    first, second, third = moments_of(stub, replace(QUICK, backoff_seconds=0.2))
    assert second - first >= 0.1
    assert third - second >= 0.2


def test_a_platform_that_says_when_to_come_back_is_asked_again_then(stub: Stub) -> None:
    stub.lay("/list", Answer(429, headers={"Retry-After": "1"}))
    first, second = moments_of(stub, replace(QUICK, attempts=2))
    assert second - first >= 1


# The date is far from every now: one made from the clock would give the two test workers tests of different names.
@pytest.mark.parametrize("later", ["121", "Wed, 01 Jan 2200 00:00:00 GMT"])
def test_a_platform_that_wants_a_long_rest_is_not_waited_for(stub: Stub, later: str) -> None:
    stub.lay("/list", Answer(503, headers={"Retry-After": later}))
    failure, calls = read(f"{stub.url}/list", replace(QUICK, longest_wait_seconds=120))
    assert (failure.code, failure.permanent, len(calls)) == ("HTTP_503", False, 1)
    assert failure.retry_after > 120


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 7 ", 7.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert read_retry_after(header) == seconds
