import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.sandbox.agent_caller import AgentCaller

pytestmark = pytest.mark.live


def test_name_is_given_once(agent: AgentCaller) -> None:
    username = agent.make_player()
    assert agent.post("createPlayer", {"username": username}).json() == {
        "ok": False,
        "error": {"code": "PLAYER_USERNAME_UNAVAILABLE", "message": "username unavailable"},
    }


def test_name_of_another_agents_player_is_taken_and_not_ours(agent: AgentCaller) -> None:
    assert agent.refuse("createPlayer", username="stranger0001") == "PLAYER_USERNAME_UNAVAILABLE"
    assert agent.refuse("getPlayerStatus", username="stranger0001", agentSystemCurrency="EUR") == "AGENT_NOT_UNDER"
    assert agent.refuse("deposit", username="stranger0001", amount="1", currency="EUR") == "AGENT_NOT_UNDER"


@pytest.mark.parametrize("username", ["abc", "a" * 31, "Player0001", "player_1", "player 1", "pläyer", "abcd\n", "", 7])
def test_names_are_4_to_30_small_letters_and_digits(agent: AgentCaller, username: object) -> None:
    assert agent.refuse("createPlayer", username=username) == "INVALID_PARAMETER"


def test_same_name_asked_for_by_many_at_once_is_given_once(agent: AgentCaller) -> None:
    username = agent.make_player()[::-1]
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(agent.post, "createPlayer", {"username": username}) for _ in range(8)]
    assert sorted(answer.result().json()["ok"] for answer in answers) == [False] * 7 + [True]


def test_status_has_the_fields_of_the_document(agent: AgentCaller) -> None:
    username = agent.make_player()
    status = agent.call("getPlayerStatus", username=username, agentSystemCurrency="THB")
    assert re.fullmatch("2sjcc[a-z0-9]{11}", status.pop("id"))
    created_at = status.pop("createdAt")
    assert created_at.endswith("Z")
    assert timedelta(0) < datetime.now(UTC) - datetime.fromisoformat(created_at) < timedelta(minutes=1)
    assert status == {"username": username, "currency": "THB", "active": True, "betLimits": None}


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("getPlayerBalance", {"currency": "EUR"}),
        ("getPlayerStatus", {"agentSystemCurrency": "EUR"}),
        ("deposit", {"amount": "1", "currency": "EUR"}),
        ("withdraw", {"amount": "1", "currency": "EUR"}),
        ("history", {}),
        ("playerDailyReport", {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}),
        ("gameLogs", {"gameId": "pg_00001", "roundId": "1"}),
        (
            "launchGame",
            {"isMobile": False, "gameId": "pg_00001", "lang": "en", "playerIp": "192.0.2.1", "currency": "EUR"},
        ),
        ("freeRound", {"currency": "EUR", "bonusCode": "x", "gameId": "pg_00001", "rounds": 1, "betAmount": "1"}),
        ("setPlayerBetLimits", {"providerId": "sbo", "agentSystemCurrency": "EUR", "categories": []}),
    ],
)
def test_unknown_player_is_refused(agent: AgentCaller, call: str, fields: dict[str, object]) -> None:
    assert agent.refuse(call, username="nobody0001", **fields) == "PLAYER_NOT_FOUND"


def test_player_who_is_switched_off_is_read_and_no_more(agent: AgentCaller) -> None:
    username = agent.make_player("5")
    agent.control("players", username=username, active=False)
    launch = {"isMobile": False, "gameId": "pg_00001", "lang": "en", "playerIp": "192.0.2.1", "currency": "EUR"}
    assert agent.refuse("launchGame", username=username, **launch) == "PLAYER_INACTIVE"
    assert agent.refuse("deposit", username=username, amount="1", currency="EUR") == "PLAYER_INACTIVE"
    assert agent.refuse("withdraw", username=username, amount="1", currency="EUR") == "PLAYER_INACTIVE"
    assert agent.call("getPlayerStatus", username=username, agentSystemCurrency="EUR")["active"] is False
    assert agent.balance(username) == "5"
    agent.control("players", username=username, active=True)
    agent.call("withdraw", username=username, amount="5", currency="EUR")


def test_deposit_and_withdrawal_move_money_between_agent_and_player(agent: AgentCaller) -> None:
    username = agent.make_player()
    first = agent.call("deposit", username=username, amount="100.01", currency="KWD")
    second = agent.call("withdraw", username=username, amount="0.005", currency="KWD")
    assert list(first) == ["txId", "currency", "agent", "player"]
    ids = [part["txId"] for answer in (first, second) for part in (answer, answer["agent"], answer["player"])]
    assert len(set(ids)) == 6
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert first["currency"] == "KWD"
    assert (first["player"]["beforeBalance"], first["player"]["afterBalance"]) == ("0", "100.01")
    assert (second["player"]["beforeBalance"], second["player"]["afterBalance"]) == ("100.01", "100.005")
    before = Decimal(first["agent"]["beforeBalance"])
    assert Decimal(first["agent"]["afterBalance"]) == before - Decimal("100.01")
    assert second["agent"]["beforeBalance"] == first["agent"]["afterBalance"]
    assert Decimal(second["agent"]["afterBalance"]) == before - Decimal("100.005")


def test_balances_are_apart_by_currency(agent: AgentCaller) -> None:
    username = agent.make_player("20", "EUR")
    agent.call("deposit", username=username, amount="5000000", currency="IDR")
    assert agent.balance(username, "IDR") == "5000000"
    assert agent.balance(username, "EUR") == "20"
    assert agent.call("getPlayerBalance", username=username, currency="PLN") == {"balance": "0", "currency": "PLN"}
    assert agent.refuse("getPlayerBalance", username=username, currency="XXX") == "CURRENCY_NOT_SUPPORTED"
    assert agent.refuse("deposit", username=username, amount="1", currency="eur") == "CURRENCY_NOT_SUPPORTED"


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0", "EUR"),
        ("0.00", "EUR"),
        ("-1", "EUR"),
        ("1.001", "EUR"),
        ("1.000", "EUR"),
        ("1.5", "JPY"),
        ("0.0001", "KWD"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("1,5", "EUR"),
        (" 1", "EUR"),
        ("1.", "EUR"),
        (".5", "EUR"),
        ("", "EUR"),
        ("٣", "EUR"),
        ("1" * 16, "EUR"),
    ],
)
def test_amount_that_the_currency_does_not_have_is_refused(agent: AgentCaller, amount: str, currency: str) -> None:
    username = agent.make_player("3", currency)
    assert agent.refuse("deposit", username=username, amount=amount, currency=currency) == "INVALID_AMOUNT"
    assert agent.refuse("withdraw", username=username, amount=amount, currency=currency) == "INVALID_AMOUNT"
    assert agent.balance(username, currency) == "3"


def test_amount_is_a_text(agent: AgentCaller) -> None:
    username = agent.make_player()
    assert agent.refuse("deposit", username=username, amount=100, currency="EUR") == "INVALID_PARAMETER"


def test_nobody_gives_more_than_there_is(agent: AgentCaller) -> None:
    username = agent.make_player("10.00", "GBP")
    assert agent.refuse("withdraw", username=username, amount="10.01", currency="GBP") == "PLAYER_INSUFFICIENT_BALANCE"
    too_much = "999999999999"
    assert agent.refuse("deposit", username=username, amount=too_much, currency="GBP") == "AGENT_INSUFFICIENT_BALANCE"
    emptied = agent.call("withdraw", username=username, amount="10", currency="GBP")
    assert emptied["player"]["afterBalance"] == "0"
    assert emptied["agent"]["afterBalance"] == "10000000"


def test_withdrawals_at_once_never_overdraw(agent: AgentCaller) -> None:
    username = agent.make_player("40", "CAD")
    order = {"username": username, "amount": "1", "currency": "CAD"}
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(agent.post, "withdraw", order) for _ in range(60)]
    contents = [answer.result().json() for answer in answers]
    after = [content["result"]["player"]["afterBalance"] for content in contents if content["ok"]]
    assert sorted(map(int, after)) == list(range(40))
    codes = [content["error"]["code"] for content in contents if not content["ok"]]
    assert codes == ["PLAYER_INSUFFICIENT_BALANCE"] * 20
    assert agent.balance(username, "CAD") == "0"


def test_agent_that_keeps_the_money_itself_has_no_transfers(agent: AgentCaller) -> None:
    username = agent.make_player("5")
    agent.control("settings", agent_type="seamless")
    assert agent.refuse("getPlayerBalance", username=username, currency="EUR") == "AGENT_INVALID_TYPE"
    assert agent.refuse("deposit", username=username, amount="1", currency="EUR") == "AGENT_INVALID_TYPE"
    assert agent.refuse("withdraw", username=username, amount="1", currency="EUR") == "AGENT_INVALID_TYPE"
    agent.control("settings", agent_type="transfer")
    assert agent.balance(username) == "5"


def give(agent: AgentCaller, username: str, category: str, *ids: str) -> None:
    answer = agent.post(
        "setPlayerBetLimits",
        {
            "username": username,
            "providerId": "sbo",
            "agentSystemCurrency": "EUR",
            "categories": [{"category": category, "ids": list(ids)}],
        },
    )
    assert answer.json() == {"ok": True}


def read_limits(agent: AgentCaller, username: str, currency: str = "EUR") -> object:
    return agent.call("getPlayerStatus", username=username, agentSystemCurrency=currency)["betLimits"]


def test_bet_limits_of_a_category_replace_those_before(agent: AgentCaller) -> None:
    username = agent.make_player()
    give(agent, username, "live_casino", "1", "3")
    give(agent, username, "sport", "100002")
    give(agent, username, "sport", "100001", "100002")
    assert read_limits(agent, username) == {
        "sbo": {
            "live_casino": [{"id": "1", "info": {}}, {"id": "3", "info": {}}],
            "sport": [
                {"id": "100001", "info": {"max": 50000, "maxPerMatch": 200000, "min": 1}},
                {"id": "100002", "info": {"max": 100000, "maxPerMatch": 500000, "min": 10000}},
            ],
        },
        "evolution": {},
        "ae": {},
    }
    assert read_limits(agent, username, "IDR") is None


def test_no_bet_limits_are_null(agent: AgentCaller) -> None:
    username = agent.make_player()
    give(agent, username, "sport", "100001")
    give(agent, username, "sport")
    assert read_limits(agent, username) is None


@pytest.mark.parametrize(
    ("provider", "category", "limit", "code"),
    [
        ("nobody", "sport", "100001", "AGENT_PROVIDER_NOT_FOUND"),
        ("cardhall", "table", "1", "AGENT_PROVIDER_NOT_FOUND"),
        ("sbo", "sport", "1", "BET_LIMIT_NOT_FOUND"),
        ("sbo", "slot", "1", "BET_LIMIT_NOT_FOUND"),
        ("pg", "live_casino", "1", "BET_LIMIT_NOT_FOUND"),
    ],
)
def test_bet_limit_that_is_not_offered_is_refused(
    agent: AgentCaller, provider: str, category: str, limit: str, code: str
) -> None:
    username = agent.make_player()
    fields = {"providerId": provider, "agentSystemCurrency": "EUR"}
    categories = [{"category": category, "ids": [limit]}]
    assert agent.refuse("setPlayerBetLimits", username=username, categories=categories, **fields) == code
    assert read_limits(agent, username) is None
