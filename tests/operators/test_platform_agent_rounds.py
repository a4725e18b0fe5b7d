"""Game logs, free rounds and free chips in replies that leave open or contradict what document 004 says."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.agent import Difference
from operators.platforms.agent.game_logs import (
    Dice,
    Hand,
    Hands,
    Iframe,
    LogResult,
    NoData,
    Pocket,
    Roulette,
    Table,
    UnknownLog,
)
from operators.platforms.agent.grants import Info
from tests.operators.agent_client import AWARD, granted, laid, reply, well
from tests.operators.platform_stub import Stub

HANDS = [{"title": "Banker", "cards": ["HK", "S9"], "result": "9"}, {"title": "Player", "cards": None}]
POCKETS = [{"number": 17, "color": "black", "evenOdd": "odd"}]
ROWS = [{"key": "Multiplier", "value": "2.4"}, {"key": "Cashed out", "value": 2}]


@pytest.mark.parametrize(
    ("log_type", "more", "result"),
    [
        ("nodata", {}, NoData()),
        ("iframe", {"url": "https://a.example/round/1"}, Iframe("https://a.example/round/1")),
        ("iframe", {"url": "javascript:alert(1)"}, Iframe("")),
        ("hand", {"hands": HANDS}, Hands((Hand("Banker", ("HK", "S9"), "9"), Hand("Player", (), "")))),
        ("roulette", {"pockets": POCKETS}, Roulette((Pocket("17", "black", "odd"),))),
        ("dice", {"dices": ["3", 4, "6"]}, Dice(("3", "4", "6"))),
        ("table", {"rows": ROWS}, Table((("Multiplier", "2.4"), ("Cashed out", "2")))),
        ("dice", {}, Dice(())),
        ("hologram", {"beams": 5}, UnknownLog("hologram")),
    ],
)
@pytest.mark.parametrize("beside", [True, False], ids=["beside the result", "in the result"])
def test_each_kind_of_game_log_has_its_type(
    stub: Stub, log_type: str, more: dict[str, Any], result: LogResult, beside: bool
) -> None:
    outside = {name: value for name, value in more.items() if beside and name != "url"}
    inside = {name: value for name, value in more.items() if name not in outside}
    answer = {"roundId": 1, "result": {"logType": log_type, "gameResult": "won", **inside}, **outside}
    client = laid(stub, "gameLogs", well(answer))
    log = client.get_game_log(username="p", game_ref="g", round_ref="1")
    assert (log.result, log.round_ref, log.game_result, log.transactions) == (result, "1", "won", ())
    assert log.raw == answer


@pytest.mark.parametrize("code", ["freeRoundCode", "freeGameCode", "freeChipCode"])
@pytest.mark.parametrize("number", ["freeRoundId", "freeGameId", "freeChipId"])
@pytest.mark.parametrize(("start", "end"), [("startTime", "endTime"), ("startAt", "endAt")])
def test_a_grants_fields_go_by_several_names(stub: Stub, code: str, number: str, start: str, end: str) -> None:
    answer = {"id": "1", code: "c0de", number: 273183, start: "2025-03-15T00:00:00z", end: "2025-03-16T00:00:00+07:00"}
    grant = laid(stub, "getFreeRound", well(answer)).get_free_round("1")
    assert (grant.code, grant.provider_grant_ref) == ("c0de", "273183")
    assert (grant.starts_at, grant.ends_at) == (
        datetime(2025, 3, 15, tzinfo=UTC),
        datetime(2025, 3, 15, 17, tzinfo=UTC),
    )


def test_of_several_names_the_first_one_counts(stub: Stub) -> None:
    answer = {"id": "1", "freeGameCode": "second", "freeRoundCode": "first", "freeChipCode": "third"}
    assert laid(stub, "getFreeRound", well(answer)).get_free_round("1").code == "first"


@pytest.mark.parametrize(
    ("answered", "read"),
    [({"username": "a001"}, ("a001",)), ({"usernames": ["a001", "b002"]}, ("a001", "b002")), ({}, ())],
)
def test_a_grant_has_one_player_or_several(stub: Stub, answered: dict[str, Any], read: tuple[str, ...]) -> None:
    client = laid(stub, "getFreeChip", well({"id": "1", **answered}))
    assert client.get_free_chip("1", username="a001").usernames == read


def test_a_grant_that_is_as_asked_for_is_not_flagged(stub: Stub) -> None:
    answer = {"id": "1", "gameId": "pg_00013", "rounds": "10", "betAmount": "1.60", "playerCurrency": "IDR"}
    grant = granted(laid(stub, "freeRound", well(answer)).create_free_round(AWARD, username="player0001"))
    assert grant.differences == ()


def test_a_grant_that_is_not_as_asked_for_is_kept_as_answered_and_flagged(stub: Stub) -> None:
    grant = granted(laid(stub, "freeRound", reply("freeRound")).create_free_round(AWARD, username="player0001"))
    assert (grant.rounds, grant.bet_amount) == (1, Decimal(20))
    assert grant.differences == (Difference("rounds", "10", "1"), Difference("bet", "1.6", "20"))
    other = {"id": "1", "gameId": "pg_1", "rounds": 10, "betAmount": "1.6", "playerCurrency": "THB"}
    grant = granted(laid(stub, "freeChip", well(other)).create_free_chip(AWARD, usernames=["p001", "p002"]))
    assert grant.differences == (Difference("game", "pg_00013", "pg_1"), Difference("currency", "IDR", "THB"))


@pytest.mark.parametrize(
    ("info", "read"),
    [
        ('{"totalCount": 0, "coinSize": 0.04}', {"totalCount": 0, "coinSize": Decimal("0.04")}),
        ("", None),
        ("out of order", None),
        ('{"cut', None),
    ],
)
def test_what_a_provider_says_is_read_where_it_is_json_and_kept_raw(stub: Stub, info: str, read: object) -> None:
    grant = laid(stub, "getFreeRound", well({"id": "1", "info": info})).get_free_round("1")
    assert grant.info == Info(info, read)


def test_what_a_provider_says_may_come_as_json_itself(stub: Stub) -> None:
    grant = laid(stub, "getFreeRound", well({"id": "1", "info": {"coinSize": 0.04}})).get_free_round("1")
    assert grant.info == Info('{"coinSize":0.04}', {"coinSize": Decimal("0.04")})


def test_a_cancellation_at_the_beginning_of_time_is_none(stub: Stub) -> None:
    answer = {"id": "1", "canceledAt": "0001-01-01T00:00:00Z"}
    assert laid(stub, "getFreeRound", well(answer)).get_free_round("1").canceled_at is None
