"""What the registry learns of a currency that a platform offers for the first time."""

from decimal import Decimal

import pytest

from catalog.models import Currency
from catalog.services.registry import register_currencies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "name", "decimals"),
    [("EUR", "Euro", 2), ("JPY", "Yen", 0), ("KWD", "Kuwaiti Dinar", 3), ("HUF", "Forint", 2), ("XAU", "Gold", 0)],
)
def test_an_iso_currency_has_the_standards_name_and_decimals(code: str, name: str, decimals: int) -> None:
    register_currencies([code])
    currency = Currency.objects.get(code=code)
    assert (currency.name, currency.decimals, currency.is_iso, currency.base_code) == (name, decimals, True, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("KVND", "Perhaps 1,000 VND: not in ISO 4217, staff have to say"),
        ("FUN", ""),
        ("KFUN", ""),
        ("eur", ""),
        ("K", ""),
    ],
)
def test_another_code_is_custom_and_never_guessed(code: str, hint: str) -> None:
    register_currencies([code])
    currency = Currency.objects.get(code=code)
    assert (currency.name, currency.decimals, currency.is_iso) == (hint, 2, False)
    assert (currency.base_code, currency.unit_factor) == ("", Decimal(1))


@pytest.mark.django_db
def test_the_unit_kidr_is_known_from_the_start() -> None:
    unit, base = Currency.objects.get(code="KIDR"), Currency.objects.get(code="IDR")
    assert (unit.base_code, unit.unit_factor, unit.is_iso) == ("IDR", Decimal(1000), False)
    assert (base.name, base.decimals, base.is_iso) == ("Rupiah", 2, True)


@pytest.mark.django_db
def test_what_staff_have_said_of_a_currency_stays() -> None:
    Currency.objects.create(code="KVND", name="Thousand Dong", base_code="VND", unit_factor=1000)
    register_currencies(["KVND", "VND", "KVND"])
    unit = Currency.objects.get(code="KVND")
    assert (unit.name, unit.base_code, unit.unit_factor) == ("Thousand Dong", "VND", Decimal(1000))
    assert Currency.objects.filter(code="VND").count() == 1
