"""The casino API's launch."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from operators.models import Casino, Operator, Protocol
from operators.services import suspend_operator
from tests.operators.making import NOW, STAFF, make_casino, make_game, make_lobby, make_operator, make_player
from tests.wallet.casino_caller import Answer, Caller, call_for
from wallet.ledger import digest_token
from wallet.models import Session
from wallet.services.players import block_player

pytestmark = pytest.mark.django_db

ASKED = {
    "user_id": "olga",
    "operator_id": "lucky",
    "game_id": "37",
    "mode": "real",
    "currency": "EUR",
    "language": "en-US",
    "device": "mobile",
    "ip": "2001:db8::7",
}


@pytest.fixture
def casino() -> Casino:
    casino = make_casino()
    make_player(casino)
    return casino


@pytest.fixture
def operator(casino: Casino) -> Operator:
    operator = make_operator(casino, operator_ref="lucky")
    make_game(operator)
    return operator


@pytest.fixture
def site(casino: Casino, operator: Operator) -> Caller:
    return call_for(casino)


def refused(answer: Answer) -> tuple[int, str, list[str]]:
    assert Session.objects.count() == 0
    assert answer.body["detail"]
    return answer.status, answer.body["code"], list(answer.body["fields"])


def test_a_launch_is_answered_201_with_its_address_and_token(site: Caller) -> None:
    optional = {
        "home_url": "https://a.example/",
        "deposit_url": "https://a.example/pay",
        "group": "vip",
        "client_name": "A",
    }
    answer = site.post("launch", ASKED | optional)
    session = Session.objects.get()
    token = answer.body["token"]
    assert (answer.status, set(answer.body)) == (
        201,
        {"token", "url", "open_in", "mode", "currency", "expires_at"},
    )
    assert (answer.body["open_in"], answer.body["currency"]) == ("same_tab", "EUR")
    assert (bytes(session.token_digest), session.ip) == (digest_token(token), "2001:db8::7")
    assert datetime.fromisoformat(answer.body["expires_at"]) == session.expires_at
    assert session.expires_at - session.created_at == timedelta(hours=24)
    assert dict(parse_qsl(urlsplit(answer.body["url"]).query)) == {
        "mode": "real",
        "game_id": "37",
        "token": token,
        "currency": "EUR",
        "language": "en-US",
        "operator_id": "lucky",
        "device": "mobile",
        "home_url": "https://a.example/",
        "deposit_url": "https://a.example/pay",
        "group": "vip",
        "clientName": "A",
    }


def test_a_lobby_is_launched_in_place_of_a_game(site: Caller, operator: Operator) -> None:
    make_lobby(operator)
    body = {name: value for name, value in ASKED.items() if name != "game_id"} | {"lobby_id": "portomaso"}
    answer = site.post("launch", body)
    assert (answer.status, "lobby_id=portomaso" in answer.body["url"]) == (201, True)


def test_a_game_id_may_be_a_number(site: Caller) -> None:
    assert site.post("launch", ASKED | {"game_id": 37}).status == 201


def test_a_launch_for_fun_has_no_token(site: Caller) -> None:
    answer = site.post("launch", ASKED | {"mode": "fun"})
    assert (answer.status, answer.body["token"], answer.body["expires_at"], answer.body["mode"]) == (
        201,
        None,
        None,
        "fun",
    )
    assert Session.objects.count() == 0


@pytest.mark.parametrize("field", ["user_id", "operator_id", "mode", "currency", "language", "device", "ip"])
def test_a_missing_field_is_refused_by_its_name(site: Caller, field: str) -> None:
    body = {name: value for name, value in ASKED.items() if name != field}
    assert refused(site.post("launch", body)) == (400, "invalid", [field])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "demo"),
        ("currency", "euro5"),
        ("language", "english"),
        ("language", "en\n"),
        ("device", "tv"),
        ("ip", "localhost"),
        ("ip", 5),
        ("home_url", "javascript:alert(1)"),
        ("deposit_url", "https://a.example/" + "x" * 500),
        ("group", "v-i-p"),
        ("client_name", "x" * 15),
        ("client_name", "a|b"),
        ("game_id", "x" * 128),
    ],
)
def test_a_malformed_field_is_refused_by_its_name(site: Caller, field: str, value: object) -> None:
    assert refused(site.post("launch", ASKED | {field: value})) == (400, "invalid", [field])


@pytest.mark.parametrize("both", [{"game_id": ""}, {"game_id": "37", "lobby_id": "portomaso"}])
def test_a_launch_names_a_game_or_a_lobby(site: Caller, both: dict[str, str]) -> None:
    assert refused(site.post("launch", ASKED | both)) == (400, "launch_malformed", ["game_id"])


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"user_id": "nobody"}, "unknown_player", "user_id"),
        ({"operator_id": "nobody"}, "unknown_operator", "operator_id"),
        ({"game_id": "38"}, "unknown_game", "game_id"),
        ({"game_id": "", "lobby_id": "portomaso"}, "unknown_lobby", "lobby_id"),
    ],
)
def test_what_is_not_there_is_answered_404(site: Caller, change: dict[str, str], code: str, field: str) -> None:
    answer = site.post("launch", ASKED | change)
    assert refused(answer) == (404, code, [field])
    if code in {"unknown_game", "unknown_lobby"}:
        assert answer.body["detail"] == "This game is not available at the moment."


def test_a_blocked_player_is_answered_409(site: Caller, casino: Casino) -> None:
    block_player(player=casino.players.get(), reason="Chargeback", by=STAFF, now=NOW)
    assert refused(site.post("launch", ASKED)) == (409, "player_blocked", ["user_id"])


def test_a_suspended_operator_is_answered_409(site: Caller, operator: Operator) -> None:
    suspend_operator(operator=operator, by=STAFF)
    assert refused(site.post("launch", ASKED)) == (409, "operator_not_active", ["operator_id"])


def test_a_protocol_without_launch_is_answered_409(site: Caller, casino: Casino) -> None:
    make_operator(casino, protocol=Protocol.GMAG, operator_ref="brand")
    answer = site.post("launch", ASKED | {"operator_id": "brand"})
    assert refused(answer) == (409, "launch_not_supported", ["operator_id"])


def test_an_id_that_two_protocols_share_means_the_one_that_launches(site: Caller, casino: Casino) -> None:
    make_operator(casino, protocol=Protocol.HIZI, operator_ref="lucky")
    assert site.post("launch", ASKED).status == 201


def test_a_game_that_is_off_is_answered_409(site: Caller, operator: Operator) -> None:
    make_game(operator, "38", enabled=False)
    assert refused(site.post("launch", ASKED | {"game_id": "38"})) == (409, "game_not_offered", ["game_id"])


def test_a_game_without_fun_is_answered_409(site: Caller, operator: Operator) -> None:
    make_game(operator, "38", fun_mode=False)
    assert refused(site.post("launch", ASKED | {"game_id": "38", "mode": "fun"})) == (409, "fun_not_offered", ["mode"])


def test_a_currency_without_account_is_answered_409(site: Caller) -> None:
    assert refused(site.post("launch", ASKED | {"currency": "SEK"})) == (409, "no_such_account", ["currency"])


def test_a_launch_names_its_caller(site: Caller) -> None:
    site.post("launch", ASKED)
    made: Any = Session.objects.get()
    assert made.player.user_id == "olga"
