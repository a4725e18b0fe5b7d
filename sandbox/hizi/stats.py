"""getStats and getTicketStats: plays grouped, counted and added up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import falcon
import msgspec

from sandbox.hizi.plays import CENT, FIRST_DAY, Play, list_plays
from sandbox.hizi.problems import Problem, bad_parameter

TICKET_GROUPS = ("operator", "game", "currency", "stake")
GROUPS = {"money": (*TICKET_GROUPS, "mode", "environment", "language"), "tickets": TICKET_GROUPS}
# One may group by it, and the document's sample has no such column: an operator sees only what is its own.
NO_COLUMN = "operator"

Row = tuple[Any, ...]


class Period(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The days asked for, both included; open where there is none."""

    date_from: date | None = None
    date_to_including: date | None = None


class StatsQuery(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of both calls."""

    group_by: list[str]
    filter_by: Period = msgspec.field(default_factory=Period)
    show_totals: bool = False
    player_id: str | None = None

    @property
    def columns(self) -> list[str]:
        return [name for name in dict.fromkeys(self.group_by) if name != NO_COLUMN]


@dataclass
class Sums:
    """The figures of one row; players are counted, never added."""

    games: int = 0
    players: set[str] = field(default_factory=set)
    bet: Decimal = Decimal("0.00")
    win: Decimal = Decimal("0.00")
    bet_in_euro: Decimal = Decimal("0.00")
    win_in_euro: Decimal = Decimal("0.00")

    def add(self, play: Play) -> None:
        self.games += play.games
        self.players.add(play.player)
        self.bet += play.bet
        self.win += play.win
        self.bet_in_euro += play.bet_in_euro
        self.win_in_euro += play.win_in_euro

    def describe(self) -> dict[str, Any]:
        return {
            "games": self.games,
            "player": len(self.players),
            "bet": str(self.bet),
            "win": str(self.win),
            "betInEuro": str(self.bet_in_euro),
            "winInEuro": str(self.win_in_euro),
            "RTP": (self.win / self.bet * 100).quantize(CENT, ROUND_HALF_UP),
        }


def read_query(kind: str, body: bytes) -> StatsQuery:
    """Read and check a body. `kind` is `money` or `tickets`.

    :raises Problem: 400 INVALID_JSON, INVALID_PARAMETER or INVALID_GROUP_BY.
    """
    try:
        query = msgspec.json.decode(body, type=StatsQuery)
    except msgspec.ValidationError as error:
        raise bad_parameter() from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(falcon.HTTP_400, "INVALID_JSON") from error
    if not set(query.group_by) <= set(GROUPS[kind]):
        raise Problem(falcon.HTTP_400, "INVALID_GROUP_BY")
    first, last = query.filter_by.date_from, query.filter_by.date_to_including
    if first and last and first > last:
        raise bad_parameter()
    return query


def list_records(kind: str, query: StatsQuery, now: datetime) -> list[dict[str, Any]]:
    """The rows in order of day and group. Where currencies are not told apart, their amounts are added as they are."""
    columns = query.columns if query.show_totals else ["DAY", *query.columns]
    rows: defaultdict[Row, Sums] = defaultdict(Sums)
    for play in _find_plays(kind, query, now):
        rows[_group_of(play, columns)].add(play)
    return [dict(zip(columns, row, strict=True)) | rows[row].describe() for row in sorted(rows)]


def _group_of(play: Play, columns: Sequence[str]) -> Row:
    return tuple(play.at.date().isoformat() if name == "DAY" else getattr(play, name) for name in columns)


def _find_plays(kind: str, query: StatsQuery, now: datetime) -> Iterator[Play]:
    for day in _list_days(query.filter_by, now.date()):
        plays: Iterable[Play] = list_plays(kind, day)
        yield from (play for play in plays if play.at <= now and query.player_id in {None, play.player})


def _list_days(period: Period, today: date) -> Iterator[date]:
    first = max(period.date_from or FIRST_DAY, FIRST_DAY)
    last = min(period.date_to_including or today, today)
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
