"""Write JSON with every digit of its numbers, for people and for the database."""

import json
from decimal import Decimal
from typing import Any


def write_json(value: Any, indent: int | None = 2) -> str:
    """Return a value as JSON text in the order of its keys; numbers keep all their digits.

    With an indent, lists of plain values stay on one line. Without, nothing is broken into lines.
    """
    return _write(value, indent, "")


class ExactEncoder(json.JSONEncoder):
    """Encodes Decimals as numbers, digit by digit."""

    def encode(self, o: Any) -> str:
        """Write in one line."""
        return write_json(o, indent=None)


class ExactDecoder(json.JSONDecoder):
    """Decodes numbers with a fraction as Decimals."""

    def __init__(self) -> None:
        super().__init__(parse_float=Decimal)


def _write(value: Any, indent: int | None, margin: str) -> str:
    if isinstance(value, dict):
        members = [
            f"{_write_plain(key)}: {_write(item, indent, _inner(indent, margin))}" for key, item in value.items()
        ]
        return _enclose("{", members, "}", indent, margin)
    if isinstance(value, list | tuple):
        items = [_write(item, indent, _inner(indent, margin)) for item in value]
        plain = not any(isinstance(item, dict | list | tuple) for item in value)
        return _enclose("[", items, "]", None if plain else indent, margin)
    return _write_plain(value)


def _write_plain(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _inner(indent: int | None, margin: str) -> str:
    return margin + " " * (indent or 0)


def _enclose(opening: str, parts: list[str], closing: str, indent: int | None, margin: str) -> str:
    if indent is None or not parts:
        return opening + ", ".join(parts) + closing
    lines = ",\n".join(_inner(indent, margin) + part for part in parts)
    return f"{opening}\n{lines}\n{margin}{closing}"
