"""How this protocol's fields are read, where its text and its examples disagree, and how ours are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from operators.platforms.base import Malformed
from operators.platforms.reading import LONGEST_TITLE, read_decimal, read_object, read_ref, read_text

# Numbers stay numbers: what we write again is what was sent.
ENCODER = msgspec.json.Encoder(decimal_format="number")


class InvalidPeriod(ValueError):
    """A period that ends before it has begun, or a time that does not say of which zone it is."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment to a later one, both with their zone.

    :raises InvalidPeriod:
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise InvalidPeriod("a period's times say their time zone")
        if self.starts_at >= self.ends_at:
            raise InvalidPeriod("a period ends after it begins")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an answer that is not what was asked for."""

    name: str
    asked: str
    answered: str


def write_time(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def write_amount(amount: Decimal) -> str:
    """Return an amount as text without an exponent.

    :raises ValueError: it is not a number above zero.
    """
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"{amount} is no amount to move or to bet")
    return format(amount, "f")


def first_of(raw: Mapping[str, Any], *names: str) -> Any:
    """Return what the first of these names that is there holds, or None."""
    return next((raw[name] for name in names if raw.get(name) is not None), None)


def read_optional_ref(value: Any) -> str:
    """Return an id, number or text, as text; empty where there is none."""
    return read_ref(value) or ""


def read_named(value: Any) -> tuple[str, str]:
    """Return id and name of what comes as an object, or as its bare id."""
    if not isinstance(value, dict):
        return read_optional_ref(value), ""
    ref = read_optional_ref(first_of(value, "id", "gameId"))
    return ref, read_text(first_of(value, "name", "label"), LONGEST_TITLE)


def read_count(value: Any) -> int | None:
    """Return a whole number that came as a number or as text."""
    number = read_decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def read_objects(value: Any) -> list[Mapping[str, Any]]:
    """Return a list's objects without what is none; an absent list is empty."""
    return [read_object(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def need_text(raw: Mapping[str, Any], name: str) -> str:
    """:raises Malformed: there is no such text."""
    if text := read_text(raw.get(name), LONGEST_TITLE):
        return text
    raise Malformed(f"the answer has no text “{name}”")


def need_amount(raw: Mapping[str, Any], name: str) -> Decimal:
    """:raises Malformed: there is no such amount."""
    amount = read_decimal(raw.get(name))
    if amount is None:
        raise Malformed(f"the answer has no amount “{name}”")
    return amount


def compare(*fields: tuple[str, object, object]) -> tuple[Difference, ...]:
    """Return the differences among (name, asked, answered)."""
    return tuple(
        Difference(name, str(asked), "" if answered is None else str(answered))
        for name, asked, answered in fields
        if asked != answered
    )
