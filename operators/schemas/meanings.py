"""What a value of an option means, in words."""

from decimal import Decimal, localcontext
from typing import Any

from operators.schemas.options import Option

SECOND = Decimal(1000)
# Digits; what is typed may be far out of range, and is to be shown as it is meanwhile.
LONGEST_MEANING = 400
SPANS = (("d", 86400 * SECOND), ("h", 3600 * SECOND), ("min", 60 * SECOND))


def describe_value(option: Option, value: Any) -> str:
    """Say what a value means: 25000000 is 250,000.00 EUR, 21600000 ms are 6 h; empty where it speaks for itself.

    Takes numbers, texts of digits, and lists of either.
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        meanings = [describe_value(option, item) for item in value]
        return ", ".join(meanings) if all(meanings) else ""
    number = _read(value)
    return "" if number is None else _describe_number(option.unit, number)


def _read(value: Any) -> Decimal | None:
    digits = str(value)
    return (
        Decimal(digits) if isinstance(value, int | Decimal) or (isinstance(value, str) and digits.isdecimal()) else None
    )


def _describe_number(unit: str, number: Decimal) -> str:
    with localcontext(prec=LONGEST_MEANING):
        return _describe_exactly(unit, number)


def _describe_exactly(unit: str, number: Decimal) -> str:
    if unit in {"minor EUR", "minor"}:
        return f"{number.scaleb(-2):,.2f}" + unit.removeprefix("minor")
    if unit in {"ms", "s"}:
        return _describe_span(number if unit == "ms" else number * SECOND)
    return f"times {number:,}" if unit == "factor" else ""


def _describe_span(milliseconds: Decimal) -> str:
    parts = []
    for name, size in SPANS:
        count, milliseconds = divmod(milliseconds, size)
        parts += [f"{count} {name}"] if count else []
    seconds = (milliseconds / SECOND).normalize()
    return " ".join([*parts, f"{seconds:f} s"] if seconds or not parts else parts)
