import json
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.agent_caller import AgentCaller

pytestmark = pytest.mark.live
NEVER = "0001-01-01T00:00:00Z"
OPEN = {"from": "2025-03-15T00:00:00+07:00", "to": "2099-04-20T00:00:00+07:00"}


def free_round(username: str, **changes: object) -> dict[str, Any]:
    order = {"username": username, "currency": "EUR", "gameId": "pg_00013", "rounds": 3, "betAmount": "0.50"}
    return order | OPEN | {"bonusCode": f"code{secrets.token_hex(6)}"} | changes


def free_chip(*usernames: str, **changes: object) -> dict[str, Any]:
    order = {"usernames": list(usernames), "currency": "THB", "gameId": "pp_00323", "rounds": 2, "betAmount": "500"}
    return order | OPEN | {"bonusCode": f"code{secrets.token_hex(6)}"} | changes


def age(moment: str) -> timedelta:
    assert moment.endswith("Z")
    return datetime.now(UTC) - datetime.fromisoformat(moment)


def test_free_round_is_created_in_one_wording_and_read_in_another(agent: AgentCaller) -> None:
    username = agent.make_player()
    created = agent.call("freeRound", **free_round(username))
    assert re.fullmatch(r"[-:T0-9]{19}\.[0-9]{9}Z", created["createdAt"])
    assert timedelta(0) < age(created.pop("createdAt")) < timedelta(minutes=1)
    common = {
        "id": created["id"],
        "providerId": "pg",
        "gameId": "pg_00013",
        "username": username,
        "agentId": 9,
        "betAmount": "0.5",
        "playerCurrency": "EUR",
        "providerCurrency": "EUR",
        "rounds": 3,
        "canceledAt": NEVER,
    }
    assert created == common | {
        "freeRoundCode": created["freeRoundCode"],
        "freeRoundId": created["freeRoundId"],
        "startTime": "2025-03-15T00:00:00+07:00",
        "endTime": "2099-04-20T00:00:00+07:00",
    }
    read = agent.call("getFreeRound", id=created["id"])
    assert re.fullmatch(r"[-:T0-9]{19}\.[0-9]{6}Z", read.pop("createdAt"))
    info = json.loads(read.pop("info"))["result"][0]
    assert (info["totalFreeGame"], info["remainCount"], info["payout"], info["coinSize"]) == (3, 3, 0, 0.5)
    assert read == common | {
        "freeGameCode": created["freeRoundCode"],
        "freeGameId": created["freeRoundId"],
        "startAt": "2025-03-14T17:00:00Z",
        "endAt": "2099-04-19T17:00:00Z",
    }


def test_bonus_code_is_used_once_for_rounds_and_chips_together(agent: AgentCaller) -> None:
    username = agent.make_player()
    order = free_round(username)
    agent.call("freeRound", **order)
    again = free_round(username, bonusCode=order["bonusCode"], rounds=9)
    assert agent.post("freeRound", again).json() == {
        "ok": False,
        "error": {"code": "BONUS_CODE_ALREADY_EXISTS", "message": "bonusCode already exists"},
    }
    chip = free_chip(username, bonusCode=order["bonusCode"])
    assert agent.refuse("freeChip", **chip) == "BONUS_CODE_ALREADY_EXISTS"


def test_bonus_code_sent_many_times_at_once_is_used_once(agent: AgentCaller) -> None:
    order = free_round(agent.make_player())
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(agent.post, "freeRound", order) for _ in range(8)]
    assert sorted(answer.result().json()["ok"] for answer in answers) == [False] * 7 + [True]


def test_cancel_says_ok_alone_and_keeps_its_first_time(agent: AgentCaller) -> None:
    created = agent.call("freeRound", **free_round(agent.make_player()))
    assert agent.post("cancelFreeRound", {"id": created["id"]}).json() == {"ok": True}
    canceled_at = agent.call("getFreeRound", id=created["id"])["canceledAt"]
    assert timedelta(0) < age(canceled_at) < timedelta(minutes=1)
    assert agent.post("cancelFreeRound", {"id": created["id"]}).json() == {"ok": True}
    read = agent.call("getFreeRound", id=created["id"])
    assert read["canceledAt"] == canceled_at
    assert json.loads(read["info"])["result"][0]["status"] == 3


def test_free_rounds_are_used_up_by_play_at_their_own_stake(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    gift = agent.call("freeRound", **free_round(username, rounds=2, betAmount="5"))
    played = agent.control("play", username=username, gameId="pg_00013", currency="EUR", rounds=3, stake="1", seed=11)
    assert [(each["free"], each["stake"]) for each in played["rounds"]] == [(True, "0"), (True, "0"), (False, "1")]
    info = json.loads(agent.call("getFreeRound", id=gift["id"])["info"])["result"][0]
    won = [float(each["won"]) for each in played["rounds"]]
    assert info["remainCount"] == 0
    assert info["payout"] == sum(won[:2]) > 0
    assert float(agent.balance(username)) == pytest.approx(10 + sum(won) - 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"gameId": "pg_00001"},
        {"currency": "USD"},
        {"to": "2025-03-16T00:00:00Z"},
        {"from": "2099-01-01T00:00:00Z"},
        {"to": OPEN["from"]},
    ],
)
def test_free_rounds_are_for_their_game_currency_and_time(agent: AgentCaller, changes: dict[str, object]) -> None:
    username = agent.make_player("10")
    agent.call("freeRound", **free_round(username, **changes))
    played = agent.control("play", username=username, gameId="pg_00013", currency="EUR", stake="1")
    assert [each["free"] for each in played["rounds"]] == [False]


def test_cancelled_free_rounds_are_not_played(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    gift = agent.call("freeRound", **free_round(username))
    agent.post("cancelFreeRound", {"id": gift["id"]})
    played = agent.control("play", username=username, gameId="pg_00013", currency="EUR", stake="1")
    assert played["rounds"][0]["free"] is False


def test_provider_may_give_fewer_rounds_than_were_asked_for(agent: AgentCaller) -> None:
    order = free_round(agent.make_player(), gameId="kirana_00001", currency="IDR", betAmount="1600", rounds=50)
    created = agent.call("freeRound", **order)
    assert (created["rounds"], created["playerCurrency"], created["providerCurrency"]) == (20, "IDR", "KIDR")
    info = json.loads(agent.call("getFreeRound", id=created["id"])["info"])["result"][0]
    assert (info["totalFreeGame"], info["coinSize"], info["currencyCode"]) == (20, 1.6, "KIDR")


def test_provider_may_say_nothing_of_a_free_round(agent: AgentCaller) -> None:
    created = agent.call("freeRound", **free_round(agent.make_player(), gameId="habanero_00002"))
    assert agent.call("getFreeRound", id=created["id"])["info"] == ""


def test_times_are_from_now_for_30_days_where_none_are_given(agent: AgentCaller) -> None:
    order = free_round(agent.make_player(), **{"from": None, "to": None})
    created = agent.call("freeRound", **order)
    start, end = (datetime.fromisoformat(created[name]) for name in ("startTime", "endTime"))
    assert end - start == timedelta(days=30)
    assert timedelta(0) < datetime.now(UTC) - start < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gameId": "pg_99999"}, "GAME_NOT_FOUND"),
        ({"gameId": "cardhall_00001"}, "AGENT_PROVIDER_NOT_FOUND"),
        ({"gameId": "sbo_00201"}, "FREE_ROUND_NOT_SUPPORTED"),
        ({"currency": "XXX"}, "CURRENCY_NOT_SUPPORTED"),
        ({"betAmount": "0.505"}, "INVALID_AMOUNT"),
        ({"betAmount": "0"}, "INVALID_AMOUNT"),
        ({"betAmount": 0.5}, "INVALID_PARAMETER"),
        ({"rounds": 0}, "INVALID_PARAMETER"),
        ({"rounds": "3"}, "INVALID_PARAMETER"),
        ({"bonusCode": ""}, "INVALID_PARAMETER"),
        ({"from": "2025-03-15"}, "INVALID_PARAMETER"),
        ({"from": "2025-03-15T00:00:00"}, "INVALID_PARAMETER"),
        ({"from": "2099-12-31T00:00:00Z"}, "INVALID_PARAMETER"),
        ({"from": "9999-12-31T00:00:00Z", "to": None}, "INVALID_PARAMETER"),
    ],
)
def test_free_round_that_makes_no_sense_is_refused(agent: AgentCaller, changes: dict[str, object], code: str) -> None:
    order = free_round(agent.make_player())
    assert agent.refuse("freeRound", **order | changes) == code
    assert agent.call("freeRound", **order)["rounds"] == 3


def test_player_who_is_switched_off_gets_no_free_rounds(agent: AgentCaller) -> None:
    username = agent.make_player()
    agent.control("players", username=username, active=False)
    assert agent.refuse("freeRound", **free_round(username)) == "PLAYER_INACTIVE"


def test_free_chip_of_the_document_is_created_and_read_by_each_player(agent: AgentCaller) -> None:
    ann, bob = agent.make_player(), agent.make_player()
    created = agent.call("freeChip", **free_chip(ann, bob))
    assert {name: created[name] for name in ("providerId", "gameId", "usernames", "betAmount", "rounds")} == {
        "providerId": "pp",
        "gameId": "pp_00323",
        "usernames": [ann, bob],
        "betAmount": "500",
        "rounds": 2,
    }
    assert (created["startTime"], created["canceledAt"]) == ("2025-03-15T00:00:00+07:00", NEVER)
    read = agent.call("getFreeChip", id=created["id"], username=bob)
    assert (read["freeGameCode"], read["freeGameId"]) == (created["freeChipCode"], created["freeChipId"])
    assert (read["usernames"], read["info"], read["startAt"]) == ([ann, bob], "", "2025-03-14T17:00:00Z")
    assert "username" not in read
    assert agent.refuse("getFreeChip", id=created["id"], username=agent.make_player()) == "FREE_CHIP_NOT_FOUND"


def test_free_chips_are_used_up_by_each_player_alone(agent: AgentCaller) -> None:
    ann, bob = agent.make_player(), agent.make_player()
    created = agent.call("freeChip", **free_chip(ann, bob, rounds=1))
    played = agent.control("play", username=ann, gameId="pp_00323", currency="THB")
    assert [each["free"] for each in played["rounds"]] == [True]
    assert agent.post("cancelFreeChip", {"id": created["id"]}).json() == {"ok": True}
    assert agent.call("getFreeChip", id=created["id"], username=bob)["canceledAt"] != NEVER
    answer = agent.platform.post(
        "/control/agent/play", {"username": bob, "gameId": "pp_00323", "currency": "THB", "stake": "50"}
    )
    assert answer.status_code == 409
    assert answer.json() == {"title": "PLAYER_INSUFFICIENT_BALANCE", "description": "player balance is not enough"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"usernames": []}, "INVALID_PARAMETER"),
        ({"usernames": "ann"}, "INVALID_PARAMETER"),
        ({"usernames": ["nobody0001"]}, "PLAYER_NOT_FOUND"),
        ({"gameId": "pp_00001"}, "FREE_CHIP_NOT_SUPPORTED"),
        ({"gameId": "quickfuse_00001"}, "FREE_CHIP_NOT_SUPPORTED"),
        ({"betAmount": "333"}, "INVALID_AMOUNT"),
    ],
)
def test_free_chip_that_makes_no_sense_is_refused(agent: AgentCaller, changes: dict[str, object], code: str) -> None:
    assert agent.refuse("freeChip", **free_chip(agent.make_player()) | changes) == code


@pytest.mark.parametrize("call", ["getFreeRound", "cancelFreeRound", "getFreeChip", "cancelFreeChip"])
def test_gift_of_the_other_kind_is_not_found(agent: AgentCaller, call: str) -> None:
    username = agent.make_player()
    chip, spin = agent.call("freeChip", **free_chip(username)), agent.call("freeRound", **free_round(username))
    gift, code = (chip, "FREE_ROUND_NOT_FOUND") if call.endswith("Round") else (spin, "FREE_CHIP_NOT_FOUND")
    assert agent.refuse(call, id=gift["id"], username=username) == code
    assert agent.refuse(call, id="0", username=username) == code
