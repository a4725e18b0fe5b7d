"""What the platforms can be told to do wrong, over HTTP."""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
import requests

from sandbox.faults import confuse_types, find_call
from tests.sandbox.agent_caller import AgentCaller
from tests.sandbox.platform_process import PlatformProcess
from tests.sandbox.test_server_lists import GAMES, LOBBIES, SIGNED_GAMES, SIGNED_LOBBIES

FAULTS = "/control/faults"


@pytest.fixture(autouse=True)
def _cleared(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "platform" in request.fixturenames:
        request.getfixturevalue("platform").delete(FAULTS)


def ask_for(platform: PlatformProcess, kind: str, call: str = "lobbies", **more: object) -> None:
    answer = platform.post(FAULTS, {"platform": "generic", "call": call, "kind": kind, **more})
    assert answer.status_code == 201


def list_lobbies(platform: PlatformProcess) -> requests.Response:
    return platform.get(LOBBIES, headers=SIGNED_LOBBIES)


@pytest.mark.live
def test_faults_that_wait_are_listed_until_they_are_cleared(platform: PlatformProcess) -> None:
    ask_for(platform, "http_429", times=3, retry_after=7)
    ask_for(platform, "slow", call="*", times=None, seconds=0.5)
    asked = {"platform": "generic", "seconds": 5.0, "retry_after": 2}
    assert platform.get(FAULTS).json() == {
        "faults": [
            asked | {"kind": "http_429", "call": "lobbies", "times": 3, "retry_after": 7},
            asked | {"kind": "slow", "call": "*", "times": None, "seconds": 0.5},
        ]
    }
    assert platform.delete(FAULTS).status_code == 204
    assert platform.get(FAULTS).json() == {"faults": []}


@pytest.mark.live
@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"platform": "other", "kind": "slow"}, "Invalid enum value 'other' - at `$.platform`"),
        ({"platform": "hizi", "kind": "sleepy"}, "Invalid enum value 'sleepy' - at `$.kind`"),
        ({"platform": "hizi", "kind": "slow", "times": 0}, "Expected `int` >= 1 - at `$.times`"),
        ({"platform": "hizi", "kind": "slow", "seconds": 121}, "Expected `float` <= 120.0 - at `$.seconds`"),
        ({"platform": "hizi", "kind": "slow", "time": 1}, "Object contains unknown field `time`"),
        ({"platform": "hizi"}, "Object missing required field `kind`"),
        ([], "Expected `object`, got `array`"),
    ],
)
def test_order_that_makes_no_sense_is_refused(platform: PlatformProcess, order: object, problem: str) -> None:
    answer = platform.post(FAULTS, order)
    assert answer.status_code == 400
    assert answer.json() == {"title": "Not an order", "description": problem}
    assert platform.get(FAULTS).json() == {"faults": []}


@pytest.mark.live
def test_order_from_a_form_of_another_site_is_refused(platform: PlatformProcess) -> None:
    body = '{"platform": "generic", "kind": "slow"}'
    headers = {"Content-Type": "text/plain"}
    assert requests.post(platform.url + FAULTS, body, headers=headers, timeout=10).status_code == 415
    assert platform.get(FAULTS).json() == {"faults": []}


@pytest.mark.live
def test_fault_happens_as_often_as_asked_and_to_its_own_call_only(platform: PlatformProcess) -> None:
    ask_for(platform, "http_500", times=2)
    assert platform.get(GAMES, headers=SIGNED_GAMES).status_code == 200
    answers = [list_lobbies(platform) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert answers[0].text == "Internal Server Error"


@pytest.mark.live
def test_fault_of_another_platform_is_not_ours(platform: PlatformProcess) -> None:
    platform.post(FAULTS, {"platform": "hizi", "kind": "http_500"})
    assert list_lobbies(platform).status_code == 200


@pytest.mark.live
def test_too_many_requests_says_when_to_come_again(platform: PlatformProcess) -> None:
    ask_for(platform, "http_429", retry_after=3)
    answer = list_lobbies(platform)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")


@pytest.mark.live
def test_truncated_json_is_the_first_half_with_its_own_length(platform: PlatformProcess) -> None:
    whole = list_lobbies(platform).content
    ask_for(platform, "truncated")
    half = list_lobbies(platform)
    assert half.status_code == 200
    assert half.headers["Content-Type"].startswith("application/json")
    assert half.content == whole[: len(whole) // 2]
    assert half.headers["Content-Length"] == str(len(whole) // 2)


@pytest.mark.live
@pytest.mark.parametrize(("kind", "status"), [("html", 200), ("html_502", 502)])
def test_error_page_is_html(platform: PlatformProcess, kind: str, status: int) -> None:
    ask_for(platform, kind)
    answer = list_lobbies(platform)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>502 Bad Gateway</h1>" in answer.text


@pytest.mark.live
def test_wrong_types_keep_the_keys_and_change_every_value(platform: PlatformProcess) -> None:
    ask_for(platform, "wrong_types")
    answer = list_lobbies(platform)
    thumbnail = len(f"{platform.url}/thumbnails/300x300/lobby_portomaso.svg")
    assert answer.json()["lobbies"]["0"] == {
        "lobby_id": 9,
        "vendor": 9,
        "details": {"thumbnails": {"300x300": thumbnail}},
    }


def test_no_value_keeps_its_type() -> None:
    given = {"text": "abc", "whole": 3, "part": 2.5, "yes": True, "none": None, "list": [1, "b"], "object": {"a": ""}}
    assert confuse_types(given) == {
        "text": 3,
        "whole": [3],
        "part": "about 2.5",
        "yes": "yes",
        "none": {},
        "list": {"0": [1], "1": 1},
        "object": {"a": 0},
    }


@pytest.mark.live
def test_slow_answer_is_right_but_takes_its_time(platform: PlatformProcess) -> None:
    ask_for(platform, "slow", seconds=0.4)
    started = time.monotonic()
    answer = list_lobbies(platform)
    assert time.monotonic() - started >= 0.4
    assert len(answer.json()["lobbies"]) == 40


@pytest.mark.live
@pytest.mark.parametrize(("kind", "amount"), [("late", "15"), ("http_500", "10"), ("dropped", "10")])
def test_only_a_late_answer_has_its_work_done(platform: PlatformProcess, kind: str, amount: str) -> None:
    agent = AgentCaller(platform)
    username = agent.make_player("10")
    platform.post(FAULTS, {"platform": "agent", "call": "deposit", "kind": kind, "seconds": 0.6})
    headers = {"Authorization": f"Bearer {platform.accounts['agent'].secret_key}"}
    order = {"username": username, "amount": "5", "currency": "EUR"}
    with pytest.raises(requests.RequestException):
        requests.post(f"{platform.url}/agent/deposit", json=order, headers=headers, timeout=0.3).raise_for_status()
    assert platform.get(FAULTS).json() == {"faults": []}
    assert Decimal(agent.balance(username)) == Decimal(amount)


@pytest.mark.live
def test_dropped_connection_brings_no_answer(platform: PlatformProcess) -> None:
    ask_for(platform, "dropped")
    # Whether the head still comes before the server hangs up is a matter of chance.
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        list_lobbies(platform)
    assert list_lobbies(platform).status_code == 200


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/api/generic/games/list/all", ("generic", "games")),
        ("/api/generic/businessReport", ("generic", "businessReport")),
        ("/api/generic/handHistory/111/350-a1Basdf", ("generic", "handHistory")),
        ("/hizi/backoffice/getGameList", ("hizi", "getGameList")),
        ("/gmag/history/game", ("gmag", "game")),
        ("/agent/createPlayer", ("agent", "createPlayer")),
        ("/agent/play/abc", None),
        ("/thumbnails/300x300/1015.svg", None),
        ("/control/faults", None),
        ("/", None),
    ],
)
def test_call_is_named_by_the_last_fixed_word_of_its_path(path: str, call: tuple[str, str] | None) -> None:
    assert find_call(path) == call
