"""What was played on `generic`, as the wallet acknowledged it: the platform's own books, in SQLite.

The game pages and the robot, a process of its own, write into the same file; reports and hand histories read it.
"""

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from sqlite3 import OperationalError, Row

from sandbox.database import Database
from sandbox.wallet_client import Reply, format_timestamp

FILE = "journal.sqlite3"
FLUSH_SECONDS = 0.25
# A cancel may be acknowledged before the answer to what it cancels is read, or without that one ever being read.
SCHEMA = """
    CREATE TABLE IF NOT EXISTS movement (
        operator_id TEXT NOT NULL,
        transaction_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        user_id TEXT NOT NULL,
        game_id TEXT NOT NULL,
        currency TEXT NOT NULL,
        round_id INTEGER NOT NULL,
        amount TEXT NOT NULL,
        reason TEXT NOT NULL,
        history_id TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (operator_id, transaction_id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS movement_at ON movement (operator_id, at);
    CREATE INDEX IF NOT EXISTS movement_round ON movement (operator_id, round_id);
    CREATE TABLE IF NOT EXISTS cancellation (
        operator_id TEXT NOT NULL,
        transaction_id INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (operator_id, transaction_id)
    ) WITHOUT ROWID
"""
# What comes again is the same transaction, told in other words perhaps: the first words count, as at the wallet.
WRITE_MOVEMENT = "INSERT OR IGNORE INTO movement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
WRITE_CANCELLATION = "INSERT OR IGNORE INTO cancellation VALUES (?, ?, ?)"
SUM = """
    SELECT game_id, currency, kind, reason = 'PROMO-FREESPIN' AS is_free, amount, count(*) AS times
    FROM movement
    WHERE operator_id = ? AND at BETWEEN ? AND ? AND NOT EXISTS (
        SELECT 1 FROM cancellation
        WHERE cancellation.operator_id = movement.operator_id
            AND cancellation.transaction_id = movement.transaction_id
    )
    GROUP BY game_id, currency, kind, is_free, amount
"""
FIND = "SELECT * FROM movement WHERE operator_id = ? AND transaction_id = ? AND history_id = ?"
LIST_ROUND = """
    SELECT movement.*, cancellation.at AS canceled_at
    FROM movement LEFT JOIN cancellation USING (operator_id, transaction_id)
    WHERE operator_id = ? AND round_id = ? AND user_id = ? AND game_id = ?
    ORDER BY transaction_id
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """One BET, WIN or REFUND; `at` is its transaction_timestamp, `canceled_at` empty while it stands."""

    transaction_id: int
    kind: str
    user_id: str
    game_id: str
    currency: str
    round_id: int
    amount: Decimal
    history_id: str
    at: str
    canceled_at: str


@dataclass(frozen=True, slots=True)
class Sum:
    """So many movements of one kind and amount in a game and currency, none of them canceled."""

    game_id: str
    currency: str
    kind: str
    is_free: bool
    amount: Decimal
    times: int


class Journal:
    """Written in batches: `note` only remembers, `flush` writes."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / FILE, SCHEMA)
        self._noted: deque[tuple[str, str, Mapping[str, object], datetime]] = deque()
        self._writing = threading.Lock()

    def note(self, operator_id: str, command: str, data: Mapping[str, object], reply: Reply) -> None:
        """Remember what the wallet acknowledged; anything else that it answered, or did not, leaves no trace."""
        if reply.ok and command in {"changebalance", "cancel"}:
            self._noted.append((operator_id, command, data, datetime.now(UTC)))

    def flush(self) -> None:
        """Write down what was noted. On an error all of it is kept for the next time."""
        with self._writing:
            noted = [self._noted.popleft() for _ in range(len(self._noted))]
            try:
                self._write(noted)
            except BaseException:
                self._noted.extendleft(reversed(noted))
                raise

    @contextmanager
    def flushing(self) -> Iterator[None]:
        """Flush every now and then while the block lasts, in a thread of its own, and at its end."""
        ended = threading.Event()
        thread = threading.Thread(target=self._flush_until, args=[ended], name="journal")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.flush()
            self.close()

    def close(self) -> None:
        """Close this thread's connection to the file."""
        self._database.close()

    def sum_movements(self, operator_id: str, first: date, last: date) -> list[Sum]:
        """What stands of the days from first to last, by their UTC dates, in no order."""
        self.flush()
        rows = self._database.read(SUM, operator_id, f"{first} 00:00:00", f"{last} 23:59:59")
        return [_read_sum(row) for row in rows]

    def list_round(self, operator_id: str, transaction_id: int, history_id: str) -> list[Movement]:
        """All that the player of a transaction did in its round, in order; empty if the two ids do not go together."""
        self.flush()
        found = self._database.read(FIND, operator_id, transaction_id, history_id)
        if not found:
            return []
        around = [found[0][name] for name in ("round_id", "user_id", "game_id")]
        return [_read_movement(row) for row in self._database.read(LIST_ROUND, operator_id, *around)]

    def _flush_until(self, ended: threading.Event) -> None:
        while not ended.wait(FLUSH_SECONDS):
            # Whoever else writes has the file for long: next time, then.
            with suppress(OperationalError):
                self.flush()
        self.close()

    def _write(self, noted: Sequence[tuple[str, str, Mapping[str, object], datetime]]) -> None:
        movements = [_movement_row(operator, data) for operator, name, data, _ in noted if name == "changebalance"]
        cancels = [_cancellation_row(operator, data, at) for operator, name, data, at in noted if name == "cancel"]
        if noted:
            with self._database.transaction() as connection:
                connection.executemany(WRITE_MOVEMENT, movements)
                connection.executemany(WRITE_CANCELLATION, cancels)


def _movement_row(operator_id: str, data: Mapping[str, object]) -> tuple[object, ...]:
    context = data["context"]
    told = context if isinstance(context, Mapping) else {}
    return (
        operator_id,
        int(str(data["transaction_id"])),
        data["transaction_type"],
        str(data["user_id"]),
        str(data["game_id"]),
        data["currency_code"],
        int(str(data["round_id"])),
        str(data["amount"]),
        told.get("reason", ""),
        told.get("history_id", ""),
        data["transaction_timestamp"],
    )


def _cancellation_row(operator_id: str, data: Mapping[str, object], at: datetime) -> tuple[object, ...]:
    return operator_id, int(str(data["transaction_id"])), format_timestamp(at)


def _read_sum(row: Row) -> Sum:
    return Sum(
        game_id=row["game_id"],
        currency=row["currency"],
        kind=row["kind"],
        is_free=bool(row["is_free"]),
        amount=Decimal(row["amount"]),
        times=row["times"],
    )


def _read_movement(row: Row) -> Movement:
    return Movement(
        transaction_id=row["transaction_id"],
        kind=row["kind"],
        user_id=row["user_id"],
        game_id=row["game_id"],
        currency=row["currency"],
        round_id=row["round_id"],
        amount=Decimal(row["amount"]),
        history_id=row["history_id"],
        at=row["at"],
        canceled_at=row["canceled_at"] or "",
    )
