"""The games hizi has to begin with, its currencies, and how a game is configured in a currency."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sandbox.platform.draws import between, chance, pick

STUDIOS: Mapping[str, Sequence[str]] = {
    "hizi.io Games": ("Bells", "Fruits", "Hot Fruits", "Joker's Table", "Lucky Sevens", "Diamond Mine", "Aztec Dawn"),
    "Glühwerk": (
        "Brocken",
        "Glühwürmchen",
        "Rübezahl",
        "Loreley",
        "Till & Eulenspiegel",
        "Holle",
        "Alpenglühen",
        "Föhn",
    ),
    "Copper Kettle": (
        "Moonshine",
        "Still House",
        "Barrel Roll",
        "Bootlegger",
        "Rye Run",
        "Corn & Copper",
        "Angels' Share",
    ),
    "Paper Crane": (
        "Thousand Folds",
        "Koi Gate",
        "Inkstone",
        "Red Lantern",
        "Tea Horse Road",
        "Jade Abacus",
        "Silk Moth",
    ),
    "Second Harvest": (
        "Scarecrow",
        "Golden Acre",
        "Pumpkin Patch",
        "Windfall",
        "Hay Day Deluxe",
        "Orchard",
        "Last Wagon",
        "Harvest Moon",
    ),
}
# Where a title stands in its studio's row decides which of the two lists has it.
OLD_NAME, OLD_LIST_ONLY, NEW_LIST_ONLY = 1, 2, 2
# The document's own examples: two in the old list alone, one whose name is a hash.
TEST_GAMES = {"27ac1acbefb9496baec0192289f144b9": "Testgame 1", "7ca75731adea48b08cec72f0aac04d62": "Testgame 2"}
NAMELESS_GAME, NAMELESS = "0220f223d0754509bb2ad025d0efd719", "fbc207ffee11469a8010f7a6be00160f"
ALWAYS_SLUGS = frozenset({"Bells", "Fruits"})

# How many units of stake one unit of a game's ladder is.
MULTIPLIERS: Mapping[str, int] = {
    "EUR": 1,
    "USD": 1,
    "GBP": 1,
    "PLN": 5,
    "RON": 5,
    "SEK": 10,
    "NOK": 10,
    "CZK": 25,
    "JPY": 100,
    "HUF": 300,
    "IDR": 10000,
    "GOLD": 500,
}
NOT_OFFERED = frozenset({("game-fruits", "IDR")})

LADDER = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
LARGEST_EXPOSURE = 10_000_000
PAYOUTS = (1000, 2000, 2500, 5000, 10000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One game. `old_name` is None where the old list lacks it, `studio` where the extended list does."""

    code: str
    name: str
    studio: str | None = None
    old_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is the same in each currency: RTP in percent, odds as one in so many rounds, payout in stakes."""

    rtp: Decimal
    hundredfold_odds: int
    largest_win_odds: int
    largest_payout: int
    largest_payout_odds: int


BELLS = Measures(
    rtp=Decimal("96.19"),
    hundredfold_odds=5522,
    largest_win_odds=103680,
    largest_payout=1000,
    largest_payout_odds=2488327800,
)


@cache
def list_first_games() -> Mapping[str, Game]:
    """The games by their codes: 40, each in the old list, in the extended one, or in both."""
    games = [game for studio, titles in STUDIOS.items() for game in _make_games(studio, titles)]
    games += [Game(code=code, name=name, old_name=name) for code, name in TEST_GAMES.items()]
    games.append(Game(code=NAMELESS_GAME, name=NAMELESS, studio="hizi.io Games"))
    return {game.code: game for game in games}


def make_added_game(number: int) -> Game:
    """The game that the control API adds as its so many-th."""
    studio = pick(tuple(STUDIOS), "hizi added", number)
    return Game(code=f"game-added-{number:05}", name=f"Added {number}", studio=studio)


def measure(code: str) -> Measures:
    if code == "game-bells":
        return BELLS
    return Measures(
        rtp=Decimal(between(9150, 9680, "hizi rtp", code)).scaleb(-2),
        hundredfold_odds=between(800, 9000, "hizi hundredfold", code),
        largest_win_odds=between(20_000, 900_000, "hizi largest win", code),
        largest_payout=pick(PAYOUTS, "hizi payout", code),
        largest_payout_odds=between(10**8, 10**11, "hizi largest payout", code),
    )


def list_stakes(largest_payout: int) -> list[int]:
    """The ladder as far as the largest payout of its top stays within the exposure allowed."""
    return [stake for stake in LADDER if stake * largest_payout <= LARGEST_EXPOSURE]


def is_offered(code: str, currency: str) -> bool:
    return (code, currency) not in NOT_OFFERED


def configure(code: str, currency: str, rtp: Decimal | None, operator_id: str) -> dict[str, Any]:
    """A game's configuration: stakes on the ladder, exposures in minor units times the multiplier."""
    measures = measure(code)
    multiplier = MULTIPLIERS[currency]
    stakes = list_stakes(measures.largest_payout)
    return {
        "stakes": stakes,
        "currency": currency,
        "currencyMultiplier": multiplier,
        "expectedRtp": measures.rtp if rtp is None else rtp,
        "oneHundredXOdds": measures.hundredfold_odds,
        "maxWinOdds": measures.largest_win_odds,
        "maxPayout": measures.largest_payout,
        "maxPayoutOdds": measures.largest_payout_odds,
        "maxExposure": LARGEST_EXPOSURE * multiplier,
        "calculatedMaxExposure": stakes[-1] * measures.largest_payout * multiplier,
        "operator": operator_id,
    }


def _make_games(studio: str, titles: Sequence[str]) -> Iterator[Game]:
    for place, title in enumerate(titles):
        in_old_list = place < len(titles) - NEW_LIST_ONLY
        yield Game(
            code=_code_of(title),
            name=title,
            studio=None if place == OLD_LIST_ONLY else studio,
            old_name=(f"{title} HTML5" if place == OLD_NAME else title) if in_old_list else None,
        )


def _code_of(title: str) -> str:
    if title in ALWAYS_SLUGS or chance(0.4, "hizi slug", title):
        return "game-" + re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    return hashlib.md5(title.encode()).hexdigest()
