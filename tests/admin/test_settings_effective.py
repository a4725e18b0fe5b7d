"""A game's page: the settings that a launch gets, key by key with their layer, and the stakes that these leave."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Currency, GameConfiguration
from operators.services.settings import save_settings
from tests.admin.house import House
from tests.admin.reading import words_of
from tests.operators.making import NOW, STAFF

SETTINGS = """{
  "defaultSettings": {"maxExposure": 25000, "gambleEnabled": false},
  "demoSettings": {"gambleEnabled": true},
  "customCurrencies": {"GOLD": 500}
}"""


@pytest.fixture
def page(boss: Client, house: House) -> str:
    Currency.objects.get_or_create(code="EUR")
    GameConfiguration.objects.create(
        game=house.game, currency_id="EUR", currency_multiplier=1, stakes=[20, 100], max_payout=1000
    )
    save_settings(operator=house.operator, text=SETTINGS, reason="x", by=STAFF, now=NOW)
    return words_of(boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])))


def test_each_key_names_its_layer_and_what_it_overrode(page: str) -> None:
    assert "maxExposure 25000 250.00 EUR defaultSettings 25000 250.00 EUR defaultSettings" in page
    assert "gambleEnabled false off defaultSettings true on demoSettings, over false of defaultSettings" in page


def test_the_ladders_tell_what_remains_and_why_the_rest_falls_away(page: str) -> None:
    assert (
        "EUR 0.20 from the platform's configuration "
        "1.00 1.00 times 1,000 is 1,000.00 EUR, more than the 250.00 EUR that one round may pay. "
        "1 the platform's configuration 250.00 defaultSettings"
    ) in page
    assert "GOLD 100.00 from the platform's configuration 500.00 500.00 times 1,000 is 500,000.00 GOLD" in page


def test_ladders_for_fun_are_told_apart_where_they_differ(boss: Client, house: House, page: str) -> None:
    assert "for fun" not in page
    text = """{
      "defaultSettings": {"maxExposure": 25000}, "demoSettings": {"maxExposure": 200000},
      "currenciesRestricted": ["EUR"], "customCurrencies": {"GOLD": 500}
    }"""
    save_settings(operator=house.operator, text=text, reason="x", by=STAFF, now=NOW)
    told = words_of(boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])))
    assert "EUR for money 0.20 from the platform's configuration 1.00 1.00 times 1,000" in told
    assert "EUR for fun 0.20 · 1.00 from the platform's configuration" in told
    assert "2,000.00 demoSettings" in told
    assert "GOLD" not in told.partition("Settings that a launch gets")[2].partition("How it changed")[0]


def test_custom_stakes_of_a_game_without_a_configuration_are_told_with_why_the_cap_leaves_them(
    boss: Client, house: House
) -> None:
    text = """{"defaultSettings": {"customStakes": [100, 30000], "maxExposure": 25000}, "allowCustomStakes": true}"""
    save_settings(operator=house.operator, text=text, reason="x", by=STAFF, now=NOW)
    house.operator.currencies.create(currency=Currency.objects.get_or_create(code="EUR")[0])
    told = words_of(boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])))
    assert "EUR 1.00 from customStakes 300.00 300.00 EUR are by themselves more than the 250.00 EUR" in told
    assert "How many times its stake the game may pay (maxPayout) is not known" in told
