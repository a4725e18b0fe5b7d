"""The catalogues of the sandbox's platforms, over HTTP: fetched, followed, untouched where a platform misbehaves."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from catalog.models import Change, Currency, Game, GameConfiguration, Lobby, OperatorCurrency, RunState, Vendor
from catalog.services.fetching import find_fetcher
from catalog.services.heartbeat import Progress
from operators.models import Operator
from operators.platforms.breakers import Breaker, connect_redis
from tests.catalog.conftest import Misbehave, OperatorAt
from tests.catalog.lists import LATER, changes_of, counted_writes, found_by, sync
from tests.operators.making import NOW

pytestmark = [pytest.mark.live, pytest.mark.django_db]

Order = Callable[..., None]
LISTING_CALLS = [
    ("generic", "games"),
    ("generic", "lobbies"),
    ("hizi", "getGameList"),
    ("hizi", "getCurrencyList"),
    ("hizi", "getGameConfiguration"),
    ("agent", "games"),
    ("agent", "providers"),
]
# What each kind of misbehaviour is called in the run's row, and what staff read of it.
MISBEHAVIOUR = {
    "http_500": ("HTTP_500", "the platform answered HTTP 500 (Internal Server Error)"),
    "http_429": ("HTTP_429", "the platform answered HTTP 429 (Too Many Requests)"),
    "html_502": ("HTTP_502", "the platform answered HTTP 502 (Bad Gateway)"),
    "html": ("BAD_REPLY", "the answer is a web page, not JSON"),
    "truncated": ("BAD_REPLY", "the answer is not JSON"),
    "wrong_types": ("BAD_REPLY", ""),
    "dropped": ("UNREACHABLE", "the connection broke off"),
    "slow": ("TIMEOUT", "the platform did not answer in time"),
    "late": ("TIMEOUT", "the platform did not answer in time"),
}


def catalogue_of(operator: Operator) -> list[Any]:
    """All that is known of what an operator offers."""
    sets = (
        Game.objects.filter(operator=operator),
        Lobby.objects.filter(operator=operator),
        Vendor.objects.filter(operator=operator),
        OperatorCurrency.objects.filter(operator=operator),
        GameConfiguration.objects.filter(game__operator=operator),
    )
    return [list(rows.order_by("pk").values()) for rows in sets]


def test_generics_games_lobbies_and_vendors_are_fetched(operator_at: OperatorAt) -> None:
    operator = operator_at("generic")
    run = sync(operator)
    assert run.state == RunState.APPLIED
    assert (run.counts["game"]["added"], run.counts["lobby"]["added"]) == (200, operator.lobbies.count())
    assert operator.lobbies.count() > 0
    named = {
        vendor for games in (operator.games, operator.lobbies) for vendor in games.values_list("vendor", flat=True)
    }
    assert set(operator.vendors.values_list("pk", flat=True)) == named
    with counted_writes() as written:
        assert sync(operator, LATER).state == RunState.UNCHANGED
    assert written == {"catalog_syncrun": 2}


def test_hizis_games_currencies_and_configurations_are_fetched(operator_at: OperatorAt) -> None:
    operator = operator_at("hizi")
    run = sync(operator)
    assert run.state == RunState.APPLIED
    games, currencies = operator.games.count(), operator.currencies.count()
    assert (games, currencies) == (run.counts["game"]["fetched"], run.counts["currency"]["fetched"])
    refused = run.counts["configuration"]["unreadable"]
    assert (run.counts["configuration"]["added"], refused) == (games * currencies - refused, 1)
    bells = GameConfiguration.objects.get(game__operator=operator, game__game_ref="game-bells", currency="EUR")
    assert bells.stakes == [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
    assert (bells.expected_rtp, bells.currency_multiplier, bells.max_payout) == (
        Decimal("96.19"),
        Decimal(1),
        Decimal(1000),
    )
    assert '"expectedRtp":96.19' in bells.raw
    zloty = operator.currencies.get(currency="PLN")
    assert (zloty.multiplier, zloty.currency.name, zloty.currency.decimals) == (Decimal(5), "Zloty", 2)
    assert set(operator.vendors.values_list("title", flat=True)) == set(
        operator.games.exclude(vendor=None).values_list("vendor__title", flat=True)
    )
    with counted_writes() as written:
        assert sync(operator, LATER).state == RunState.UNCHANGED
    assert written == {"catalog_syncrun": 2}


def test_the_progress_of_hizis_many_calls_is_counted(operator_at: OperatorAt) -> None:
    operator, progress = operator_at("hizi"), Progress()
    fetched = find_fetcher(operator)(operator, progress, NOW)
    assert fetched.currencies is not None
    calls = len(fetched.games.texts) * len(fetched.currencies.texts)
    assert (progress.phase, progress.done, progress.total) == ("Fetching game configurations", calls, calls)


def test_the_aggregators_games_and_providers_are_fetched(operator_at: OperatorAt) -> None:
    operator = operator_at("agent")
    run = sync(operator)
    assert (run.state, run.counts["game"]["added"]) == (RunState.APPLIED, operator.games.count())
    assert operator.games.filter(rtp=None).exists()
    assert operator.games.filter(free_rounds=True, rtp__gt=80).exists()
    assert operator.vendors.exclude(restricted_countries=[]).exists()
    assert operator.vendors.exclude(categories=[]).exists()
    with counted_writes() as written:
        assert sync(operator, LATER).state == RunState.UNCHANGED
    assert written == {"catalog_syncrun": 2}


def test_what_generic_takes_off_renames_and_adds_is_followed(operator_at: OperatorAt, order: Order) -> None:
    operator = operator_at("generic")
    sync(operator)
    gone, renamed = operator.games.order_by("game_ref").values_list("game_ref", "title")[:2]
    order("generic", remove=[gone[0]], rename={renamed[0]: "Another name"}, add=2)
    run = sync(operator, LATER)
    assert (run.counts["game"]["added"], run.counts["game"]["gone"], run.counts["game"]["changed"]) == (2, 1, 1)
    told = [change for change in changes_of(run) if change[2] in {"gone", "renamed"} and change[0] == "game"]
    assert ("game", gone[0], "gone", {}, {}) in told
    assert ("game", renamed[0], "renamed", {"title": renamed[1]}, {"title": "Another name"}) in told
    order("generic", reset=True)
    back = sync(operator, LATER)
    assert (back.counts["game"]["back"], back.counts["game"]["gone"]) == (1, 2)
    assert Game.objects.get(operator=operator, game_ref=gone[0]).gone_at is None


def test_a_configuration_that_hizi_refuses_stays_as_it_was(operator_at: OperatorAt, order: Order) -> None:
    operator = operator_at("hizi")
    sync(operator)
    game = operator.games.order_by("game_ref")[0]
    order("hizi", rtp={game.game_ref: "91.00"})
    run = sync(operator, LATER)
    rtps = {change[4]["expected_rtp"] for change in changes_of(run) if change[2] == "rtp"}
    assert (run.state, rtps) == (RunState.APPLIED, {91})
    assert {configuration.expected_rtp for configuration in game.configurations.all()} == {Decimal(91)}
    assert Change.objects.filter(run=run, kind="rtp")[0].title == game.title


def test_a_game_that_goes_takes_its_configurations_along(operator_at: OperatorAt, order: Order) -> None:
    operator = operator_at("hizi")
    sync(operator)
    game = operator.games.exclude(game_ref="game-bells").order_by("game_ref")[0]
    listed = game.configurations.filter(listing="listed").count()
    order("hizi", remove=[game.game_ref])
    run = sync(operator, LATER)
    assert (run.counts["game"]["gone"], run.counts["configuration"]["gone"]) == (1, listed)
    assert set(game.configurations.values_list("listing", "gone_at")) == {("gone", LATER)}


def test_countries_and_rtp_of_the_aggregator_are_followed(operator_at: OperatorAt, order: Order) -> None:
    operator = operator_at("agent")
    sync(operator)
    vendor, game = operator.vendors.order_by("vendor_ref")[0], operator.games.exclude(rtp=None).order_by("game_ref")[0]
    countries = {"restricted": ["FR", "UA-43"], "prohibited": ["US"]}
    order("agent", countries={vendor.vendor_ref: countries}, rtp={game.game_ref: "91.25"})
    run = sync(operator, LATER)
    kinds = {(change[0], change[1], change[2]) for change in changes_of(run)}
    assert kinds == {("vendor", vendor.vendor_ref, "countries"), ("game", game.game_ref, "rtp")}
    vendor.refresh_from_db()
    assert (vendor.restricted_countries, vendor.prohibited_countries) == (["FR", "UA-43"], ["US"])


def test_currencies_that_are_met_are_put_in_the_registry(operator_at: OperatorAt) -> None:
    operator = operator_at("hizi")
    Currency.objects.exclude(code__in=["IDR", "KIDR"]).delete()
    sync(operator)
    assert set(operator.currencies.values_list("currency", flat=True)) <= set(
        Currency.objects.values_list("code", flat=True)
    )
    euro = Currency.objects.get(code="EUR")
    assert (euro.name, euro.decimals, euro.is_iso, euro.base_code) == ("Euro", 2, True, "")


def close_circuit(operator: Operator) -> None:
    """Let the operator be called at once, whatever has failed."""
    Breaker(connect_redis(settings.REDIS_URL), f"operator:{operator.pk}").note_answer()


@pytest.mark.parametrize(("platform", "call"), LISTING_CALLS)
def test_each_kind_of_misbehaviour_is_told_and_changes_nothing(
    operator_at: OperatorAt, misbehave: Misbehave, order: Order, platform: str, call: str
) -> None:
    operator = operator_at(platform)
    sync(operator)
    before = catalogue_of(operator)
    order(platform, remove=[operator.games.order_by("game_ref").values_list("game_ref", flat=True)[0]])
    for kind, (code, words) in MISBEHAVIOUR.items():
        with misbehave(platform, call, kind, times=None, seconds=1, retry_after=0):
            run = sync(operator, LATER)
        told = (kind, run.state, run.error_code, found_by(run), changes_of(run))
        assert told == (kind, RunState.FAILED, code, {}, [])
        assert words in run.error
        assert run.error.startswith(("Fetching ", "Reading "))
        assert "The catalogue is as it was." in run.error
        assert catalogue_of(operator) == before
        close_circuit(operator)
    right = sync(operator, LATER)
    assert (right.state, right.counts["game"]["gone"]) == (RunState.APPLIED, 1)


def test_a_failure_that_passes_is_not_even_noticed(operator_at: OperatorAt, misbehave: Misbehave) -> None:
    operator = operator_at("generic")
    with misbehave("generic", "games", "http_500", times=1):
        assert sync(operator).state == RunState.APPLIED


def test_a_stranger_is_told_what_to_check(operator_at: OperatorAt) -> None:
    run = sync(operator_at("generic", secret="another secret"))
    assert (run.state, run.error_code) == (RunState.FAILED, "HTTP_403")
    assert run.error.endswith("Check the operator id and the secret, and have the platform allow our address.")


def test_a_platform_that_stays_dead_is_left_alone(operator_at: OperatorAt, misbehave: Misbehave) -> None:
    operator = operator_at("generic")
    with misbehave("generic", "games", "http_500", times=None):
        assert [sync(operator).error_code for _ in range(4)] == ["HTTP_500"] * 3 + ["CIRCUIT_OPEN"]
