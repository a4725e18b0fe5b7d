"""The currencies that players have balances in, and amounts as the platform writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from sandbox.agent.refusals import Refusal

BASE_CURRENCY = "EUR"
AMOUNT = re.compile(r"[0-9]{1,15}(\.([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Currency:
    """`unit` is a round sum worth a euro or so; an amount times a rate is in the currency of settlement, or in EUR."""

    code: str
    decimals: int
    unit: int
    base_rate: Decimal
    settle_currency: str = BASE_CURRENCY
    settle_rate: Decimal = Decimal(0)

    def floor(self, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-self.decimals), ROUND_DOWN)


def _settled_in_euro(code: str, decimals: int, unit: int, rate: str) -> Currency:
    return Currency(code, decimals, unit, Decimal(rate), BASE_CURRENCY, Decimal(rate))


CURRENCIES: Mapping[str, Currency] = {
    currency.code: currency
    for currency in (
        _settled_in_euro("EUR", 2, 1, "1"),
        _settled_in_euro("GBP", 2, 1, "1.15"),
        _settled_in_euro("PLN", 2, 5, "0.23"),
        _settled_in_euro("CAD", 2, 1, "0.62"),
        _settled_in_euro("BRL", 2, 5, "0.16"),
        _settled_in_euro("TRY", 2, 50, "0.02"),
        _settled_in_euro("INR", 2, 100, "0.0098"),
        _settled_in_euro("MYR", 2, 5, "0.2"),
        _settled_in_euro("PHP", 2, 50, "0.015"),
        _settled_in_euro("THB", 2, 50, "0.026"),
        _settled_in_euro("HUF", 2, 500, "0.0025"),
        _settled_in_euro("IDR", 2, 5000, "0.0002"),
        _settled_in_euro("JPY", 0, 200, "0.0058"),
        _settled_in_euro("KRW", 0, 2000, "0.0006"),
        _settled_in_euro("VND", 0, 20000, "0.00004"),
        _settled_in_euro("KWD", 3, 1, "2.8"),
        Currency("USD", 2, 1, Decimal("0.86"), "USD", Decimal(1)),
    )
}


def get_currency(code: str) -> Currency:
    """:raises Refusal: the platform has no such currency."""
    currency = CURRENCIES.get(code)
    if currency is None:
        raise Refusal("CURRENCY_NOT_SUPPORTED")
    return currency


def read_amount(text: str, currency: Currency) -> Decimal:
    """A sum of money above zero.

    :raises Refusal: it is not one, or has more decimals than the currency.
    """
    match = AMOUNT.fullmatch(text)
    if not match or len(match[2] or "") > currency.decimals or not Decimal(text):
        raise Refusal("INVALID_AMOUNT", f"{text!r} is not an amount of {currency.code}")
    return Decimal(text)


def write_amount(amount: Decimal) -> str:
    """The amount without zeros that say nothing, never with an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
