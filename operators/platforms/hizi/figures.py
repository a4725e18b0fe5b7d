"""Numbers in hizi's answers, which come as numbers and as texts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from operators.platforms.base import Malformed
from operators.platforms.reading import read_decimal

LARGEST = Decimal(10) ** 26


def read_figure(row: Mapping[str, Any], name: str, below: Decimal = LARGEST) -> Decimal | None:
    """Return a number, None where there is none.

    :raises Malformed: what is there is no number, or one larger than anything it could mean.
    """
    value = row.get(name)
    figure = read_decimal(value)
    if (figure is None and value not in (None, "")) or (figure is not None and abs(figure) >= below):
        raise Malformed(f"“{name}” is not a number")
    return figure
