"""What surrounds document 004's replies, where its text and its examples disagree, and replies that are none."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.agent import Client, Search
from operators.platforms.agent.players import PlayerBalance
from operators.platforms.base import Malformed, PlatformFailure
from tests.operators.agent_client import AUGUST, laid, well
from tests.operators.platform_stub import Answer, Stub

BALANCE = {"balance": "110.01", "currency": "THB"}


def ask_balance(client: Client) -> PlayerBalance:
    return client.get_player_balance("player0001", currency="THB")


@pytest.mark.parametrize("brought", ["result", "data"])
def test_what_an_answer_brings_is_called_result_or_data(stub: Stub, brought: str) -> None:
    assert ask_balance(laid(stub, "getPlayerBalance", {"ok": True, brought: BALANCE})) == PlayerBalance(
        Decimal("110.01"), "THB"
    )


@pytest.mark.parametrize("brought", ["result", "data"])
def test_a_list_is_in_result_or_data(stub: Stub, brought: str) -> None:
    listing = laid(stub, "games", {"ok": True, brought: {"items": [{"id": "pg_1"}]}}).list_games()
    assert listing.texts == [b'{"id": "pg_1"}']


SAID: list[tuple[Any, str, str]] = [
    ({"error": {"code": "PLAYER_INACTIVE", "message": "player not active"}}, "PLAYER_INACTIVE", "player not active"),
    ({"error": {"code": "MOON_IS_FULL", "message": "wait"}}, "MOON_IS_FULL", "wait"),
    ({"message": "ip not allowed"}, "REFUSED", "ip not allowed"),
    ({"error": {"code": "IP_NOT_ALLOWED"}, "message": "from 192.0.2.1"}, "IP_NOT_ALLOWED", "from 192.0.2.1"),
    ({"error": "no such player"}, "REFUSED", "no such player"),
    ({"result": {"balance": "5"}}, "REFUSED", "the platform gives no reason"),
    ({"result": [], "error": {"code": 5, "message": None}}, "REFUSED", "the platform gives no reason"),
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("status", [200, 400, 403, 404])
@pytest.mark.parametrize(
    ("call", "ask"), [("getPlayerBalance", ask_balance), ("games", Client.list_games)], ids=["object", "list"]
)
def test_a_refusal_is_told_by_the_platforms_code_whether_we_know_it_or_not(
    stub: Stub, said: tuple[Any, str, str], status: int, call: str, ask: Callable[[Client], object]
) -> None:
    answer, code, detail = said
    client = laid(stub, call, Answer(status, json.dumps({"ok": False, **answer}).encode()))
    with pytest.raises(PlatformFailure) as failure:
        ask(client)
    assert (failure.value.code, failure.value.detail) == (code, detail)
    assert (failure.value.permanent, failure.value.http_status) == (True, status)
    assert client.outcomes == [(call, code)]


@pytest.mark.parametrize("answer", [None, [], {}, {"result": BALANCE}, {"ok": "yes", "result": BALANCE}, {"ok": 1}])
@pytest.mark.parametrize(
    ("call", "ask"), [("getPlayerBalance", ask_balance), ("games", Client.list_games)], ids=["object", "list"]
)
def test_an_answer_that_does_not_say_how_it_went_is_malformed(
    stub: Stub, answer: Any, call: str, ask: Callable[[Client], object]
) -> None:
    with pytest.raises(Malformed):
        ask(laid(stub, call, answer))


@pytest.mark.parametrize("result", [{}, [], None, {"items": 5}, {"items": {"0": {"id": "pg_1"}}}])
@pytest.mark.parametrize("ask", [Client.list_games, Client.list_providers], ids=["games", "providers"])
def test_an_answer_without_its_list_is_malformed(stub: Stub, result: Any, ask: Callable[[Client], object]) -> None:
    client = laid(stub, "games", {"ok": True, "result": result})
    laid(stub, "providers", {"ok": True, "result": result})
    with pytest.raises(Malformed):
        ask(client)


@pytest.mark.parametrize(
    ("call", "result", "ask"),
    [
        ("getPlayerBalance", {"balance": "a lot", "currency": "THB"}, ask_balance),
        ("getPlayerBalance", {"balance": "5", "currency": 3}, ask_balance),
        ("getPlayerStatus", {"username": "daniel"}, lambda c: c.get_player_status("daniel", currency="THB")),
        ("history", {"paginate": {}}, lambda c: c.get_history(Search())),
        ("history", {"currencyGroup": []}, lambda c: c.get_history(Search())),
        ("history", {"currencyGroup": {"EUR": {"items": 5}}}, lambda c: c.get_history(Search())),
        ("playerDailyReport", {}, lambda c: c.get_player_daily_report(Search("p"), period=AUGUST)),
        ("playerDailyReport", {"items": {}}, lambda c: c.get_player_daily_report(Search("p"), period=AUGUST)),
        ("gameLogs", {"result": {}}, lambda c: c.get_game_log(username="p", game_ref="g", round_ref="r")),
        ("getFreeRound", {"gameId": "pg_1"}, lambda c: c.get_free_round("1")),
    ],
)
def test_an_answer_without_what_it_is_about_is_malformed(
    stub: Stub, call: str, result: Any, ask: Callable[[Client], object]
) -> None:
    with pytest.raises(Malformed):
        ask(laid(stub, call, well(result)))
