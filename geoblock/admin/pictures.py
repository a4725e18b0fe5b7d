"""Blocked launches by country in pictures: a chart of the countries with the most, and a map of the world."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from geoblock.rules import find_name

BARS = 12
SHADES = 5
# No shape in backoffice/world.svg: nobody plays from there, or they are spread over two oceans.
OFF_MAP = {"AQ", "BV", "UM"}

Counted = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Step:
    """Counts that are drawn alike, in the shade of that number: 1 is the faintest."""

    least: int
    most: int
    shade: int


@dataclass(frozen=True, slots=True)
class Coloured:
    """A country on the map."""

    code: str
    name: str
    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class WorldMap:
    """The countries to colour, the legend, and what was counted where the map shows nothing, by name."""

    coloured: Sequence[Coloured]
    legend: Sequence[Step]
    elsewhere: Counted


def name_country(code: str) -> str:
    """Return a country's name for showing."""
    return find_name(code) or "Unknown"


def draw_map(counted: Counted) -> WorldMap:
    """Colour each country by its count."""
    shown = [(code, count) for code, count in counted if find_name(code) and code not in OFF_MAP]
    elsewhere = [(name_country(code), count) for code, count in counted if (code, count) not in shown]
    legend = list_steps(max((count for _, count in shown), default=0))
    coloured = [
        Coloured(code, name_country(code), count, next(step.shade for step in legend if count <= step.most))
        for code, count in shown
    ]
    return WorldMap(coloured, legend, elsewhere)


def list_steps(most: int) -> list[Step]:
    """Divide the counts from 1 to `most`: each step ends at so many times the end of the one before."""
    ends = sorted({round(most ** (number / SHADES)) for number in range(1, SHADES + 1)}) if most else []
    shades = [-(-number * SHADES // len(ends)) for number in range(1, len(ends) + 1)]
    return [Step(before + 1, end, shade) for (before, end), shade in zip(pairwise([0, *ends]), shades, strict=True)]


def draw_chart(counted: Counted) -> dict[str, str]:
    """Return a bar chart's data and options as the theme's component takes them; the last bar is that of all others."""
    bars = [(name_country(code), count) for code, count in counted[:BARS]]
    rest = counted[BARS:]
    if rest:
        bars.append((f"{len(rest)} more", sum(count for _, count in rest)))
    bar = {
        "label": "Refused",
        "data": [count for _, count in bars],
        "backgroundColor": "var(--color-primary-600)",
        "borderRadius": 2,
        "maxBarThickness": 22,
    }
    grey = "#6b7280"
    options = {
        "indexAxis": "y",
        "responsive": True,
        "maintainAspectRatio": False,
        "animation": False,
        "plugins": {"legend": {"display": False}},
        "scales": {
            "x": {
                "ticks": {"color": grey, "precision": 0, "maxTicksLimit": 6},
                "beginAtZero": True,
                "grid": {"tickWidth": 0},
            },
            "y": {"ticks": {"color": grey, "autoSkip": False}, "grid": {"display": False}},
        },
    }
    data = {"labels": [name for name, _ in bars], "datasets": [bar]}
    return {"data": json.dumps(data), "options": json.dumps(options)}
