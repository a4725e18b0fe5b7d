"""getStats and getTicketStats: what was bet and won, grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from operators.platforms.base import Malformed
from operators.platforms.hizi.figures import read_figure
from operators.platforms.reading import read_date

HUNDREDTH = Decimal("0.01")


class StatsColumn(StrEnum):
    """What statistics can be grouped by."""

    OPERATOR = "operator"
    GAME = "game"
    CURRENCY = "currency"
    STAKE = "stake"
    MODE = "mode"
    ENVIRONMENT = "environment"
    LANGUAGE = "language"


class TicketColumn(StrEnum):
    """What statistics of tickets can be grouped by."""

    OPERATOR = "operator"
    GAME = "game"
    CURRENCY = "currency"
    STAKE = "stake"


@dataclass(frozen=True, slots=True)
class StatsRecord:
    """One row of statistics: of a day, or of the whole period where `day` is None.

    `columns` holds what was grouped by, None where the platform does not say. Amounts are in major units.
    `unique_players` counts the players of this row and is never added up: who played on two days is in both.
    """

    day: date | None
    columns: Mapping[str, str | None]
    games: int
    unique_players: int | None
    bet: Decimal
    win: Decimal
    bet_in_euro: Decimal | None
    win_in_euro: Decimal | None
    platform_rtp: Decimal | None
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def rtp(self) -> Decimal | None:
        """What was won of what was bet, in per cent with two decimals; None where nothing was bet."""
        return (self.win / self.bet * 100).quantize(HUNDREDTH, ROUND_HALF_UP) if self.bet else None


def parse_records(answer: Any, columns: Sequence[str], known: Mapping[str, str], *, by_day: bool) -> list[StatsRecord]:
    """Return the rows of statistics; a column that they lack is filled with what is `known` of it.

    :raises Malformed: there is no list, or a row lacks its day (where they are by day) or an amount.
    """
    records = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise Malformed("there is no list “records” of objects")
    return [_read_record(record, columns, known, by_day) for record in records]


def _read_record(raw: Mapping[str, Any], columns: Sequence[str], known: Mapping[str, str], by_day: bool) -> StatsRecord:
    row = {name.casefold(): value for name, value in raw.items()}
    day = read_date(row.get("day"))
    if by_day and day is None:
        raise Malformed("a row of the daily statistics has no “DAY”")
    games, players = read_figure(row, "games"), read_figure(row, "player")
    return StatsRecord(
        day=day,
        columns={name: _read_column(row.get(name), known.get(name)) for name in columns},
        games=int(games or 0),
        unique_players=None if players is None else int(players),
        bet=_need_amount(row, "bet"),
        win=_need_amount(row, "win"),
        bet_in_euro=read_figure(row, "betineuro"),
        win_in_euro=read_figure(row, "winineuro"),
        platform_rtp=read_figure(row, "rtp"),
        raw=raw,
    )


def _read_column(value: Any, known: str | None) -> str | None:
    return known if value is None else str(value)


def _need_amount(row: Mapping[str, Any], name: str) -> Decimal:
    amount = read_figure(row, name)
    if amount is None:
        raise Malformed(f"a row of the statistics has no “{name}”")
    return amount
