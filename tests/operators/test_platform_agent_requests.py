"""What document 004's platform is sent: the key, the addresses and every field, also those that examples leave out."""

import http.server
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.agent import (
    Client,
    Config,
    InvalidPeriod,
    InvalidUsername,
    LaunchOrder,
    Period,
    Search,
    make_username,
    sign,
)
from operators.platforms.base import Http
from tests.operators.agent_client import AUGUST, AWARD, KEY, NotedClient, laid, reply, sent, well
from tests.operators.platform_stub import Stub

PAGE = {"page": 1, "perPage": 30}
AUGUST_SENT = {"from": "2025-08-01T00:00:00Z", "to": "2025-09-01T00:00:00Z"}
GRANT = {"id": "1", "canceledAt": "2025-04-17T12:03:46Z"}


def test_the_key_is_a_bearer_token() -> None:
    assert sign("0123456789abcdef") == "Bearer 0123456789abcdef"


def test_a_request_is_what_the_document_describes() -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.requestline, dict(self.headers), body))
            answer = b'{"ok": true, "result": {"balance": "110.01", "currency": "THB"}}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        port = server.server_address[1]
        NotedClient(f"http://127.0.0.1:{port}/api/").get_player_balance("player0001", currency="THB")
        thread.join(5)
    ((line, headers, body),) = seen
    assert (line, body) == ("POST /api/getPlayerBalance HTTP/1.1", b'{"username":"player0001","currency":"THB"}')
    assert {name: headers[name] for name in ("Authorization", "Content-Type", "Accept", "Host")} == {
        "Authorization": "Bearer agent-key-0123456789",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Host": f"127.0.0.1:{port}",
    }


def test_a_configuration_shows_no_key() -> None:
    assert KEY not in repr(Config("https://a.example", "lucky", KEY, Http()))


CALLS: list[tuple[str, Any, Callable[[Client], object], dict[str, object]]] = [
    ("createPlayer", {}, lambda c: c.create_player("player0001"), {"username": "player0001"}),
    (
        "getPlayerStatus",
        {"username": "daniel", "active": True},
        lambda c: c.get_player_status("player0001", currency="THB"),
        {"username": "player0001", "agentSystemCurrency": "THB"},
    ),
    ("games", {"items": []}, lambda c: c.list_games(), {}),
    (
        "games",
        {"items": []},
        lambda c: c.list_games(query="evolution_00325", provider_id="evolution"),
        {"query": "evolution_00325", "providerId": "evolution"},
    ),
    ("providers", {"items": []}, lambda c: c.list_providers(), {}),
    ("providers", {"items": []}, lambda c: c.list_providers(currency="IDR"), {"agentSystemCurrency": "IDR"}),
    (
        "launchGame",
        {"type": "url", "url": "https://a.example/"},
        lambda c: c.launch_game(LaunchOrder("player0001", "pg_00001", "THB", "203.0.113.7")),
        {
            "username": "player0001",
            "isMobile": False,
            "gameId": "pg_00001",
            "lang": "en",
            "playerIp": "203.0.113.7",
            "currency": "THB",
        },
    ),
    (
        "launchGame",
        {"type": "url", "url": "https://a.example/"},
        lambda c: c.launch_game(
            LaunchOrder(
                "player0001",
                "pg_00001",
                "THB",
                "2001:db8::7",
                True,
                "th",
                "https://c.example/",
                "https://c.example/pay",
            )
        ),
        {
            "username": "player0001",
            "isMobile": True,
            "gameId": "pg_00001",
            "lang": "th",
            "playerIp": "2001:db8::7",
            "currency": "THB",
            "lobbyUrl": "https://c.example/",
            "cashierUrl": "https://c.example/pay",
        },
    ),
    (
        "history",
        {"currencyGroup": {}},
        lambda c: c.get_history(Search()),
        {"username": "", "gameId": "", "roundId": "", "from": None, "to": None, "paginate": PAGE},
    ),
    (
        "history",
        {"currencyGroup": {}},
        lambda c: c.get_history(Search("player0001", "pg_00001", "77", 2), period=AUGUST, page=3),
        {
            "username": "player0001",
            "gameId": "pg_00001",
            "roundId": "77",
            **AUGUST_SENT,
            "paginate": {"page": 3, "perPage": 2},
        },
    ),
    (
        "playerDailyReport",
        {"items": []},
        lambda c: c.get_player_daily_report(Search("player0001"), period=AUGUST),
        {"username": "player0001", "gameId": "", "roundId": "", **AUGUST_SENT, "paginate": PAGE},
    ),
    (
        "gameLogs",
        {"result": {"logType": "nodata"}},
        lambda c: c.get_game_log(username="player0001", game_ref="habanero_00001", round_ref="wwsnprklgu"),
        {"gameId": "habanero_00001", "username": "player0001", "roundId": "wwsnprklgu"},
    ),
    (
        "gameLogs",
        {"result": {"logType": "nodata"}},
        lambda c: c.get_game_log(username="p001", game_ref="habanero_00001", round_ref="1", period=AUGUST),
        {"gameId": "habanero_00001", "username": "p001", "roundId": "1", **AUGUST_SENT},
    ),
    (
        "freeRound",
        GRANT,
        lambda c: c.create_free_round(AWARD, username="player0001"),
        {
            "currency": "IDR",
            "bonusCode": "freeRound0001",
            "gameId": "pg_00013",
            **AUGUST_SENT,
            "rounds": 10,
            "betAmount": "1.6",
            "username": "player0001",
        },
    ),
    ("getFreeRound", GRANT, lambda c: c.get_free_round("1837"), {"id": "1837"}),
    (
        "setPlayerBetLimits",
        {},
        lambda c: c.set_player_bet_limits(
            username="player0001", provider_ref="sbo", currency="IDR", limits={"sport": ["100001", "100002"]}
        ),
        {
            "username": "player0001",
            "providerId": "sbo",
            "agentSystemCurrency": "IDR",
            "categories": [{"category": "sport", "ids": ["100001", "100002"]}],
        },
    ),
    (
        "freeChip",
        GRANT,
        lambda c: c.create_free_chip(AWARD, usernames=["player0001", "player0002"]),
        {
            "currency": "IDR",
            "bonusCode": "freeRound0001",
            "gameId": "pg_00013",
            **AUGUST_SENT,
            "rounds": 10,
            "betAmount": "1.6",
            "usernames": ["player0001", "player0002"],
        },
    ),
    (
        "getFreeChip",
        GRANT,
        lambda c: c.get_free_chip("1837", username="player0001"),
        {"id": "1837", "username": "player0001"},
    ),
]


@pytest.mark.parametrize(("call", "result", "ask", "body"), CALLS)
def test_each_call_sends_its_fields(
    stub: Stub, call: str, result: Any, ask: Callable[[Client], object], body: dict[str, object]
) -> None:
    client = laid(stub, call, well(result))
    ask(client)
    assert ([path for path, _, _ in stub.asked], sent(stub)) == ([f"/{call}"], [body])
    assert client.outcomes == [(call, "")]


@pytest.mark.parametrize("call", ["deposit", "withdraw"])
@pytest.mark.parametrize(
    ("amount", "text"), [("100", "100"), ("1E+2", "100"), ("0.10", "0.10"), ("0.00000001", "0.00000001")]
)
def test_money_is_sent_as_text_without_an_exponent(stub: Stub, call: str, amount: str, text: str) -> None:
    client = laid(stub, call, reply(call))
    getattr(client, call)(username="player0001", amount=Decimal(amount), currency="EUR")
    assert sent(stub) == [{"username": "player0001", "amount": text, "currency": "EUR"}]


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_never_sent(stub: Stub, amount: str) -> None:
    client = laid(stub, "deposit", reply("deposit"))
    with pytest.raises(ValueError, match="is no amount"):
        client.deposit(username="player0001", amount=Decimal(amount), currency="EUR")
    assert stub.asked == []


@pytest.mark.parametrize("username", ["abc", "a" * 31, "Player1", "play er", "player_1", "plÄyer", "player1\n", ""])
def test_a_username_that_the_protocol_forbids_is_never_sent(stub: Stub, username: str) -> None:
    with pytest.raises(InvalidUsername):
        laid(stub, "createPlayer", well({})).create_player(username)
    assert stub.asked == []


@pytest.mark.parametrize(
    ("user_ref", "kept"), [("Alice-1972", "alice1972"), ("", ""), ("Ä|€", ""), ("x" * 127, "x" * 18)]
)
def test_a_made_username_ends_in_a_random_suffix(user_ref: str, kept: str) -> None:
    first, second = make_username(user_ref), make_username(user_ref)
    for username in (first, second):
        assert username.startswith(kept)
        assert len(username) == len(kept) + 12
        assert username.isascii()
        assert username.isalnum()
        assert username == username.lower()
    assert first != second


NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("ends_at", [NOON, NOON - timedelta(seconds=1), NOON.astimezone(timezone(timedelta(hours=7)))])
def test_a_period_that_does_not_end_after_it_begins_is_refused(ends_at: datetime) -> None:
    with pytest.raises(InvalidPeriod, match="ends after it begins"):
        Period(NOON, ends_at)


def test_a_period_without_a_time_zone_is_refused() -> None:
    with pytest.raises(InvalidPeriod, match="time zone"):
        Period(NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + timedelta(days=1))


def test_a_period_is_sent_in_utc(stub: Stub) -> None:
    client = laid(stub, "history", well({"currencyGroup": {}}))
    bangkok = timezone(timedelta(hours=7))
    period = Period(datetime(2025, 8, 1, tzinfo=bangkok), datetime(2025, 8, 1, 0, 0, 1, 250, tzinfo=bangkok))
    client.get_history(Search(), period=period)
    assert (sent(stub)[0]["from"], sent(stub)[0]["to"]) == ("2025-07-31T17:00:00Z", "2025-07-31T17:00:01.000250Z")
