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
