"""Draws that stay the same for ever: taken from a hash of their key, so that no draw depends on another."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")

SEED = "casino sandbox 1"


def draw(*key: object) -> float:
    """A number from 0 up to but excluding 1, spread evenly over keys."""
    digest = hashlib.sha256("|".join(map(str, (SEED, *key))).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def chance(share: float, *key: object) -> bool:
    return draw(*key) < share


def pick(options: Sequence[Option], *key: object) -> Option:
    return options[int(draw(*key) * len(options))]


def between(low: int, high: int, *key: object) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw(*key) * (high - low + 1))
