"""How far an operator may go in a month, and how much of that is used up by what was played."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.journal import Sum
from sandbox.platform.reports import as_number

GGR_CURRENCY = "EUR"
BALANCE_CURRENCY = "USD"
# Units for one dollar. What was played in another currency than these uses up nothing.
RATES: Mapping[str, Decimal] = {
    "USD": Decimal(1),
    "EUR": Decimal("0.9192"),
    "GBP": Decimal("0.8004"),
    "CHF": Decimal("0.8815"),
    "CAD": Decimal("1.3702"),
    "PLN": Decimal("3.9471"),
    "SEK": Decimal("10.5213"),
    "NOK": Decimal("10.8344"),
    "HUF": Decimal("362.15"),
    "JPY": Decimal("151.42"),
    "KRW": Decimal("1371.6"),
}
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest GGR of a month, in EUR, and the pot that a month's GGR is taken from, in USD; None: not limited."""

    ggr_limit: Decimal | None = Decimal(1111111)
    balance: Decimal | None = Decimal("107881.02")


def describe_ggr_limit(limits: Limits, sums: Sequence[Sum]) -> dict[str, object]:
    """The answer of ggrLimits, after the month's movements."""
    if limits.ggr_limit is None:
        return {"enabled": False}
    usage = convert(max(sum_ggr(sums), Decimal(0)), GGR_CURRENCY)
    share = usage * 100 / limits.ggr_limit if limits.ggr_limit else Decimal(100)
    return {
        "enabled": True,
        "currency": GGR_CURRENCY,
        "limit": as_number(limits.ggr_limit),
        "current_usage": as_number(usage),
        "percentage_usage": as_number(share.quantize(CENT)),
    }


def describe_balance(limits: Limits, sums: Sequence[Sum], currencies: Sequence[str]) -> dict[str, object]:
    """The answer of balanceLimits: one pot, told in each of the currencies that there is a rate for."""
    if limits.balance is None:
        return {"enabled": False}
    available = (limits.balance - sum_ggr(sums)).quantize(CENT)
    return {
        "enabled": True,
        "currency": BALANCE_CURRENCY,
        "available_balance": as_number(available),
        "currencies": {
            currency: {"available_balance": as_number(convert(available, currency))}
            for currency in currencies
            if currency in RATES
        },
        "limit_exceeded": available <= 0,
    }


def sum_ggr(sums: Sequence[Sum]) -> Decimal:
    """What the house kept of some movements, in dollars."""
    kept: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in sums:
        kept[each.currency] += each.amount * each.times * (1 if each.kind == "BET" else -1)
    return sum((amount / RATES[currency] for currency, amount in kept.items() if currency in RATES), Decimal(0))


def convert(dollars: Decimal, currency: str) -> Decimal:
    return (dollars * RATES[currency]).quantize(CENT)
