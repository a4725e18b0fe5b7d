"""Answers that are odd on purpose or by mistake: each ends in time, and in a failure of ours or as it was meant."""

import gzip
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from operators.platforms.base import Call, Http, Malformed, OutcomeUnknown, Platform, PlatformFailure
from operators.platforms.failures import read_retry_after
from tests.operators.platform_stub import Answer, Stub
from tests.operators.raw_server import run_raw_server

ROOT = Path(__file__).parents[2]
ONCE = Http(private_hosts_allowed=True, connect_seconds=1, read_seconds=0.3, whole_seconds=0.5, attempts=1)


def read(url: str, http: Http = ONCE) -> Any:
    """What a read brings: the parsed JSON or the failure."""
    try:
        return Platform(http, lambda _: None).read("games", url, headers={}, parse=lambda found: found)
    except PlatformFailure as failure:
        return failure


def write(url: str, calls: list[Call]) -> PlatformFailure:
    with pytest.raises(PlatformFailure) as failure:
        Platform(ONCE, calls.append).write("deposit", url, headers={}, body=b"{}", parse=lambda found: found)
    return failure.value


OK = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "the status line": [b"HTTP/1.1 2", *[b"0"] * 40],
    "one header": [OK + b"X-Slow: ", *[b"a"] * 40],
    "header after header": [OK, *[b"X-Slow: a\r\n"] * 40],
    "a continuation before the answer": [b"HTTP/1.1 100 Continue\r\n\r\n"] * 40,
    "the body": [OK + b"Content-Length: 100\r\n\r\n", *[b" "] * 40],
    "a chunk's length": [OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"0"] * 40],
    "a trailer": [OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", *[b"X-Slow: a\r\n"] * 40],
    "what unpacks to nothing": [
        OK + b"Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n" + b"\x1f\x8b\x08" + b"\x08" + bytes(6),
        *[b"a"] * 40,
    ],
}


@pytest.mark.parametrize("part", DRIPS)
def test_whatever_a_platform_drips_it_is_cut_off(part: str) -> None:
    with run_raw_server(DRIPS[part], pause=0.05) as url:
        started = time.monotonic()
        failure = read(url)
        assert time.monotonic() - started < 1
    assert (failure.code, failure.permanent) == ("TIMEOUT", False)


def test_a_connection_outlives_an_answer_that_came_at_the_last_moment(stub: Stub) -> None:
    stub.lay("/list", Answer(wait=0.25), Answer())
    assert (read(f"{stub.url}/list", replace(ONCE, whole_seconds=0.3)), read(f"{stub.url}/list")) == ({}, {})
    assert len({port for _, _, port in stub.asked}) == 1


BEYOND = ["1e99999999999999999999", "-1.5E+99999999999999999999", "0.1e-99999999999999999999"]


@pytest.mark.parametrize("number", BEYOND)
@pytest.mark.parametrize("status", [200, 403])
def test_a_number_beyond_all_numbers_is_no_json(stub: Stub, number: str, status: int) -> None:
    stub.lay("/list", Answer(status, f'{{"rtp": {number}}}'.encode()))
    failure = read(f"{stub.url}/list")
    assert (failure.code, failure.http_status) == ("BAD_REPLY" if status == 200 else "HTTP_403", status)


def test_money_that_was_moved_is_not_forgotten_for_a_number_beyond_all_numbers(stub: Stub) -> None:
    stub.lay("/deposit", Answer(body=b'{"balance": 1e99999999999999999999}'))
    calls: list[Call] = []
    assert isinstance(write(f"{stub.url}/deposit", calls), OutcomeUnknown)
    assert [(call.failure, call.unresolved) for call in calls] == [("BAD_REPLY", True)]


def test_a_large_number_stays_exact(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b"[1e400, 123456789012345678901234567890.10]"))
    assert read(f"{stub.url}/list") == [Decimal("1e400"), Decimal("123456789012345678901234567890.10")]


HALVES = [
    (rb'"cut \ud83d"', "cut \ufffd"),
    (rb'"cut \uDE00 here"', "cut \ufffd here"),
    (rb'"\ud83d\ud83d\ude00\ude00"', "\ufffd\U0001f600\ufffd"),
    (rb'"\\\ud83d"', "\\\ufffd"),
    (rb'"\ud83dx \\ud83d"', "\ufffdx \\ud83d"),
    (rb'"\ud83d\u0041"', "\ufffdA"),
]


@pytest.mark.parametrize(("text", "meant"), HALVES)
def test_half_a_character_costs_that_character_only(stub: Stub, text: bytes, meant: str) -> None:
    """JavaScript cuts a text in the middle of a picture, and writes down the half that is left."""
    stub.lay("/list", Answer(body=b"[" + text + b"]"))
    assert read(f"{stub.url}/list") == [meant]


class Games(msgspec.Struct):
    games: list[msgspec.Raw]


def test_rows_of_a_list_with_half_a_character_are_as_they_were_but_for_it(stub: Stub) -> None:
    stub.lay("/list", Answer(body=rb'{"games": [{"id":  1}, {"t": "\ud83d"}, {"t": "\ud83d\ude00"}]}'))
    platform = Platform(ONCE, lambda _: None)
    rows = platform.read_rows("games", f"{stub.url}/list", headers={}, shape=Games, find=lambda found: found.games)
    assert rows == [b'{"id":  1}', rb'{"t": "\ufffd"}', rb'{"t": "\ud83d\ude00"}']


def test_a_byte_order_mark_is_passed_over(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b'\xef\xbb\xbf{"games": []}'))
    assert read(f"{stub.url}/list") == {"games": []}


@pytest.mark.parametrize("body", ["[]".encode("utf-16"), "[\xe9]".encode("latin-1"), b'["\xff"]', b"[]]", b"", b"NaN"])
def test_what_is_no_json_in_utf_8_is_malformed(stub: Stub, body: bytes) -> None:
    stub.lay("/list", Answer(body=body))
    assert isinstance(read(f"{stub.url}/list"), Malformed)


DATES = [
    "Sat, 01 Jan 99999999999 00:00:00 GMT",
    "Mon, 01 Jan 2026 00:00:00 +99999999999999",
    "Mon, 01 Jan 2026 99999999999999999999:00:00 GMT",
]


@pytest.mark.parametrize("header", DATES)
def test_a_retry_after_beyond_all_calendars_says_nothing(stub: Stub, header: str) -> None:
    assert read_retry_after(header) is None
    stub.lay("/list", Answer(503, headers={"Retry-After": header}))
    assert read(f"{stub.url}/list").code == "HTTP_503"


def test_an_answer_of_two_lengths_is_the_answers_fault() -> None:
    with run_raw_server([OK + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}"]) as url:
        assert read(url).code == "BAD_REPLY"


def test_an_answer_cannot_unpack_to_more_than_fits(stub: Stub) -> None:
    """Twice packed, 64 MiB are some hundred bytes; the limit holds while it unpacks, not afterwards."""
    twice = gzip.compress(gzip.compress(bytes(64 << 20), 9), 9)
    stub.lay("/list", Answer(body=twice, headers={"Content-Encoding": "gzip, gzip"}))
    code = (
        "import resource\n"
        "from operators.platforms.base import Http, Platform, PlatformFailure\n"
        "http = Http(private_hosts_allowed=True, attempts=1, largest_body=1 << 20)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        f"    Platform(http, print).read('games', '{stub.url}/list', headers={{}}, parse=print)\n"
        "except PlatformFailure as failure:\n"
        "    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    print(failure.code, (after - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    code, grown = done.stdout.splitlines()[-1].split()
    assert code == "TOO_LARGE"
    assert int(grown) < 20, f"{grown} MiB"


class Talkative(Platform):
    def find_error(self, answer: Any) -> tuple[str, str] | None:
        return answer["code"], answer["message"]


@pytest.mark.parametrize("status", [200, 403])
def test_a_failure_does_not_tell_the_secret_that_a_platform_says_back(stub: Stub, status: int) -> None:
    stub.lay_json("/list", {"code": "BAD_top-secret", "message": "unknown key top-secret!"})
    stub.answers["/list"][0].status = status

    def refuse(answer: Any) -> None:
        raise PlatformFailure(answer["code"], answer["message"], permanent=True)

    with pytest.raises(PlatformFailure) as caught:
        Talkative(ONCE, lambda _: None, "top-secret").read("games", f"{stub.url}/list", headers={}, parse=refuse)
    failure = caught.value
    assert (failure.code, failure.detail) == ("BAD_******", "unknown key ******!")
    assert "top-secret" not in f"{failure} {failure!r}"


def test_odd_headers_put_no_address_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with run_raw_server([OK + b"X-Well: 1\r\nno header\r\nContent-Length: 2\r\n\r\n{}"]) as url:
        read(f"{url}/history/game?hash=5ebe2294ecd0e0f08eab7690d2a6ee69")
    assert caplog.text == ""


def test_a_failure_is_not_its_own_cause(stub: Stub) -> None:
    stub.lay("/list", Answer(403))
    failure = read(f"{stub.url}/list")
    assert failure.__cause__ is not failure
