import itertools
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.agent_caller import AgentCaller

pytestmark = pytest.mark.live
ALWAYS = {"from": "2020-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"}


def test_history_of_a_round_is_settlement_then_bet_under_one_provider_reference(agent: AgentCaller) -> None:
    username = agent.make_player("5000000", "IDR")
    [played] = agent.play(username, gameId="pg_00001", currency="IDR", stake="1600", at="2026-11-01T06:08:34.280062Z")
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
    [played] = agent.play(username, gameId="kirana_00001", currency="IDR", stake="1600")
    _, bet = agent.read_history(username)
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
        agent.play(username, gameId=game_id, currency="EUR", rounds=5, stake="1")
    agent.call("withdraw", username=username, amount="100", currency="EUR")
    items = agent.read_history(username)
    assert len({item["id"] for item in items}) == len(items) == 30
    assert [item["receivedAt"] for item in items] == sorted((item["receivedAt"] for item in items), reverse=True)
    for later, earlier in itertools.pairwise(items):
        assert later["walletBeforeBalance"] == earlier["walletAfterBalance"]
    moved = sum(Decimal(item["amount"]["amount"]["playerAmount"]) for item in items)
    assert Decimal(agent.balance(username)) == 1000 + moved - 100


def test_history_is_searched_by_game_round_and_time(agent: AgentCaller) -> None:
    username = agent.make_player("1000")
    first = agent.play(username, gameId="pg_00001", currency="EUR", rounds=2, at="2026-10-01T10:00:00+02:00")
    second = agent.play(username, gameId="pg_00002", currency="EUR", at="2026-10-02T10:00:00Z")

    def search(**fields: object) -> list[str]:
        return [item["roundId"] for item in agent.read_history(username, **fields)]

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
    agent.play(username, gameId="pg_00001", currency="USD")
    agent.play(username, gameId="pg_00001", currency="JPY", stake="100")
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
    agent.play(username, gameId="pg_00001", currency="EUR")
    settle, bet = agent.read_history(username)
    assert bet["amount"]["amount"] == {"settleAmount": "0", "playerAmount": "0"}
    assert (bet["txType"]["flag"], settle["txType"]["flag"]) == ("free_round", "free_round")


def test_report_has_a_row_for_each_hour_and_currency_in_the_base_currency(agent: AgentCaller) -> None:
    username = agent.make_player("5000000", "IDR")
    agent.call("deposit", username=username, amount="100", currency="USD")
    gift = {"username": username, "currency": "IDR", "gameId": "pg_00002", "rounds": 2, "betAmount": "5000"}
    agent.call("freeRound", bonusCode=f"report{username}", **gift | ALWAYS)
    early, late = {"at": "2026-10-01T10:59:58Z"}, {"at": "2026-10-01T11:00:00Z"}
    idr = agent.play(username, gameId="pg_00001", currency="IDR", rounds=4, stake="1600", seed=3, **early)
    free = agent.play(username, gameId="pg_00002", currency="IDR", rounds=2, seed=11, **late)
    usd = agent.play(username, gameId="sbo_00201", currency="USD", rounds=2, stake="1.50", **late)
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
        agent.play(username, gameId="pg_00001", currency="EUR", stake="0.5", at=f"2026-10-01T{hour}:30:00Z")
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
