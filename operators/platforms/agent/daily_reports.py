"""What a player won, lost and turned over, hour by hour in the agent's base currency, and added up by day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from operators.platforms.agent.fields import read_count
from operators.platforms.agent.paging import Page, read_page
from operators.platforms.base import Malformed
from operators.platforms.reading import read_decimal, read_time

ZERO = Decimal(0)
# Each amount by our name, and what the platform calls it.
AMOUNTS: Mapping[str, str] = {
    "player_win_loss": "playerWinLoss",
    "valid_turnover": "validTurnOver",
    "agent_win_loss": "agentWinLoss",
    "agent_commission": "agentCommission",
    "agent_contribution": "agentContribution",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of one hour or day in the agent's base currency."""

    player_win_loss: Decimal = ZERO
    valid_turnover: Decimal = ZERO
    agent_win_loss: Decimal = ZERO
    agent_commission: Decimal = ZERO
    agent_contribution: Decimal = ZERO
    free_round_count: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            player_win_loss=self.player_win_loss + other.player_win_loss,
            valid_turnover=self.valid_turnover + other.valid_turnover,
            agent_win_loss=self.agent_win_loss + other.agent_win_loss,
            agent_commission=self.agent_commission + other.agent_commission,
            agent_contribution=self.agent_contribution + other.agent_contribution,
            free_round_count=self.free_round_count + other.free_round_count,
        )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A UTC hour of a player. `player_free_round` is in the player's currency, which the row does not name."""

    hour_at: datetime
    figures: Figures
    player_free_round: Decimal
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportDay:
    """A UTC day of a player: its rows added up.

    Of `player_free_rounds` there is one for each row that has any: two may be in different currencies.
    """

    day: date
    rows: int
    figures: Figures
    player_free_rounds: tuple[Decimal, ...]


def parse_report(result: Mapping[str, Any]) -> Page[ReportRow]:
    """Return one page.

    :raises Malformed: there is no list of rows.
    """
    items = result.get("items", False)
    if items is not None and not isinstance(items, list):
        raise Malformed("the answer has no list “items”")
    return read_page(items or [], result.get("paginate"), _read_row)


def add_up_by_day(rows: Iterable[ReportRow]) -> tuple[ReportDay, ...]:
    """Return the days of these rows, the first one first."""
    in_order = sorted(rows, key=lambda row: row.hour_at)
    days = ((day, list(of_day)) for day, of_day in groupby(in_order, key=lambda row: row.hour_at.date()))
    return tuple(_add_up(day, of_day) for day, of_day in days)


def _add_up(day: date, rows: Sequence[ReportRow]) -> ReportDay:
    free_rounds = tuple(row.player_free_round for row in rows if row.player_free_round)
    return ReportDay(day, len(rows), sum((row.figures for row in rows), Figures()), free_rounds)


def _read_row(raw: Mapping[str, Any]) -> ReportRow | None:
    """A row with a sum that cannot be read is none: half of it would be a wrong figure."""
    hour_at, figures = read_time(raw.get("timestamp")), _read_figures(raw)
    free_round = read_decimal(raw.get("playerFreeRound", 0))
    if hour_at is None or figures is None or free_round is None:
        return None
    return ReportRow(hour_at, figures, free_round, raw)


def _read_figures(raw: Mapping[str, Any]) -> Figures | None:
    amounts = {name: read_decimal(raw.get(key)) for name, key in AMOUNTS.items()}
    readable = {name: amount for name, amount in amounts.items() if amount is not None}
    free_round_count = read_count(raw.get("freeRoundCount", 0))
    if len(readable) < len(amounts) or free_round_count is None:
        return None
    return Figures(free_round_count=free_round_count, **readable)
