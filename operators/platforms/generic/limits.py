"""How much of what the casino may lose at the platform is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from operators.platforms.base import Malformed
from operators.platforms.reading import LONGEST_WORD, read_decimal, read_flag, read_object, read_text


@dataclass(frozen=True, slots=True)
class BalanceLimits:
    """One pot, in the account's currency, and the same pot expressed in others: these are never added up.

    Where it is not `enabled`, the casino is not limited, and the rest is empty.
    """

    enabled: bool
    currency_code: str = ""
    available_balance: Decimal | None = None
    in_other_currencies: Mapping[str, Decimal] = field(default_factory=dict)
    limit_exceeded: bool = False


@dataclass(frozen=True, slots=True)
class GgrLimits:
    """The older form of the limit, on revenue. Where it is not `enabled`, the casino is not limited."""

    enabled: bool
    currency_code: str = ""
    limit: Decimal | None = None
    current_usage: Decimal | None = None
    percentage_usage: Decimal | None = None


def parse_balance_limits(answer: Any) -> BalanceLimits:
    """:raises Malformed: it does not say whether there is a limit, or not what is left of it."""
    raw = read_object(answer)
    if not _read_enabled(raw):
        return BalanceLimits(enabled=False)
    others = {
        read_text(code, LONGEST_WORD): read_decimal(read_object(pot).get("available_balance"))
        for code, pot in read_object(raw.get("currencies")).items()
    }
    return BalanceLimits(
        enabled=True,
        currency_code=_need_currency(raw),
        available_balance=_need(raw, "available_balance"),
        in_other_currencies={code: left for code, left in others.items() if left is not None},
        limit_exceeded=read_flag(raw.get("limit_exceeded")),
    )


def parse_ggr_limits(answer: Any) -> GgrLimits:
    """:raises Malformed: it does not say whether there is a limit, or not which."""
    raw = read_object(answer)
    if not _read_enabled(raw):
        return GgrLimits(enabled=False)
    return GgrLimits(
        enabled=True,
        currency_code=_need_currency(raw),
        limit=_need(raw, "limit"),
        current_usage=_need(raw, "current_usage"),
        percentage_usage=read_decimal(raw.get("percentage_usage")),
    )


def _read_enabled(raw: Mapping[str, Any]) -> bool:
    """Guessing would be dangerous both ways: a limit that is not seen, or one that is not there."""
    value = raw.get("enabled")
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise Malformed("the answer does not say whether there is a limit")


def _need_currency(raw: Mapping[str, Any]) -> str:
    if code := read_text(raw.get("currency"), LONGEST_WORD):
        return code
    raise Malformed("the limit has no currency")


def _need(raw: Mapping[str, Any], name: str) -> Decimal:
    number = read_decimal(raw.get(name))
    if number is None:
        raise Malformed(f"“{name}” is no number")
    return number
