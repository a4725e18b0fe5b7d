"""The stake ladder: configured stakes times the multiplier, those that could pay more than maxExposure fallen away."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Currency, Game, GameConfiguration, OperatorCurrency
from catalog.selectors.ladder import StakeLadder, find_stake_ladder
from tests.operators.making import make_casino, make_game, make_operator

pytestmark = pytest.mark.django_db

# The figures of document 000's getGameConfiguration.
STAKES = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
MAX_PAYOUT = 1000
MAX_EXPOSURE = 10_000_000


def make_configured(currency: str = "EUR", multiplier: int = 1, **settings: Any) -> Game:
    game = make_game(make_operator(make_casino(), settings=settings), "game-bells")
    configure(game, currency, multiplier)
    return game


def configure(game: Game, currency: str, multiplier: int, **more: Any) -> None:
    Currency.objects.get_or_create(code=currency)
    facts = {
        "stakes": STAKES,
        "max_payout": MAX_PAYOUT,
        "max_exposure": MAX_EXPOSURE * multiplier,
        "calculated_max_exposure": STAKES[-1] * MAX_PAYOUT * multiplier,
    }
    GameConfiguration.objects.create(game=game, currency_id=currency, currency_multiplier=multiplier, **(facts | more))


def figures(*values: object) -> tuple[object, ...]:
    """Figures to compare with whole numbers, which is what they are."""
    return values


def ladder_of(game: Game, currency: str = "EUR", **more: Any) -> StakeLadder:
    ladder = find_stake_ladder(game=game, currency=currency, **more)
    assert ladder is not None
    return ladder


def test_the_documents_top_stake_just_fits_its_exposure() -> None:
    ladder = ladder_of(make_configured())
    top = ladder.steps[-1]
    assert figures(top.stake, ladder.max_payout, top.exposure, ladder.cap) == (10_000, 1_000, 10_000_000, 10_000_000)
    assert figures(*ladder.remaining) == tuple(STAKES)
    assert figures(ladder.cap_source, ladder.multiplier_source) == ("the platform's configuration",) * 2


def test_a_stake_that_could_pay_a_cent_more_falls_away_with_the_reason() -> None:
    ladder = ladder_of(make_configured(defaultSettings={"maxExposure": 9_999_999}))
    assert figures(*ladder.remaining) == tuple(STAKES[:-1])
    assert figures(ladder.cap, ladder.cap_source) == (9_999_999, "defaultSettings")
    assert ladder.steps[-1].reason == (
        "100.00 times 1,000 is 100,000.00 EUR, more than the 99,999.99 EUR that one round may pay."
    )


def test_the_games_own_exposure_wins() -> None:
    game = make_configured(
        defaultSettings={"maxExposure": 50_000}, defaultGameSpecificSettings={"game-bells": {"maxExposure": 200_000}}
    )
    assert figures(*ladder_of(game).remaining) == (
        10,
        20,
        50,
        100,
        200,
    )


def test_the_demos_exposure_counts_for_fun_alone() -> None:
    game = make_configured(defaultSettings={"maxExposure": 10_000}, demoSettings={"maxExposure": 20_000})
    assert figures(*ladder_of(game).remaining) == (10,)
    assert figures(*ladder_of(game, for_fun=True).remaining) == (
        10,
        20,
    )


def test_a_multiplier_scales_stakes_and_cap_alike() -> None:
    game = make_configured("PLN", 5, defaultSettings={"maxExposure": 5_000_000})
    ladder = ladder_of(game, "PLN")
    assert figures(*ladder.remaining) == (
        50,
        100,
        250,
        500,
        1000,
        2500,
        5000,
        10000,
        25000,
    )
    assert figures(ladder.multiplier, ladder.cap) == (5, 25_000_000)


def test_the_platforms_own_cap_is_taken_to_another_currency() -> None:
    game = make_configured("EUR", 1, customCurrencies={"GOLD": 500})
    ladder = ladder_of(game, "GOLD")
    assert figures(ladder.remaining[0], ladder.remaining[-1], ladder.cap) == (5_000, 5_000_000, 5_000_000_000)
    assert figures(ladder.multiplier, ladder.multiplier_source) == (500, "customCurrencies")


def test_an_operators_multiplier_stands_in_for_the_platforms() -> None:
    game = make_configured("GBP", 1, customCurrencyMultipliers={"GBP": 2})
    ladder = ladder_of(game, "GBP")
    assert ladder.steps[0].stake == 20
    assert figures(ladder.multiplier, ladder.multiplier_source) == (2, "customCurrencyMultipliers")


def test_the_platforms_list_of_currencies_has_the_multiplier_where_the_game_has_none() -> None:
    game = make_configured("EUR", 1)
    Currency.objects.get_or_create(code="SEK")
    OperatorCurrency.objects.create(operator=game.operator, currency_id="SEK", multiplier=Decimal("10.5"))
    ladder = ladder_of(game, "SEK")
    assert figures(ladder.steps[0].stake, ladder.multiplier_source) == (105, "the platform's list of currencies")


def test_exposures_that_came_unmultiplied_are_multiplied() -> None:
    game = make_game(make_operator(make_casino()), "game-bells")
    configure(game, "PLN", 5, max_exposure=MAX_EXPOSURE, calculated_max_exposure=MAX_EXPOSURE)
    assert figures(ladder_of(game, "PLN").cap) == (50_000_000,)


def test_custom_stakes_count_only_where_they_are_allowed() -> None:
    own = {"customStakes": [250, 25], "maxExposure": 100_000}
    refused = ladder_of(make_configured(defaultSettings=own))
    assert figures(refused.source, refused.remaining) == ("the platform's configuration", [10, 20, 50, 100])
    allowed = ladder_of(make_configured(defaultSettings=own, allowCustomStakes=True))
    assert figures(allowed.source, allowed.remaining) == ("customStakes", [25])


def test_custom_stakes_are_in_the_currency_played_and_not_multiplied() -> None:
    game = make_configured(
        defaultSettings={"customStakes": [40]}, allowCustomStakes=True, customCurrencies={"GOLD": 500}
    )
    assert figures(*ladder_of(game, "GOLD").remaining) == (40,)


def test_the_social_casinos_cap_lets_every_stake_stand() -> None:
    game = make_configured(defaultSettings={"maxExposure": 10**17}, useFixedCurrency="COIN", isSocial=True)
    assert figures(*ladder_of(game, "COIN").remaining) == tuple(STAKES)


def test_a_game_that_does_not_say_what_it_pays_keeps_its_stakes() -> None:
    game = make_game(make_operator(make_casino(), settings={"defaultSettings": {"maxExposure": 10_000}}))
    configure(game, "EUR", 1, max_payout=None)
    ladder = ladder_of(game)
    assert figures(ladder.remaining, ladder.steps[0].exposure) == (STAKES, None)


def test_custom_stakes_of_a_game_that_does_not_say_what_it_pays_fall_away_above_the_cap_alone() -> None:
    own = {"customStakes": [100, 10_000, 10_001], "maxExposure": 10_000}
    game = make_game(make_operator(make_casino(), settings={"defaultSettings": own, "allowCustomStakes": True}))
    ladder = ladder_of(game)
    assert figures(ladder.source, ladder.remaining, ladder.cap) == ("customStakes", [100, 10_000], 10_000)
    assert ladder.steps[-1].reason == ("100.01 EUR are by themselves more than the 100.00 EUR that one round may pay.")
    assert ladder.remark == (
        "How many times its stake the game may pay (maxPayout) is not known: the platform's configuration does not say."
        " The cap takes away only stakes above it."
    )
    configure(game, "EUR", 1)
    assert figures(ladder_of(game).remaining, ladder_of(game).remark) == ([], "")


def test_a_game_without_a_configuration_has_no_ladder() -> None:
    game = make_game(make_operator(make_casino()))
    assert find_stake_ladder(game=game, currency="EUR") is None
    configure(game, "EUR", 1, listing="gone", gone_at="2026-11-20T00:00Z")
    assert find_stake_ladder(game=game, currency="EUR") is None
