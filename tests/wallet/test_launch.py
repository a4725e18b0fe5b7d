"""Launches: the session, the token, the address, and each refusal."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from catalog.models import Game, Vendor
from catalog.selectors import UnknownGame, UnknownLobby
from operators.models import AuditEntry, Casino, Operator, Protocol
from operators.selectors.refusals import Refusal
from operators.services import suspend_operator, terminate_operator
from tests.operators.making import NOW, STAFF, make_casino, make_game, make_lobby, make_operator, make_player
from wallet.ledger import digest_token
from wallet.models import Player, Session
from wallet.services.launch import (
    CurrencyNotHeld,
    FunNotOffered,
    GameNotOffered,
    Launch,
    LaunchMalformed,
    LaunchNotSupported,
    OpenIn,
    OperatorNotActive,
    PlayerBarred,
    PlayerExcluded,
    end_session,
    launch_game,
)
from wallet.services.players import block_player, exclude_player

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(casino: Casino) -> Operator:
    return make_operator(casino, operator_ref="luckycasino")


@pytest.fixture
def game(operator: Operator) -> Game:
    return make_game(operator)


@pytest.fixture
def olga(casino: Casino) -> Player:
    return make_player(casino)


def launch(player: Player, operator: Operator, **more: Any) -> Launch:
    target = {} if {"game_ref", "lobby_ref"} & set(more) else {"game_ref": "37"}
    facts = {"currency": "EUR", "language": "en-US", "ip": "198.51.100.7", "by": STAFF, "now": NOW}
    return launch_game(**{"player": player, "operator": operator, **target, **facts, **more})


def test_a_real_launch_opens_a_session_and_builds_its_address(olga: Player, operator: Operator, game: Game) -> None:
    made = launch(olga, operator, group="vip1", client_name="Lucky & Co", device="mobile")
    assert made.token is not None
    assert made.url == (
        f"https://games.example/?mode=real&game_id=37&token={made.token}&currency=EUR&language=en-US"
        "&operator_id=luckycasino&home_url=https%3A%2F%2Flucky.example%2Fgames&device=mobile"
        "&deposit_url=https%3A%2F%2Flucky.example%2Fdeposit%3Ffrom%3Dgame&group=vip1&clientName=Lucky%20%26%20Co"
    )
    session = Session.objects.get()
    assert made.session == session
    assert (session.player, session.operator, session.game, session.lobby_ref) == (olga, operator, game, "")
    assert (session.account.currency, session.mode, session.device, session.ip) == (
        "EUR",
        "real",
        "mobile",
        "198.51.100.7",
    )
    assert (session.created_at, session.expires_at) == (NOW, NOW + timedelta(hours=24))


def test_a_token_is_new_each_time_and_stored_only_as_a_digest(olga: Player, operator: Operator, game: Game) -> None:
    tokens = [launch(olga, operator).token or "" for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert all(len(token) == 32 and token.isascii() and token.isalnum() for token in tokens)
    digests = [bytes(session.token_digest) for session in Session.objects.order_by("pk")]
    assert digests == [digest_token(token) for token in tokens]
    assert not any(token in str(entry.details) for entry in AuditEntry.objects.all() for token in tokens)


def test_a_lobby_sends_its_id_in_place_of_a_game(olga: Player, operator: Operator) -> None:
    make_lobby(operator)
    made = launch(olga, operator, lobby_ref="portomaso")
    query = dict(parse_qsl(urlsplit(made.url).query))
    assert (query["lobby_id"], "game_id" in query) == ("portomaso", False)
    session = Session.objects.get()
    assert (session.game, session.lobby_ref) == (None, "portomaso")


def test_addresses_given_take_the_place_of_the_casinos(olga: Player, operator: Operator, game: Game) -> None:
    made = launch(olga, operator, home_url="https://other.example/", deposit_url="http://other.example/pay")
    query = dict(parse_qsl(urlsplit(made.url).query))
    assert (query["home_url"], query["deposit_url"]) == ("https://other.example/", "http://other.example/pay")


def test_a_launch_for_fun_has_no_session_and_no_token(olga: Player, operator: Operator, game: Game) -> None:
    made = launch(olga, operator, mode="fun", currency="SEK")
    assert made == Launch(
        "https://games.example/?mode=fun&game_id=37&currency=SEK&language=en-US&operator_id=luckycasino"
        "&home_url=https%3A%2F%2Flucky.example%2Fgames&device=desktop",
        OpenIn.FRAME,
        "SEK",
    )
    assert Session.objects.count() == 0


def test_a_launch_is_audited(olga: Player, operator: Operator, game: Game) -> None:
    launch(olga, operator)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action) == (STAFF, "launch_game")
    assert entry.details == {"player": "olga", "operator": "luckycasino", "game_id": "37", "ip": "198.51.100.7"}


def refused(refusal: type[Refusal], player: Player, operator: Operator, **more: Any) -> Refusal:
    entries = AuditEntry.objects.count()
    with pytest.raises(refusal) as caught:
        launch(player, operator, **more)
    assert (Session.objects.count(), AuditEntry.objects.count()) == (0, entries)
    return caught.value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "demo"),
        ("currency", "eur"),
        ("currency", ""),
        ("language", "english"),
        ("language", "en_US"),
        ("language", "fil-PH"),
        ("language", ""),
        ("device", "tv"),
        ("ip", ""),
        ("ip", "198.51.100.777"),
        ("home_url", "javascript:alert(1)"),
        ("home_url", "ftp://lucky.example/"),
        ("deposit_url", "https://lucky.example/" + "x" * 480),
        ("group", "v-i-p"),
        ("group", "abcdefghijklmno"),
        ("client_name", "abcdefghijklmno"),
        ("client_name", "a|b"),
    ],
)
def test_a_malformed_field_is_refused_by_its_name(
    olga: Player, operator: Operator, game: Game, field: str, value: str
) -> None:
    refusal = refused(LaunchMalformed, olga, operator, **{field: value})
    assert list(refusal.fields) == [field]
    assert refusal.detail.startswith(f"{field}: ")


@pytest.mark.parametrize("both", [{"game_ref": ""}, {"game_ref": "37", "lobby_ref": "portomaso"}])
def test_a_launch_names_a_game_or_a_lobby(olga: Player, operator: Operator, game: Game, both: dict[str, str]) -> None:
    make_lobby(operator)
    assert list(refused(LaunchMalformed, olga, operator, **both).fields) == ["game_id"]


def test_another_casinos_operator_is_refused(olga: Player) -> None:
    other = make_operator(make_casino())
    make_game(other)
    assert list(refused(LaunchMalformed, olga, other).fields) == ["operator_id"]


@pytest.mark.parametrize("protocol", [Protocol.HIZI, Protocol.GMAG])
def test_other_protocols_are_not_supported_yet(olga: Player, casino: Casino, protocol: str) -> None:
    other = make_operator(casino, protocol=protocol)
    assert refused(LaunchNotSupported, olga, other).code == "launch_not_supported"


def test_an_operator_that_is_not_active_takes_no_launches(olga: Player, operator: Operator, game: Game) -> None:
    suspend_operator(operator=operator, by=STAFF)
    refused(OperatorNotActive, olga, operator)
    terminate_operator(operator=operator, by=STAFF)
    refused(OperatorNotActive, olga, operator)


def test_an_operator_without_launch_host_takes_no_launches(olga: Player, casino: Casino) -> None:
    refused(OperatorNotActive, olga, make_operator(casino, launch_host=""))


@pytest.mark.parametrize("mode", ["real", "fun"])
def test_a_blocked_player_is_refused(olga: Player, operator: Operator, game: Game, mode: str) -> None:
    block_player(player=olga, reason="Chargeback", by=STAFF, now=NOW)
    refused(PlayerBarred, olga, operator, mode=mode)


def test_an_excluded_player_is_refused_until_the_exclusion_ends(olga: Player, operator: Operator, game: Game) -> None:
    exclude_player(player=olga, until=NOW + timedelta(days=1), by=STAFF, now=NOW)
    refused(PlayerExcluded, olga, operator)
    assert launch(olga, operator, now=NOW + timedelta(days=1)).token


def test_an_unknown_game_or_lobby_is_refused(olga: Player, operator: Operator, game: Game) -> None:
    refused(UnknownGame, olga, operator, game_ref="38")
    refused(UnknownLobby, olga, operator, lobby_ref="portomaso")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"enabled": False}, "The casino has switched it off."),
        ({"platform_enabled": False}, "The platform has switched it off."),
        ({"listing": "gone", "gone_at": NOW}, "The platform has taken it off its list."),
    ],
)
def test_a_game_that_is_off_is_refused(
    olga: Player, operator: Operator, game: Game, change: dict[str, Any], said: str
) -> None:
    Game.objects.filter(pk=game.pk).update(**change)
    refusal = refused(GameNotOffered, olga, operator)
    assert (refusal.detail, refusal.fields) == (f"Seven Seas cannot be launched. {said}", {"game_id": said})


def test_a_vendor_that_is_off_takes_its_games_and_lobbies_along(olga: Player, operator: Operator, game: Game) -> None:
    make_lobby(operator)
    Vendor.objects.update(enabled=False)
    refused(GameNotOffered, olga, operator)
    assert list(refused(GameNotOffered, olga, operator, lobby_ref="portomaso").fields) == ["lobby_id"]


def test_an_unmapped_game_can_be_launched(olga: Player, operator: Operator) -> None:
    make_game(operator, "99", listing="unmapped", vendor=None, title="")
    assert launch(olga, operator, game_ref="99").token


def test_fun_needs_a_game_that_offers_it(olga: Player, operator: Operator, game: Game) -> None:
    make_lobby(operator)
    make_game(operator, "38", fun_mode=False)
    refused(FunNotOffered, olga, operator, mode="fun", game_ref="38")
    refused(FunNotOffered, olga, operator, mode="fun", lobby_ref="portomaso")


def test_a_currency_without_account_is_refused(olga: Player, operator: Operator, game: Game) -> None:
    assert list(refused(CurrencyNotHeld, olga, operator, currency="USD").fields) == ["currency"]


def test_a_session_is_ended_once(olga: Player, operator: Operator, game: Game) -> None:
    session = launch(olga, operator).session
    assert session is not None
    end_session(session=session, by="staff:bo", now=NOW + timedelta(minutes=1))
    end_session(session=session, by="staff:cy", now=NOW + timedelta(minutes=2))
    found = Session.objects.get()
    assert (found.ended_at, found.ended_by) == (NOW + timedelta(minutes=1), "staff:bo")
    assert AuditEntry.objects.filter(action="end_session").count() == 1
