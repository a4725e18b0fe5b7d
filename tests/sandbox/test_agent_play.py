import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sandbox.agent_caller import AgentCaller
from tests.sandbox.platform_process import PlatformProcess

pytestmark = pytest.mark.live


def launch(agent: AgentCaller, username: str, **changes: object) -> dict[str, str]:
    order = {"username": username, "isMobile": False, "gameId": "pg_00001", "playerIp": "192.0.2.1", "currency": "EUR"}
    result: dict[str, str] = agent.call("launchGame", **order | {"lang": "en"} | changes)
    return result


def test_most_games_are_launched_by_an_address(agent: AgentCaller) -> None:
    answer = launch(agent, agent.make_player())
    assert list(answer) == ["type", "url"]
    assert answer["type"] == "url"
    assert re.fullmatch(rf"{agent.platform.url}/agent/play/[0-9a-f]{{32}}", answer["url"])


def test_some_games_are_launched_by_a_page(agent: AgentCaller) -> None:
    answer = launch(agent, agent.make_player(), gameId="ae_00001")
    assert list(answer) == ["type", "html"]
    assert answer["type"] == "html"
    address = re.search(r'<a href="([^"]+)">Cadiz Baccarat</a>', answer["html"])
    assert address is not None
    assert requests.get(address[1], timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gameId": "pg_99999"}, "GAME_NOT_FOUND"),
        ({"gameId": "cardhall_00001"}, "AGENT_PROVIDER_NOT_FOUND"),
        ({"gameId": "lottolane_00001"}, "PROVIDER_NOT_ONLINE"),
        ({"currency": "XXX"}, "CURRENCY_NOT_SUPPORTED"),
        ({"playerIp": "here"}, "INVALID_PARAMETER"),
        ({"playerIp": None}, "INVALID_PARAMETER"),
        ({"isMobile": "no"}, "INVALID_PARAMETER"),
        ({"lang": "english language"}, "INVALID_PARAMETER"),
    ],
)
def test_launch_that_makes_no_sense_is_refused(agent: AgentCaller, changes: dict[str, object], code: str) -> None:
    order = {"username": agent.make_player(), "isMobile": True, "gameId": "pg_00001", "playerIp": "2001:db8::1"}
    assert agent.refuse("launchGame", **order | {"currency": "EUR", "lang": "en"} | changes) == code


@pytest.mark.parametrize("field", ["username", "isMobile", "gameId", "playerIp", "currency"])
def test_launch_without_a_required_field_is_refused(agent: AgentCaller, field: str) -> None:
    order = {"username": "x", "isMobile": True, "gameId": "pg_00001", "playerIp": "192.0.2.1", "currency": "EUR"}
    del order[field]
    answer = agent.post("launchGame", order).json()
    assert answer["error"]["message"] == f"Object missing required field `{field}`"


def test_removed_game_is_not_launched_but_stays_in_the_history(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    agent.play(username, gameId="pg_00007", currency="EUR")
    agent.control("catalogue", remove=["pg_00007"])
    order = {"username": username, "isMobile": True, "gameId": "pg_00007", "playerIp": "192.0.2.1", "currency": "EUR"}
    assert agent.refuse("launchGame", **order) == "GAME_NOT_FOUND"
    assert [item["game"]["gameId"] for item in agent.read_history(username)] == ["pg_00007"] * 2


def test_page_plays_rounds_that_move_the_balance_and_write_history(agent: AgentCaller) -> None:
    username = agent.make_player("3.00")
    address = launch(agent, username, lobbyUrl="https://casino.example/lobby", cashierUrl="javascript:alert(1)")["url"]
    opened = requests.get(address, timeout=10)
    assert opened.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<dd id="balance">3 EUR</dd>' in opened.text
    assert "Choose a stake and play." in opened.text
    assert 'href="https://casino.example/lobby"' in opened.text
    assert "javascript:" not in opened.text
    played = requests.post(address, {"stake": "2"}, timeout=10, allow_redirects=False)
    assert (played.status_code, played.headers["Location"]) == (303, address.removeprefix(agent.platform.url))
    settle, bet = agent.read_history(username)
    assert bet["amount"]["amount"]["playerAmount"] == "-2"
    balance = agent.balance(username)
    assert settle["walletAfterBalance"] == balance
    shown = requests.get(address, timeout=10).text
    assert f'<dd id="balance">{balance} EUR</dd>' in shown
    won = settle["amount"]["amount"]["playerAmount"]
    assert ("No win this time." if won == "0" else f"You won {won} EUR.") in shown


def test_page_says_why_a_round_is_not_played(agent: AgentCaller) -> None:
    username = agent.make_player("1")
    address = launch(agent, username)["url"]
    assert "Your balance does not cover this stake." in requests.post(address, {"stake": "1.01"}, timeout=10).text
    assert "This is not a stake." in requests.post(address, {"stake": "0.001"}, timeout=10).text
    assert "This is not a stake." in requests.post(address, {}, timeout=10).text
    agent.control("players", username=username, active=False)
    assert "You cannot play at the moment." in requests.post(address, {"stake": "1"}, timeout=10).text
    assert agent.balance(username) == "1"
    assert agent.read_history(username) == []


def test_page_of_no_launch_is_a_page_that_says_so(platform: PlatformProcess) -> None:
    answer = platform.get("/agent/play/none")
    assert answer.status_code == 404
    assert "This game was not launched" in answer.text


@pytest.mark.parametrize(
    ("game_id", "game_type", "log_type", "shown"),
    [
        ("pg_00001", "Slot", "iframe", None),
        ("habanero_00001", "Slot", "table", "rows"),
        ("sbo_00101", "Slot", "nodata", None),
        ("tidepool_00001", "Fishing", "nodata", None),
        ("evolution_00325", "Live Casino", "hand", "hands"),
        ("evolution_00303", "Live Casino", "hand", "hands"),
        ("evolution_00301", "Live Casino", "roulette", "pockets"),
        ("evolution_00304", "Live Casino", "dice", "dices"),
        ("evolution_00302", "Live Casino", "table", "rows"),
        ("sbo_00201", "Sport", "table", "rows"),
        ("lottolane_00001", "Lottery", "table", "rows"),
        ("quickfuse_00001", "Instant", "table", "rows"),
    ],
)
def test_game_log_has_the_shape_of_its_game(
    agent: AgentCaller, game_id: str, game_type: str, log_type: str, shown: str | None
) -> None:
    username = agent.make_player("10")
    [played] = agent.play(username, gameId=game_id, currency="EUR", stake="2")
    log = agent.call("gameLogs", username=username, gameId=game_id, roundId=played["roundId"])
    names = ["providerId", "gameType", "gameName", "roundId", "result", "transactions"]
    assert list(log) == names + ([shown] if shown else [])
    assert (log["gameType"], log["roundId"]) == (game_type, played["roundId"])
    assert list(log["result"]) == ["logType", "url", "gameName", "gameResult"]
    assert log["result"]["logType"] == log_type
    assert bool(log["result"]["url"]) == (log_type == "iframe")
    assert shown is None or log[shown]
    bet, settle = log["transactions"]
    assert (bet["type"], settle["type"]) == ("Bet", "Settle")
    assert bet["id"] == settle["id"] == f"{played['roundId']}-{played['roundId']}-106-0"
    assert (bet["playerAmount"], bet["beforeBalance"], bet["afterBalance"]) == ("-2", "10", "8")
    assert settle["beforeBalance"] == "8"
    assert Decimal(settle["afterBalance"]) == Decimal(played["balance"]) == 8 + Decimal(settle["playerAmount"])


def read_logs(agent: AgentCaller, username: str, game_id: str, rounds: int) -> list[tuple[dict[str, Any], Decimal]]:
    """The logs of some rounds with what each paid for 1.00."""
    played = agent.play(username, gameId=game_id, currency="EUR", rounds=rounds, stake="1", seed=5)
    return [
        (agent.call("gameLogs", username=username, gameId=game_id, roundId=each["roundId"]), Decimal(each["won"]))
        for each in played
    ]


def test_logs_say_why_a_round_was_won(agent: AgentCaller) -> None:
    username = agent.make_player("200")
    for log, won in read_logs(agent, username, "evolution_00301", 20):
        assert won == (2 if log["pockets"][0]["color"] == "red" else 0)
    for log, won in read_logs(agent, username, "evolution_00304", 20):
        eyes = [int(each) for each in log["dices"]]
        assert won == (2 if sum(eyes) >= 11 and len(set(eyes)) > 1 else 0)
    for log, won in read_logs(agent, username, "evolution_00325", 20):
        assert won == {"Player": 2, "Tie": 1, "Banker": 0}[log["result"]["gameResult"]]
    for log, won in read_logs(agent, username, "sbo_00201", 20):
        cells = {row["key"]: row["value"] for row in log["rows"]}
        home, away = map(int, cells["Score"].split(":"))
        assert won == (Decimal(cells["Odds"]) if home > away else 0)


def test_address_of_a_log_shows_the_round(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    [played] = agent.play(username, gameId="pg_00001", currency="EUR", stake="2")
    log = agent.call("gameLogs", username=username, gameId="pg_00001", roundId=played["roundId"])
    page = requests.get(log["result"]["url"], timeout=10)
    assert page.status_code == 200
    assert f'<code id="round-id">{played["roundId"]}</code>' in page.text
    assert page.text.count('<span class="cell"') == 9
    assert agent.platform.get("/agent/rounds/none").status_code == 404


def test_log_looks_back_seven_days_unless_told_from_when(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    then = datetime.now(UTC) - timedelta(days=8)
    [old] = agent.play(username, gameId="evolution_00301", currency="EUR", at=then.isoformat())
    order = {"username": username, "gameId": "evolution_00301", "roundId": old["roundId"]}
    unseen = agent.call("gameLogs", **order)
    nothing = {"logType": "nodata", "url": "", "gameName": "", "gameResult": ""}
    assert (unseen["result"], unseen["transactions"]) == (nothing, [])
    start = (then - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%Sz")
    assert len(agent.call("gameLogs", **order, **{"from": start})["transactions"]) == 2
    earlier = {"from": start, "to": then.strftime("%Y-%m-%dT%H:%M:%S+00:00")}
    assert agent.call("gameLogs", **order, **earlier)["transactions"] == []


def test_log_is_of_one_players_round_of_one_game(agent: AgentCaller) -> None:
    username, other = agent.make_player("10"), agent.make_player()
    [played] = agent.play(username, gameId="pg_00001", currency="EUR")
    order = {"username": username, "gameId": "pg_00001", "roundId": played["roundId"]}
    assert agent.call("gameLogs", **order | {"username": other})["transactions"] == []
    assert agent.call("gameLogs", **order | {"gameId": "pg_00002"})["transactions"] == []
    assert agent.refuse("gameLogs", **order | {"gameId": "pg_99999"}) == "GAME_NOT_FOUND"
    assert agent.refuse("gameLogs", **order | {"roundId": ""}) == "INVALID_PARAMETER"


def test_player_plays_until_the_stake_is_not_covered(agent: AgentCaller) -> None:
    username = agent.make_player("3")
    rounds = agent.play(username, gameId="evolution_00302", currency="EUR", rounds=1000, stake="2")
    assert Decimal(rounds[-1]["balance"]) < 2
    assert Decimal(agent.balance(username)) == Decimal(rounds[-1]["balance"])
    refused = agent.platform.post(
        "/control/agent/play", {"username": username, "gameId": "evolution_00302", "currency": "EUR", "stake": "2"}
    )
    assert refused.status_code == 409
    assert refused.json()["title"] == "PLAYER_INSUFFICIENT_BALANCE"


def test_rounds_and_withdrawals_at_once_add_up(agent: AgentCaller) -> None:
    username = agent.make_player("50", "KWD")
    order = {"username": username, "gameId": "evolution_00301", "currency": "KWD", "rounds": 5, "stake": "1"}
    withdrawal = {"username": username, "amount": "1.005", "currency": "KWD"}
    with ThreadPoolExecutor(8) as pool:
        plays = [pool.submit(agent.platform.post, "/control/agent/play", order) for _ in range(4)]
        takes = [pool.submit(agent.post, "withdraw", withdrawal) for _ in range(8)]
    assert Counter(each.result().json()["ok"] for each in takes) == {True: 8}
    assert sum(len(each.result().json()["rounds"]) for each in plays) == 20
    amounts = [Decimal(item["amount"]["amount"]["playerAmount"]) for item in agent.read_history(username)]
    assert sorted(amounts)[:20] == [-1] * 20
    assert Decimal(agent.balance(username, "KWD")) == 50 + sum(amounts) - Decimal("8.04")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"username": "nobody0001"}, 409),
        ({"gameId": "pg_99999"}, 409),
        ({"currency": "XXX"}, 409),
        ({"stake": "0.001"}, 409),
        ({"rounds": 0}, 400),
        ({"at": "2026-10-01"}, 400),
        ({"games": "all"}, 400),
    ],
)
def test_play_order_that_makes_no_sense_is_refused(agent: AgentCaller, changes: dict[str, object], status: int) -> None:
    order = {"username": agent.make_player("10"), "gameId": "pg_00001", "currency": "EUR"} | changes
    assert agent.platform.post("/control/agent/play", order).status_code == status
