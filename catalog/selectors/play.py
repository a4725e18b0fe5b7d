"""What is played of the catalogue, as the wallet counts it.

The wallet stands above the catalogue and is not imported here: the setting PLAY_FIGURES names the module that counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.db.models import QuerySet

from catalog.models import Game, Lobby


@dataclass(frozen=True, slots=True)
class OpenPlay:
    """How many sessions are open on some games and lobbies, and how many rounds are not finished.

    Only the newest so many sessions and rounds were looked at.
    """

    sessions: int
    rounds: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class Played:
    """What was played of one game in one currency, among the newest rounds."""

    currency: str
    rounds: int
    players: int
    bets: Decimal
    wins: Decimal
    last_at: datetime


class PlayFigures(Protocol):
    """What the module that counts has to offer."""

    def count_open_play(self, *, games: QuerySet[Game], lobbies: QuerySet[Lobby], now: datetime) -> OpenPlay:
        """Count what is open now."""

    def sum_played(self, *, games: QuerySet[Game]) -> Mapping[int, list[Played]]:
        """Add up what was played, by the game's key; the currency with the most rounds first."""


def play_figures() -> PlayFigures:
    """Return the module that counts."""
    return cast("PlayFigures", import_module(settings.PLAY_FIGURES))
