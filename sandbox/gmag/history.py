"""The rounds as gmag tells of them now: those drawn, those that the control API added, and what it changed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from sandbox.database import Database
from sandbox.gmag.query import Query
from sandbox.gmag.rounds import Round, find_round, list_rounds, settle_late, with_wins

SCHEMA = """
CREATE TABLE IF NOT EXISTS added (round_id TEXT PRIMARY KEY, end_time TEXT NOT NULL, content TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS added_end_time ON added (end_time);
CREATE TABLE IF NOT EXISTS changed (round_id TEXT PRIMARY KEY, wins TEXT NOT NULL);
"""
ONE_MORE = Decimal("1.0000")


class UnknownRound(Exception):
    """The control API was told to change a round that gmag does not have."""


class History:
    """All rounds of a brand and its sub-brand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_found(self, query: Query, brand_id: int, now: datetime) -> list[Round]:
        """What a query finds, in the order in which the rounds ended."""
        changed = {row["round_id"]: Decimal(row["wins"]) for row in self._database.read("SELECT * FROM changed")}
        rounds = (_bring_up_to_date(each, changed, now) for each in self._list_ended(query, brand_id))
        found = [each for each in rounds if query.wants(each, brand_id)]
        return sorted(found, key=lambda each: (each.end_time, each.round_id))

    def add(self, rounds: Iterable[Round]) -> None:
        """Add rounds; one that was added before under the same id is replaced."""
        rows = [(each.round_id, each.end_time, msgspec.json.encode(each).decode()) for each in rounds]
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO added VALUES (?, ?, ?)", rows)

    def change(self, round_id: str, wins: Decimal | None, brand_id: int, now: datetime) -> Round:
        """Give a round other wins, or one unit more than it has.

        :raises UnknownRound: there is none of this id.
        """
        with self._database.transaction() as connection:
            played = self._find(round_id, brand_id)
            if played is None:
                raise UnknownRound(round_id)
            rows = connection.execute("SELECT * FROM changed WHERE round_id = ?", (round_id,))
            before = _bring_up_to_date(played, {row["round_id"]: Decimal(row["wins"]) for row in rows}, now)
            after = before.wins + ONE_MORE if wins is None else wins
            connection.execute("INSERT OR REPLACE INTO changed VALUES (?, ?)", (round_id, str(after)))
        return with_wins(played, after)

    def _find(self, round_id: str, brand_id: int) -> Round | None:
        rows = self._database.read("SELECT content FROM added WHERE round_id = ?", round_id)
        return msgspec.json.decode(rows[0]["content"], type=Round) if rows else find_round(round_id, brand_id)

    def _list_ended(self, query: Query, brand_id: int) -> Iterator[Round]:
        # A time without milliseconds sorts before the same time with them, so that texts compare as times do.
        window = "SELECT content FROM added WHERE end_time >= ? AND end_time < ?"
        for row in self._database.read(window, query.start_time, query.end_time):
            yield msgspec.json.decode(row["content"], type=Round)
        for minute in query.list_minutes():
            yield from list_rounds(minute, brand_id)


def _bring_up_to_date(played: Round, changed: Mapping[str, Decimal], now: datetime) -> Round:
    wins = changed.get(played.round_id)
    return settle_late(played, now) if wins is None else with_wins(played, wins)
