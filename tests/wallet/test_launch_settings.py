"""Every option of an operator's settings that acts at launch: on its outcome, its address, or its session."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from catalog.models import Currency, Game, GameConfiguration, OperatorCurrency, Vendor
from operators.documents import write_json
from operators.models import Operator
from operators.selectors.refusals import Refusal
from operators.services.settings import save_settings
from tests.operators.making import NOW, STAFF, make_casino, make_game, make_lobby, make_operator, make_player
from wallet.models import Player, Session
from wallet.services.launch import CurrencyNotHeld, Launch, launch_game
from wallet.services.launch_settings import (
    CurrencyIsMoney,
    CurrencyNotAllowed,
    GameNotAllowed,
    ModeNotAllowed,
    NoStakeLeft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Operator:
    return make_operator(make_casino())


@pytest.fixture
def game(operator: Operator) -> Game:
    return make_game(operator, "game-bells")


@pytest.fixture
def olga(operator: Operator) -> Player:
    return make_player(operator.casino, currencies=["EUR", "HUF", "COIN", "GOLD"])


def set_to(operator: Operator, **settings: Any) -> None:
    save_settings(operator=operator, text=write_json(settings), reason="", by=STAFF, now=NOW)


def launch(player: Player, operator: Operator, **more: Any) -> Launch:
    target = {} if {"game_ref", "lobby_ref"} & set(more) else {"game_ref": "game-bells"}
    facts = {"currency": "EUR", "ip": "198.51.100.7", "by": STAFF, "now": NOW}
    return launch_game(**{"player": player, "operator": operator, **target, **facts, **more})


def refused(refusal: type[Refusal], player: Player, operator: Operator, **more: Any) -> tuple[str, str, str]:
    with pytest.raises(refusal) as caught:
        launch(player, operator, **more)
    assert Session.objects.count() == 0
    return caught.value.code, caught.value.detail, caught.value.player_detail


def kept(player: Player, operator: Operator, **more: Any) -> dict[str, Any]:
    session = launch(player, operator, **more).session
    assert session is not None
    return dict(Session.objects.get(pk=session.pk).effective_settings)


def test_an_operator_without_settings_keeps_none(olga: Player, operator: Operator, game: Game) -> None:
    assert kept(olga, operator) == {"game": {}}


def test_valid_game_modes_leave_out_the_other(olga: Player, operator: Operator, game: Game) -> None:
    set_to(operator, validGameModes=["DEMO"])
    assert refused(ModeNotAllowed, olga, operator) == (
        "mode_not_allowed",
        "The operator's settings allow DEMO alone (validGameModes).",
        "This game is not available at the moment.",
    )
    assert launch(olga, operator, mode="fun").session is None
    set_to(operator, validGameModes=["REAL"])
    refused(ModeNotAllowed, olga, operator, mode="fun")
    assert launch(olga, operator).session


def test_allowed_games_are_the_only_ones(olga: Player, operator: Operator, game: Game) -> None:
    make_game(operator, "game-fruits")
    make_lobby(operator)
    set_to(operator, allowedGames=["game-fruits"])
    assert refused(GameNotAllowed, olga, operator) == (
        "game_not_allowed",
        "The operator's settings do not allow the game game-bells (allowedGames).",
        "This game is not available at the moment.",
    )
    refused(GameNotAllowed, olga, operator, lobby_ref="portomaso")
    assert launch(olga, operator, game_ref="game-fruits").session


def test_denied_games_are_denied_even_if_they_are_allowed(olga: Player, operator: Operator, game: Game) -> None:
    make_game(operator, "game-fruits")
    set_to(operator, deniedGames=["game-bells"])
    assert (
        refused(GameNotAllowed, olga, operator)[1] == "The operator's settings deny the game game-bells (deniedGames)."
    )
    set_to(operator, deniedGames=["game-bells"], allowedGames=["game-bells"])
    assert (
        refused(GameNotAllowed, olga, operator)[1] == "The operator's settings deny the game game-bells (deniedGames)."
    )


def test_currencies_restricted_leave_out_the_others(olga: Player, operator: Operator, game: Game) -> None:
    set_to(operator, currenciesRestricted=["EUR", "SEK"])
    assert refused(CurrencyNotAllowed, olga, operator, currency="HUF") == (
        "currency_not_allowed",
        "The operator's settings allow EUR, SEK, not HUF (currenciesRestricted).",
        "This game cannot be played in your currency.",
    )
    assert launch(olga, operator).currency == "EUR"


def test_a_fixed_currency_is_taken_whatever_is_asked_for(olga: Player, operator: Operator, game: Game) -> None:
    set_to(operator, useFixedCurrency="COIN")
    made = launch(olga, operator, currency="EUR")
    assert dict(parse_qsl(urlsplit(made.url).query))["currency"] == made.currency == "COIN"
    assert Session.objects.get().account.currency == "COIN"
    fun = launch(olga, operator, mode="fun")
    assert dict(parse_qsl(urlsplit(fun.url).query))["currency"] == "COIN"


def test_a_fixed_currency_that_is_not_held_or_not_allowed_is_refused(
    olga: Player, operator: Operator, game: Game
) -> None:
    set_to(operator, useFixedCurrency="SILV")
    refused(CurrencyNotHeld, olga, operator)
    set_to(operator, useFixedCurrency="COIN", currenciesRestricted=["EUR"])
    refused(CurrencyNotAllowed, olga, operator)


@pytest.mark.parametrize("off", [{"enabled": False}, {"listing": "gone", "gone_at": NOW}])
def test_a_currency_that_is_off_is_refused_but_a_custom_one_is_the_casinos_own(
    olga: Player, operator: Operator, game: Game, off: dict[str, Any]
) -> None:
    Currency.objects.get_or_create(code="GOLD")
    OperatorCurrency.objects.create(operator=operator, currency_id="GOLD", **off)
    assert refused(CurrencyNotAllowed, olga, operator, currency="GOLD")[1] == (
        "GOLD is switched off for the operator, or gone from the platform's list."
    )
    set_to(operator, customCurrencies={"GOLD": 500})
    assert launch(olga, operator, currency="GOLD").currency == "GOLD"


def test_a_social_casino_takes_no_money(olga: Player, operator: Operator, game: Game) -> None:
    Currency.objects.get_or_create(code="IDR")
    Currency.objects.update_or_create(code="KIDR", defaults={"base_code": "IDR", "unit_factor": 1000})
    set_to(operator, isSocial=True, customCurrencies={"COIN": 1})
    assert refused(CurrencyIsMoney, olga, operator) == (
        "currency_is_money",
        "EUR is money, and the operator is a social casino (isSocial).",
        "This game cannot be played in your currency.",
    )
    refused(CurrencyIsMoney, olga, operator, currency="KIDR")
    assert launch(olga, operator, mode="fun").currency == "EUR"
    assert kept(olga, operator, currency="COIN")["social"] is True


def configure(game: Game, **more: Any) -> None:
    Currency.objects.get_or_create(code="EUR")
    facts = {"stakes": [10, 100, 1000], "max_payout": 1000, "currency_multiplier": 1}
    GameConfiguration.objects.create(game=game, currency_id="EUR", **(facts | more))


def test_max_exposure_caps_the_stakes_that_the_session_keeps(olga: Player, operator: Operator, game: Game) -> None:
    configure(game)
    assert kept(olga, operator) == {"game": {}, "multiplier": 1, "stakes": [10, 100, 1000]}
    set_to(operator, defaultSettings={"maxExposure": 100_000})
    assert kept(olga, operator) == {"game": {"maxExposure": 100_000}, "multiplier": 1, "stakes": [10, 100]}


def test_no_stake_under_max_exposure_is_no_launch(olga: Player, operator: Operator, game: Game) -> None:
    configure(game, stakes=[100])
    set_to(operator, defaultSettings={"maxExposure": 99_999})
    code, detail, _ = refused(NoStakeLeft, olga, operator)
    assert code == "no_stake_left"
    assert detail == (
        "No stake is left: 1.00 times 1,000 is 1,000.00 EUR, more than the 999.99 EUR that one round may pay. "
        "The cap is from defaultSettings."
    )


def test_multipliers_reach_the_session_and_stay_with_it(olga: Player, operator: Operator, game: Game) -> None:
    configure(game)
    set_to(operator, customCurrencyMultipliers={"HUF": 300}, customCurrencies={"GOLD": 500})
    assert kept(olga, operator, currency="HUF") == {"game": {}, "multiplier": 300, "stakes": [3000, 30000, 300000]}
    assert kept(olga, operator, currency="GOLD")["stakes"] == [5000, 50000, 500000]
    set_to(operator)
    assert Session.objects.order_by("pk")[0].effective_settings["multiplier"] == 300


def test_custom_stakes_reach_the_session_only_where_they_are_allowed(
    olga: Player, operator: Operator, game: Game
) -> None:
    configure(game)
    set_to(operator, defaultSettings={"customStakes": [25, 75]})
    assert kept(olga, operator) == {"game": {}, "multiplier": 1, "stakes": [10, 100, 1000]}
    set_to(operator, defaultSettings={"customStakes": [25, 75]}, allowCustomStakes=True)
    assert kept(olga, operator) == {"game": {"customStakes": [25, 75]}, "multiplier": 1, "stakes": [25, 75]}


@pytest.mark.parametrize("name", ["displayXRTP", "gambleEnabled", "displayCurrency", "reportAnimationEnd", "autoplay"])
def test_game_settings_reach_the_session_as_they_are(olga: Player, operator: Operator, game: Game, name: str) -> None:
    set_to(operator, defaultSettings={name: False})
    assert kept(olga, operator) == {"game": {name: False}}


def test_the_games_own_settings_win_and_the_profile_is_kept(olga: Player, operator: Operator, game: Game) -> None:
    set_to(
        operator,
        defaultProfile="jurisdiction-de",
        defaultSettings={"gambleEnabled": False, "maxExposure": 10**17},
        demoSettings={"gambleEnabled": False, "displayCurrency": False},
        defaultGameSpecificSettings={"game-bells": {"gambleEnabled": True}},
    )
    assert kept(olga, operator) == {
        "game": {"gambleEnabled": True, "maxExposure": 10**17},
        "profile": "jurisdiction-de",
    }


@pytest.mark.parametrize(("device", "open_in"), [("desktop", "frame"), ("mobile", "same_tab")])
def test_what_is_made_for_mobiles_is_shown_in_no_frame(
    olga: Player, operator: Operator, game: Game, device: str, open_in: str
) -> None:
    make_lobby(operator)
    assert launch(olga, operator, device=device).open_in == open_in
    assert launch(olga, operator, device=device, lobby_ref="portomaso").open_in == open_in


@pytest.mark.parametrize("device", ["desktop", "mobile"])
def test_a_lobby_that_demands_a_tab_gets_one(olga: Player, operator: Operator, device: str) -> None:
    make_lobby(operator, "live168")
    assert launch(olga, operator, device=device, lobby_ref="live168").open_in == "new_tab"
    by_vendor = make_lobby(operator, "main")
    Vendor.objects.filter(lobbies=by_vendor).update(vendor_ref="Live168")
    assert launch(olga, operator, device=device, lobby_ref="main").open_in == "new_tab"
