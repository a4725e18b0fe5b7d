import itertools
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sandbox.agent_caller import AgentCaller
from tests.sandbox.platform_process import PlatformProcess

pytestmark = pytest.mark.live
ALWAYS = {"from": "2020-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"}


@pytest.fixture
def agent(platform: PlatformProcess) -> Iterator[AgentCaller]:
    caller = AgentCaller(platform)
    yield caller
    caller.control("catalogue", reset=True)


def launch(agent: AgentCaller, username: str, **changes: object) -> dict[str, str]:
    order = {"username": username, "isMobile": False, "gameId": "pg_00001", "playerIp": "192.0.2.1", "currency": "EUR"}
    result: dict[str, str] = agent.call("launchGame", **order | {"lang": "en"} | changes)
    return result


def play(agent: AgentCaller, username: str, **order: object) -> list[dict[str, Any]]:
    rounds: list[dict[str, Any]] = agent.control("play", username=username, **order)["rounds"]
    return rounds


def read_history(agent: AgentCaller, username: str, **search: object) -> list[dict[str, Any]]:
    """All lines of all groups, page by page."""
    items: list[dict[str, Any]] = []
    page, has_next = 0, True
    while has_next:
        page += 1
        result = agent.call("history", username=username, paginate={"page": page, "perPage": 7}, **search)
        assert (result["paginate"]["page"], result["paginate"]["perPage"]) == (page, 7)
        items += [item for group in result["currencyGroup"].values() for item in group["items"]]
        has_next = result["paginate"]["next"]
    return items


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
    play(agent, username, gameId="pg_00007", currency="EUR")
    agent.control("catalogue", remove=["pg_00007"])
    order = {"username": username, "isMobile": True, "gameId": "pg_00007", "playerIp": "192.0.2.1", "currency": "EUR"}
    assert agent.refuse("launchGame", **order) == "GAME_NOT_FOUND"
    assert [item["game"]["gameId"] for item in read_history(agent, username)] == ["pg_00007"] * 2


def test_page_plays_rounds_that_move_the_balance_and_write_history(agent: AgentCaller) -> None:
    username = agent.make_player("3.00")
    address = launch(agent, username, lobbyUrl="https://casino.example/lobby", cashierUrl="javascript:alert(1)")["url"]
    opened = requests.get(address, timeout=10)
    assert opened.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<dd id="balance">3 EUR</dd>' in opened.text
    assert 'href="https://casino.example/lobby"' in opened.text
    assert "javascript:" not in opened.text
    played = requests.post(address, {"stake": "2"}, timeout=10, allow_redirects=False)
    assert (played.status_code, played.headers["Location"]) == (303, address.removeprefix(agent.platform.url))
    settle, bet = read_history(agent, username)
    assert bet["amount"]["amount"]["playerAmount"] == "-2"
    balance = agent.balance(username)
    assert settle["walletAfterBalance"] == balance
    assert f'<dd id="balance">{balance} EUR</dd>' in requests.get(address, timeout=10).text


def test_page_says_why_a_round_is_not_played(agent: AgentCaller) -> None:
    username = agent.make_player("1")
    address = launch(agent, username)["url"]
    assert "Your balance does not cover this stake." in requests.post(address, {"stake": "1.01"}, timeout=10).text
    assert "This is not a stake." in requests.post(address, {"stake": "0.001"}, timeout=10).text
    assert "This is not a stake." in requests.post(address, {}, timeout=10).text
    agent.control("players", username=username, active=False)
    assert "You cannot play at the moment." in requests.post(address, {"stake": "1"}, timeout=10).text
    assert agent.balance(username) == "1"
    assert read_history(agent, username) == []


def test_page_of_no_launch_is_a_page_that_says_so(platform: PlatformProcess) -> None:
    answer = platform.get("/agent/play/none")
    assert answer.status_code == 404
    assert "This game was not launched" in answer.text


def test_history_of_a_round_is_settlement_then_bet_under_one_provider_reference(agent: AgentCaller) -> None:
    username = agent.make_player("5000000", "IDR")
    [played] = play(agent, username, gameId="pg_00001", currency="IDR", stake="1600", at="2026-11-01T06:08:34.280062Z")
    result = agent.call("history", username=username, gameId="", roundId="", **{"from": None, "to": None})
    assert result["paginate"] == {"page": 1, "perPage": 30, "next": False}
    assert list(result["currencyGroup"]) == ["EUR"]
    settle, bet = result["currencyGroup"]["EUR"]["items"]
    player_id = agent.call("getPlayerStatus", username=username, agentSystemCurrency="IDR")["id"]
    common = {
        "provider": {"id": "pg", "name": "Pocket Games Soft"},
        "userInGame": {
            "userInGame": f"{player_id}-IDR",
            "playerId": player_id,
            "agentId": 9,
            "agentPrefix": "2sjcc",
            "currency": "IDR",
            "username": username,
        },
        "game": {"gameId": "pg_00001", "name": "Leprechaun Riches", "category": "slot"},
        "roundId": played["roundId"],
        "providerTxId": f"{played['roundId']}-{played['roundId']}-106-0",
        "receivedAt": "2026-11-01T13:08:34.280062+07:00",
    }
    rate = {"playerCurrency": "IDR", "settleCurrency": "EUR", "playerToSettleRate": "0.0002"}
    won = f"{Decimal(played['won']):f}".rstrip("0").rstrip(".")
    after = f"{Decimal(played['balance']):f}".rstrip("0").rstrip(".")
    assert bet == common | {
        "id": bet["id"],
        "walletTxId": bet["walletTxId"],
        "txType": {"id": 1, "label": "Bet", "flag": ""},
        "amount": rate | {"amount": {"settleAmount": "-0.32", "playerAmount": "-1600"}},
        "walletBeforeBalance": "5000000",
        "walletAfterBalance": "4998400",
    }
    assert settle == common | {
        "id": settle["id"],
        "walletTxId": settle["walletTxId"],
        "txType": {"id": 2, "label": "Settle", "flag": ""},
        "amount": rate | {"amount": {"providerAmount": won, "playerAmount": won}},
        "walletBeforeBalance": "4998400",
        "walletAfterBalance": after,
    }
    assert len({bet["id"], settle["id"], bet["walletTxId"], settle["walletTxId"]}) == 4


def test_provider_that_counts_in_thousands_has_its_own_currency(agent: AgentCaller) -> None:
    username = agent.make_player("5000000", "IDR")
    [played] = play(agent, username, gameId="kirana_00001", currency="IDR", stake="1600")
    _, bet = read_history(agent, username)
    assert bet["userInGame"]["currency"] == "KIDR"
    assert bet["userInGame"]["userInGame"].endswith("-KIDR")
    amounts = {"providerAmount": "-1.6", "settleAmount": "-0.32", "playerAmount": "-1600"}
    assert bet["amount"]["amount"] == amounts
    log = agent.call("gameLogs", username=username, gameId="kirana_00001", roundId=played["roundId"])
    first = log["transactions"][0]
    assert (first["providerAmount"], first["providerCurrency"]) == ("-1.6", "KIDR")
    assert (first["playerAmount"], first["playerCurrency"]) == ("-1600", "IDR")


def test_history_is_the_newest_first_on_every_page_and_adds_up(agent: AgentCaller) -> None:
    username = agent.make_player("1000")
    for game_id in ("pg_00001", "evolution_00325", "sbo_00201"):
        play(agent, username, gameId=game_id, currency="EUR", rounds=5, stake="1")
    agent.call("withdraw", username=username, amount="100", currency="EUR")
    items = read_history(agent, username)
    assert len({item["id"] for item in items}) == len(items) == 30
    assert [item["receivedAt"] for item in items] == sorted((item["receivedAt"] for item in items), reverse=True)
    for later, earlier in itertools.pairwise(items):
        assert later["walletBeforeBalance"] == earlier["walletAfterBalance"]
    moved = sum(Decimal(item["amount"]["amount"]["playerAmount"]) for item in items)
    assert Decimal(agent.balance(username)) == 1000 + moved - 100


def test_history_is_searched_by_game_round_and_time(agent: AgentCaller) -> None:
    username = agent.make_player("1000")
    first = play(agent, username, gameId="pg_00001", currency="EUR", rounds=2, at="2026-10-01T10:00:00+02:00")
    second = play(agent, username, gameId="pg_00002", currency="EUR", at="2026-10-02T10:00:00Z")

    def search(**fields: object) -> list[str]:
        return [item["roundId"] for item in read_history(agent, username, **fields)]

    earlier, later, other = first[0]["roundId"], first[1]["roundId"], second[0]["roundId"]
    assert search() == [other, other, later, later, earlier, earlier]
    assert search(gameId="pg_00002") == [other, other]
    assert search(roundId=earlier) == [earlier, earlier]
    assert search(gameId="pg_00002", roundId=earlier) == []
    assert search(**{"from": "2026-10-01T08:00:01Z", "to": "2026-10-02T10:00:00Z"}) == [later, later]
    assert search(to="2026-10-01T15:00:01+07:00") == [earlier, earlier]


def test_currencies_are_grouped_by_what_they_are_settled_in(agent: AgentCaller) -> None:
    username = agent.make_player("10", "USD")
    agent.call("deposit", username=username, amount="1000", currency="JPY")
    play(agent, username, gameId="pg_00001", currency="USD")
    play(agent, username, gameId="pg_00001", currency="JPY", stake="100")
    groups = agent.call("history", username=username)["currencyGroup"]
    assert {name: [item["amount"]["playerCurrency"] for item in group["items"]] for name, group in groups.items()} == {
        "EUR": ["JPY", "JPY"],
        "USD": ["USD", "USD"],
    }


def test_nothing_played_is_an_empty_history(agent: AgentCaller) -> None:
    assert agent.call("history", username=agent.make_player()) == {
        "currencyGroup": {},
        "paginate": {"page": 1, "perPage": 30, "next": False},
    }


@pytest.mark.parametrize(
    "search",
    [
        {"paginate": {"page": 0}},
        {"paginate": {"perPage": 0}},
        {"paginate": {"perPage": 1001}},
        {"from": "yesterday"},
        {"from": "2026-10-01"},
        {"roundId": 7},
    ],
)
def test_search_that_makes_no_sense_is_refused(agent: AgentCaller, search: dict[str, object]) -> None:
    assert agent.refuse("history", username=agent.make_player(), **search) == "INVALID_PARAMETER"


def test_free_round_costs_nothing_and_is_flagged(agent: AgentCaller) -> None:
    username = agent.make_player()
    gift = {"username": username, "currency": "EUR", "gameId": "pg_00001", "rounds": 1, "betAmount": "1"}
    agent.call("freeRound", bonusCode=f"flag{username}", **gift)
    play(agent, username, gameId="pg_00001", currency="EUR")
    settle, bet = read_history(agent, username)
    assert bet["amount"]["amount"] == {"settleAmount": "0", "playerAmount": "0"}
    assert (bet["txType"]["flag"], settle["txType"]["flag"]) == ("free_round", "free_round")


def test_report_has_a_row_for_each_hour_and_currency_in_the_base_currency(agent: AgentCaller) -> None:
    username = agent.make_player("5000000", "IDR")
    agent.call("deposit", username=username, amount="100", currency="USD")
    gift = {"username": username, "currency": "IDR", "gameId": "pg_00002", "rounds": 2, "betAmount": "5000"}
    agent.call("freeRound", bonusCode=f"report{username}", **gift | ALWAYS)
    early, late = {"at": "2026-10-01T10:59:58Z"}, {"at": "2026-10-01T11:00:00Z"}
    idr = play(agent, username, gameId="pg_00001", currency="IDR", rounds=4, stake="1600", seed=3, **early)
    free = play(agent, username, gameId="pg_00002", currency="IDR", rounds=2, seed=11, **late)
    usd = play(agent, username, gameId="sbo_00201", currency="USD", rounds=2, stake="1.50", **late)
    result = agent.call("playerDailyReport", username=username, **ALWAYS)
    assert result["paginate"] == {"page": 1, "perPage": 30, "next": 0}

    def row(hour: str, staked: Decimal, won: Decimal, free_won: Decimal, free_count: int) -> dict[str, object]:
        return {
            "playerWinLoss": won - staked,
            "validTurnOver": staked,
            "agentWinLoss": (staked - won) / 2,
            "agentCommission": 0,
            "agentContribution": -staked / 200,
            "playerFreeRound": free_won,
            "freeRoundCount": free_count,
            "timestamp": f"2026-10-01T{hour}:00:00Z",
        }

    def won(rounds: list[dict[str, Any]], rate: str) -> Decimal:
        return sum((Decimal(each["won"]) for each in rounds), Decimal(0)) * Decimal(rate)

    items = [
        {name: value if name in {"timestamp", "freeRoundCount"} else Decimal(value) for name, value in item.items()}
        for item in result["items"]
    ]
    assert won(free, "1") > 0
    assert items == [
        row("11", Decimal("2.58"), won(usd, "0.86"), Decimal(0), 0),
        row("11", Decimal("0.64"), won(idr[2:], "0.0002"), won(free, "1"), 2),
        row("10", Decimal("0.64"), won(idr[:2], "0.0002"), Decimal(0), 0),
    ]


def test_report_is_paged_and_says_next_in_numbers(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    for hour in ("10", "11", "12"):
        play(agent, username, gameId="pg_00001", currency="EUR", stake="0.5", at=f"2026-10-01T{hour}:30:00Z")
    pages = [
        agent.call("playerDailyReport", username=username, paginate={"page": page, "perPage": 2}, **ALWAYS)
        for page in (1, 2)
    ]
    assert [page["paginate"]["next"] for page in pages] == [1, 0]
    assert [[item["timestamp"][11:13] for item in page["items"]] for page in pages] == [["12", "11"], ["10"]]
    only = agent.call("playerDailyReport", username=username, gameId="pg_00002", **ALWAYS)
    assert only["items"] == []


@pytest.mark.parametrize("missing", ["from", "to"])
def test_report_needs_both_times(agent: AgentCaller, missing: str) -> None:
    username = agent.make_player()
    times = {name: value for name, value in ALWAYS.items() if name != missing}
    assert agent.refuse("playerDailyReport", username=username, **times) == "INVALID_PARAMETER"
    assert agent.refuse("playerDailyReport", username=username, **times, **{missing: None}) == "INVALID_PARAMETER"


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
    [played] = play(agent, username, gameId=game_id, currency="EUR", stake="2")
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
    played = play(agent, username, gameId=game_id, currency="EUR", rounds=rounds, stake="1", seed=5)
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
    [played] = play(agent, username, gameId="pg_00001", currency="EUR", stake="2")
    log = agent.call("gameLogs", username=username, gameId="pg_00001", roundId=played["roundId"])
    page = requests.get(log["result"]["url"], timeout=10)
    assert page.status_code == 200
    assert f'<code id="round-id">{played["roundId"]}</code>' in page.text
    assert page.text.count('<span class="cell"') == 9
    assert agent.platform.get("/agent/rounds/none").status_code == 404


def test_log_looks_back_seven_days_unless_told_from_when(agent: AgentCaller) -> None:
    username = agent.make_player("10")
    then = datetime.now(UTC) - timedelta(days=8)
    [old] = play(agent, username, gameId="evolution_00301", currency="EUR", at=then.isoformat())
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
    [played] = play(agent, username, gameId="pg_00001", currency="EUR")
    order = {"username": username, "gameId": "pg_00001", "roundId": played["roundId"]}
    assert agent.call("gameLogs", **order | {"username": other})["transactions"] == []
    assert agent.call("gameLogs", **order | {"gameId": "pg_00002"})["transactions"] == []
    assert agent.refuse("gameLogs", **order | {"gameId": "pg_99999"}) == "GAME_NOT_FOUND"
    assert agent.refuse("gameLogs", **order | {"roundId": ""}) == "INVALID_PARAMETER"


def test_player_plays_until_the_stake_is_not_covered(agent: AgentCaller) -> None:
    username = agent.make_player("3")
    rounds = play(agent, username, gameId="evolution_00302", currency="EUR", rounds=1000, stake="2")
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
    amounts = [Decimal(item["amount"]["amount"]["playerAmount"]) for item in read_history(agent, username)]
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
