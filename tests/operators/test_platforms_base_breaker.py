"""A platform that fails time after time is left alone by all processes, on a real Redis."""

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from operators.platforms.base import Call, CircuitOpen, Http, OutcomeUnknown, Platform, PlatformFailure
from operators.platforms.breakers import Breaker, connect_redis
from tests.operators.platform_stub import Answer, Stub

ROOT = Path(__file__).parents[2]
PAUSE = 0.3
HTTP = Http(
    private_hosts_allowed=True, connect_seconds=1, read_seconds=0.1, whole_seconds=1, backoff_seconds=0.001, attempts=1
)


@pytest.fixture
def breaker() -> Breaker:
    return Breaker(connect_redis(os.environ["REDIS_URL"]), uuid.uuid4().hex, limit=3, pause_seconds=60)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a platform that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def read(url: str, breaker: Breaker, calls: list[Call] | None = None, **more: Any) -> Any:
    """What a read brings: the JSON, or the failure's code."""
    platform = Platform(replace(HTTP, breaker=breaker, **more), (calls if calls is not None else []).append)
    try:
        return platform.read("games", url, headers={}, parse=lambda found: found)
    except PlatformFailure as failure:
        return failure.code


def open_up(breaker: Breaker) -> None:
    for _ in range(breaker.limit):
        breaker.note_failure()


def test_a_dead_platform_holds_nobody_once_the_circuit_is_open(breaker: Breaker, silent: str) -> None:
    assert [read(silent, breaker) for _ in range(3)] == ["TIMEOUT"] * 3
    calls: list[Call] = []
    started = time.monotonic()
    assert [read(silent, breaker, calls, read_seconds=30, attempts=3) for _ in range(100)] == ["CIRCUIT_OPEN"] * 100
    assert time.monotonic() - started < 1
    assert calls == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(500), "HTTP_500"),
        (Answer(503), "HTTP_503"),
        (Answer(429), "HTTP_429"),
        (Answer(dropped=True), "UNREACHABLE"),
    ],
)
def test_failures_that_may_pass_open_the_circuit(stub: Stub, breaker: Breaker, answer: Answer, code: str) -> None:
    stub.lay("/", answer)
    assert [read(stub.url + "/", breaker) for _ in range(5)] == [code] * 3 + ["CIRCUIT_OPEN"] * 2
    assert len(stub.asked) == 3


@pytest.mark.parametrize("answer", [Answer(), Answer(403), Answer(404), Answer(body=b"<html>"), Answer(302)])
def test_whatever_else_a_platform_answers_shows_that_it_is_there(stub: Stub, breaker: Breaker, answer: Answer) -> None:
    failing = Answer(500)
    stub.lay("/", failing, failing, answer, failing, failing, answer, failing)
    found = [read(stub.url + "/", breaker) for _ in range(7)]
    assert [code for code in found if code == "HTTP_500"] == ["HTTP_500"] * 5
    assert "CIRCUIT_OPEN" not in found


def test_what_never_reached_the_platform_says_nothing_about_it(breaker: Breaker, silent: str) -> None:
    breaker.note_failure()
    breaker.note_failure()
    assert read(silent, breaker, private_hosts_allowed=False) == "NOT_HTTPS"
    assert read(silent, breaker) == "TIMEOUT"
    assert read(silent, breaker) == "CIRCUIT_OPEN"


def test_the_attempts_of_one_read_count_and_tell_the_failure_itself(stub: Stub, breaker: Breaker) -> None:
    stub.lay("/", Answer(503))
    assert read(stub.url + "/", breaker, attempts=9) == "HTTP_503"
    assert len(stub.asked) == 3
    assert read(stub.url + "/", breaker, attempts=9) == "CIRCUIT_OPEN"


def test_an_open_circuit_tells_for_how_long(breaker: Breaker, silent: str) -> None:
    open_up(breaker)
    with pytest.raises(CircuitOpen) as refused:
        Platform(replace(HTTP, breaker=breaker), lambda _: None).read("games", silent, headers={}, parse=str)
    assert (refused.value.code, refused.value.permanent, refused.value.http_status) == ("CIRCUIT_OPEN", False, None)
    assert refused.value.detail == "after repeated failures the platform is left alone for another 60 s"
    assert refused.value.retry_after is not None
    assert 55 < refused.value.retry_after <= 60


def test_a_write_that_an_open_circuit_refuses_was_not_sent(stub: Stub, breaker: Breaker) -> None:
    open_up(breaker)
    platform = Platform(replace(HTTP, breaker=breaker), lambda _: None)
    with pytest.raises(CircuitOpen):
        platform.write("deposit", f"{stub.url}/", headers={}, body=b"{}", parse=lambda found: found)
    assert stub.asked == []


def test_a_repeated_write_that_the_circuit_ends_stays_unknown(stub: Stub, breaker: Breaker) -> None:
    stub.lay("/", Answer(500))
    platform = Platform(replace(HTTP, breaker=breaker, attempts=9), lambda _: None)
    with pytest.raises(OutcomeUnknown) as unknown:
        platform.write("bonus", f"{stub.url}/", headers={}, body=b"{}", parse=lambda found: found, repeatable=True)
    assert (unknown.value.code, len(stub.asked)) == ("HTTP_500", 3)


def test_after_the_pause_one_trial_is_let_through_and_its_success_closes_the_circuit(
    stub: Stub, breaker: Breaker
) -> None:
    quick = replace(breaker, pause_seconds=PAUSE)
    open_up(quick)
    time.sleep(PAUSE + 0.05)
    stub.lay("/", Answer(body=b"[1]"))
    with ThreadPoolExecutor(8) as threads:
        asked = list(threads.map(lambda _: quick.ask(), range(8)))
    assert sorted(seconds > 0 for seconds in asked) == [False] + [True] * 7
    assert read(stub.url + "/", quick) == "CIRCUIT_OPEN"
    time.sleep(PAUSE + 0.05)
    assert [read(stub.url + "/", quick) for _ in range(3)] == [[1]] * 3


def test_a_trial_that_fails_makes_the_pause_begin_again_with_its_first_attempt(stub: Stub, breaker: Breaker) -> None:
    quick = replace(breaker, pause_seconds=PAUSE)
    open_up(quick)
    time.sleep(PAUSE + 0.05)
    stub.lay("/", Answer(500))
    assert read(stub.url + "/", quick, attempts=3) == "HTTP_500"
    assert read(stub.url + "/", quick, attempts=3) == "CIRCUIT_OPEN"
    assert len(stub.asked) == 1


def test_a_trial_whose_worker_dies_is_followed_by_another(breaker: Breaker) -> None:
    quick = replace(breaker, pause_seconds=PAUSE)
    open_up(quick)
    time.sleep(PAUSE + 0.05)
    assert quick.ask() == 0
    assert 0 < quick.ask() <= PAUSE
    time.sleep(PAUSE + 0.05)
    assert quick.ask() == 0


def test_a_person_who_asks_goes_past_an_open_circuit_and_closes_it(stub: Stub, breaker: Breaker) -> None:
    open_up(breaker)
    stub.lay("/", Answer(body=b"[1]"))
    assert read(stub.url + "/", breaker, past_breaker=True) == [1]
    assert read(stub.url + "/", breaker) == [1]


OTHER_PROCESS = """
import os, sys
from operators.platforms.breakers import Breaker, connect_redis
breaker = Breaker(connect_redis(os.environ["REDIS_URL"]), sys.argv[1], limit=3, pause_seconds=60)
for act in sys.argv[2:]:
    print(getattr(breaker, act)())
"""


def in_another_process(name: str, *acts: str) -> list[str]:
    command = [sys.executable, "-c", OTHER_PROCESS, name, *acts]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout.split()


def test_processes_know_of_each_others_failures(breaker: Breaker) -> None:
    breaker.note_failure()
    assert in_another_process(breaker.name, "note_failure", "ask", "note_failure", "ask")[1] == "0.0"
    assert 50 < breaker.ask() <= 60
    in_another_process(breaker.name, "note_answer")
    assert breaker.ask() == 0


def test_operators_have_breakers_of_their_own(breaker: Breaker) -> None:
    open_up(breaker)
    assert breaker.ask() > 0
    assert replace(breaker, name=f"{breaker.name}-other").ask() == 0


def test_failures_of_long_ago_are_forgotten(breaker: Breaker) -> None:
    breaker.note_failure()
    assert 3_600 <= int(breaker.store.ttl(f"breaker:{breaker.name}:failures")) <= 3_660


def closed_redis() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{unused.getsockname()[1]}/0"


def wrong_password() -> str:
    address = os.environ["REDIS_URL"].rpartition("@")[2]
    return f"redis://:wrong@{address}"


@pytest.mark.parametrize("url_of", [closed_redis, wrong_password])
def test_without_redis_calls_go_on(stub: Stub, url_of: Callable[[], str]) -> None:
    stub.lay("/", *[Answer(500)] * 4, Answer(body=b"[1]"))
    lone = Breaker(connect_redis(url_of()), "lone", limit=3)
    started = time.monotonic()
    assert [read(stub.url + "/", lone) for _ in range(6)] == ["HTTP_500"] * 4 + [[1], [1]]
    assert time.monotonic() - started < 1


def test_a_redis_that_hangs_holds_a_call_for_a_moment_only(stub: Stub) -> None:
    stub.lay("/", Answer(body=b"[1]"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        lone = Breaker(connect_redis(f"redis://127.0.0.1:{listener.getsockname()[1]}/0"), "lone")
        started = time.monotonic()
        assert read(stub.url + "/", lone) == [1]
        assert time.monotonic() - started < 2


def test_a_breaker_shows_no_password() -> None:
    assert "hunter2" not in repr(Breaker(connect_redis("redis://:hunter2@127.0.0.1:1/0"), "lone"))
