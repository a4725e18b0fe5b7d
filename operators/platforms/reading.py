"""Lenient readers of what platforms send: each returns what the value says, or that it says nothing usable."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

LONGEST_REF = 127
LONGEST_TITLE = 255
LONGEST_WORD = 64
# A description that comes without its language: ISO 639-2's code for “undetermined”.
UNKNOWN_LANGUAGE = "und"
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# As nearly all addresses look: what need not be taken apart to be known as one.
PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?(/[!-~]*)?")
NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
# No amount that anybody means is longer; one such as 1e999999 would fill the memory once it is written out.
LARGEST_EXPONENT = 40
TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6})\d{0,3})?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)
NEVER = datetime(1, 1, 1, tzinfo=UTC)
COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def read_ref(value: Any) -> str | None:
    """Return an id as text, or None where it is not usable as one."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if 0 < len(text) <= LONGEST_REF and not CONTROL.search(text) and "|" not in text else None


def read_text(value: Any, longest: int) -> str:
    """Return a text without control characters, cut to a length; empty where it is none."""
    if not isinstance(value, str):
        return ""
    return (value if value.isprintable() else CONTROL.sub("", value)).strip()[:longest]


def read_flag(value: Any) -> bool:
    """Return whether 1, true, or either as a text was sent."""
    return value in (1, "1") or (isinstance(value, str) and value.lower() == "true")


def read_object(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def read_decimal(value: Any) -> Decimal | None:
    """Return a number, sent as one or as its text; None where it is none. Never from a float."""
    if isinstance(value, str):
        text = value.strip()
        return Decimal(text) if NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT else None


def read_count(value: Any) -> int | None:
    """Return a whole number that is not negative, sent as one or as its text; None where it is none."""
    number = read_decimal(value)
    return int(number) if number is not None and number >= 0 and number == number.to_integral_value() else None


def read_date(value: Any) -> date | None:
    """Return the day with which a text begins, as in 2024-05-10."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def read_time(value: Any) -> datetime | None:
    """Return a moment in UTC, to the microsecond; without an offset it is UTC. The first moment of year 1 means never.

    RFC 3339, with a blank for the T and up to nine fraction digits.
    """
    found = TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    day, clock, fraction, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0').ljust(6, '0')}{(offset or 'Z').upper()}")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if moment == NEVER else moment


def read_countries(value: Any) -> tuple[str, ...]:
    """Return codes of the shape of ISO 3166-1 alpha-2 or ISO 3166-2, in capitals, each once, in order."""
    texts = value if isinstance(value, list | tuple) else []
    codes = {text.strip().upper() for text in texts if isinstance(text, str)}
    return tuple(sorted(code for code in codes if COUNTRY.fullmatch(code)))


def read_description(value: Any) -> dict[str, str]:
    """Return texts by language; one that comes alone stands under UNKNOWN_LANGUAGE."""
    texts: Iterable[tuple[str, Any]] = read_object(value).items() or {UNKNOWN_LANGUAGE: value}.items()
    kept = ((language, _clean(text)) for language, text in texts if isinstance(text, str))
    return {language: text for language, text in kept if text}


def read_addresses(pictures: Mapping[str, Any]) -> dict[str, str]:
    """Return the web addresses of a map by name, as `read_web_address` reads each; the others are left out."""
    read = ((name, read_web_address(address)) for name, address in pictures.items())
    return {name: address for name, address in read if address}


def read_web_address(value: Any) -> str:
    """Return an http(s) address without white space, of which platforms send some; empty where it is none."""
    if not isinstance(value, str):
        return ""
    if PLAIN_ADDRESS.fullmatch(value):
        return value
    address = re.sub(r"\s+", "", value)
    try:
        parts = urlsplit(address)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and not CONTROL.search(address)
    except ValueError:
        return ""
    return address if whole else ""


def _clean(text: str) -> str:
    return (text if text.isprintable() else CONTROL.sub(" ", text)).strip()
