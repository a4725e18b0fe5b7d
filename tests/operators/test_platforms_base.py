"""The HTTP base of the platform clients, against a real server: what it repeats, what it refuses, what it hands up."""

import gzip
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Call, Http, Platform, PlatformFailure
from operators.platforms.public_hosts import is_public
from tests.operators.platform_stub import Answer, Stub, run_stub

QUICK = Http(
    private_hosts_allowed=True, connect_seconds=1, read_seconds=0.3, whole_seconds=0.4, backoff_seconds=0.01, attempts=3
)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with run_stub() as stub:
        yield stub


def read(url: str, http: Http = QUICK) -> tuple[Any, list[Call]]:
    """What a read brings: the parsed JSON or the failure, and the calls that were handed up."""
    calls: list[Call] = []
    with Platform(http, calls.append) as platform:
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


def test_one_connection_serves_several_reads(stub: Stub) -> None:
    stub.lay("/list", Answer())
    with Platform(QUICK, lambda _: None) as platform:
        for _ in range(3):
            platform.read("games", f"{stub.url}/list", headers={}, parse=lambda found: found)
    assert len({port for _, _, port in stub.asked}) == 1


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
    ],
)
def test_public_addresses_are_told_from_the_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_environments_proxies_are_not_used(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    stub.lay("/list", Answer())
    assert read(f"{stub.url}/list")[0] == {}
