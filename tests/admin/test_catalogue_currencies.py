"""Currencies in the admin: the registry that staff edit, and what each operator's platform offers."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Currency, OperatorCurrency, Vendor
from operators.models import AuditEntry
from tests.admin.house import House


@pytest.fixture
def rupiah(db: None) -> Currency:
    return Currency.objects.get_or_create(code="IDR", defaults={"name": "Rupiah", "is_iso": True})[0]


def test_unit_is_added_and_corrected(staff: Callable[..., Client], rupiah: Currency) -> None:
    client = staff("catalog.view_currency", "catalog.add_currency", "catalog.change_currency")
    data = {"code": "qidr", "name": "Q rupiah", "decimals": "2", "base_code": "idr", "unit_factor": "100"}
    assert client.post(reverse("admin:catalog_currency_add"), data).status_code == 302
    address = reverse("admin:catalog_currency_correct", args=["QIDR"])
    assert client.post(address, data | {"unit_factor": "1000"}).status_code == 302
    unit = Currency.objects.get(code="QIDR")
    assert (unit.base_code, unit.unit_factor) == ("IDR", Decimal(1000))
    page = client.get(reverse("admin:catalog_currency_change", args=["QIDR"])).content.decode()
    assert "1,000 <a" in page
    assert AuditEntry.objects.filter(by="staff:anna", action="change_currency").count() == 1


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"base_code": "XQQ", "unit_factor": "1000"}, "base_code"),
        ({"unit_factor": "1000"}, "unit_factor"),
        ({"code": "IDR"}, "code"),
        ({"code": "I-DR"}, "code"),
        ({"decimals": "9"}, "decimals"),
    ],
)
def test_fault_is_told_at_its_field(boss: Client, rupiah: Currency, data: dict[str, str], fault: str) -> None:
    sent = {"code": "QIDR", "name": "", "decimals": "2", "base_code": "", "unit_factor": "1"} | data
    answer = boss.post(reverse("admin:catalog_currency_add"), sent)
    assert list(answer.context["form"].errors) == [fault]
    assert not Currency.objects.filter(code="QIDR").exists()


def test_code_that_looks_like_a_unit_is_a_question_to_staff(boss: Client, db: None) -> None:
    Currency.objects.create(code="QUSD")
    page = boss.get(reverse("admin:catalog_currency_change", args=["QUSD"])).content.decode()
    assert "Nothing is guessed." in page


def test_staff_who_may_only_look_corrects_nothing(staff: Callable[..., Client], rupiah: Currency) -> None:
    client = staff("catalog.view_currency")
    assert client.get(reverse("admin:catalog_currency_change", args=["IDR"])).status_code == 200
    assert client.post(reverse("admin:catalog_currency_correct", args=["IDR"]), {"name": "x"}).status_code == 403
    assert client.get(reverse("admin:catalog_currency_add")).status_code == 403


def test_operators_currency_is_shown_with_its_multiplier_and_switched(
    boss: Client, house: House, rupiah: Currency
) -> None:
    offer = OperatorCurrency.objects.create(operator=house.operator, currency=rupiah, multiplier=Decimal("2000.5"))
    page = boss.get(reverse("admin:catalog_operatorcurrency_change", args=[offer.pk])).content.decode()
    assert "2,000.5" in page
    assert boss.post(reverse("admin:catalog_operatorcurrency_switch_off", args=[offer.pk])).status_code == 302
    offer.refresh_from_db()
    assert not offer.enabled


def test_vendor_is_shown_with_the_names_of_its_countries(boss: Client, house: House) -> None:
    vendor = Vendor.objects.create(
        operator=house.operator,
        vendor_ref="a1",
        title="Aurora",
        prohibited_countries=["TR", "DE"],
        restricted_countries=["UA-43"],
    )
    house.add_game("201", vendor=vendor, enabled=False)
    house.add_game("202", vendor=vendor)
    answer = boss.get(reverse("admin:catalog_vendor_change", args=[vendor.pk]))
    page = answer.content.decode()
    for told in ("Germany", "Türkiye", "Ukraine: UA-43"):
        assert told in page
    assert (answer.context["games_offered"], answer.context["games_off"]) == (1, 1)
    rows = boss.get(reverse("admin:catalog_vendor_changelist"), {"country": "DE"}).context["cl"].result_list
    assert [(row.pk, row.game_count) for row in rows] == [(vendor.pk, 2)]
