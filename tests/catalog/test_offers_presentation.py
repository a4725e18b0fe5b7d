"""Our own titles and pictures of games, and the registry of currencies: what staff write, checked and audited."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Currency, Game
from catalog.services.currencies import add_currency, change_currency
from catalog.services.presentation import present_game
from operators.models import AuditEntry
from tests.admin.house import House

BY = "staff:anna"
PICTURE = "https://cdn.casino.example/storms.png"


@pytest.fixture
def house(db: None) -> House:
    return House()


@pytest.fixture
def rupiah(db: None) -> Currency:
    facts = {"name": "Indonesian Rupiah", "decimals": 2, "is_iso": True}
    return Currency.objects.get_or_create(code="IDR", defaults=facts)[0]


def faults(error: ValidationError) -> list[str]:
    return sorted(error.message_dict)


def test_game_is_shown_under_our_title_and_picture_and_goes_back(house: House) -> None:
    game = present_game(game=house.game, title="  Storms  of\tGold ", thumbnail_url=PICTURE, by=BY)
    assert (str(game), Game.objects.get(pk=game.pk).thumbnail) == ("Storms of Gold", PICTURE)
    entry = AuditEntry.objects.get(action="present_game")
    assert entry.details["custom_title"] == {"from": "", "to": "Storms of Gold"}
    assert str(present_game(game=game, title="", thumbnail_url="", by=BY)) == "Game 200"


@pytest.mark.parametrize(
    "address",
    ["http://cdn.example/a.png", "javascript:alert(1)", "//cdn.example/a.png", "https://", "data:image/png;base64,x"],
)
def test_picture_that_is_not_https_is_refused(house: House, address: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        present_game(game=house.game, title="Storms", thumbnail_url=address, by=BY)
    assert faults(refusal.value) == ["custom_thumbnail_url"]
    assert Game.objects.get(pk=house.game.pk).custom_title == ""


def test_title_that_is_too_long_is_refused(house: House) -> None:
    with pytest.raises(ValidationError) as refusal:
        present_game(game=house.game, title="x" * 256, thumbnail_url="", by=BY)
    assert faults(refusal.value) == ["custom_title"]


def test_unit_of_a_currency_is_added_and_corrected(rupiah: Currency) -> None:
    unit = add_currency(
        code="QIDR", name="Hundred rupiah", decimals=2, base_code="IDR", unit_factor=Decimal(100), by=BY
    )
    change_currency(
        currency=unit, name="Thousand rupiah", decimals=2, base_code="IDR", unit_factor=Decimal(1000), by=BY
    )
    assert AuditEntry.objects.get(action="change_currency").details == {
        "name": {"from": "Hundred rupiah", "to": "Thousand rupiah"},
        "unit_factor": {"from": "100", "to": "1000"},
    }
    assert Currency.objects.get(code="QIDR").unit_factor == 1000


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"code": "IDR"}, "code"),
        ({"base_code": "XQQ", "unit_factor": Decimal(1000)}, "base_code"),
        ({"base_code": "QIDR", "unit_factor": Decimal(1000)}, "base_code"),
        ({"base_code": "UIDR", "unit_factor": Decimal(1000)}, "base_code"),
        ({"base_code": "IDR", "unit_factor": Decimal(0)}, "unit_factor"),
        ({"base_code": "IDR", "unit_factor": Decimal(-1)}, "unit_factor"),
        ({"unit_factor": Decimal(1000)}, "unit_factor"),
        ({"base_code": "IDR", "unit_factor": Decimal(1000), "is_iso": True}, "base_code"),
        ({"decimals": 9}, "decimals"),
    ],
)
def test_currency_whose_facts_do_not_fit_is_refused_by_the_field(
    rupiah: Currency, facts: dict[str, Any], fault: str
) -> None:
    Currency.objects.create(code="UIDR", base_code="IDR", unit_factor=10)
    known = Currency.objects.count()
    with pytest.raises(ValidationError) as refusal:
        add_currency(**{"code": "QIDR", "name": "", "decimals": 2, "by": BY, **facts})
    assert faults(refusal.value) == [fault]
    assert Currency.objects.count() == known


def test_decimals_of_an_iso_currency_are_not_ours_to_change(rupiah: Currency) -> None:
    with pytest.raises(ValidationError) as refusal:
        change_currency(currency=rupiah, name="Rupiah", decimals=0, base_code="", unit_factor=Decimal(1), by=BY)
    assert faults(refusal.value) == ["decimals"]
    assert Currency.objects.get(code="IDR").decimals == 2
