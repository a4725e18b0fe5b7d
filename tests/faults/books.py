"""What the wallet acknowledged to the robot, held against the ledger row by row."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal

from tests.faults.house import House

LEDGER = """
SELECT t.reference, l.kind, p.user_id, a.currency, r.round_ref, l.amount
FROM wallet_ledgerrow l
JOIN wallet_transaction t ON t.id = l.transaction_id
JOIN wallet_account a ON a.id = l.account_id
JOIN wallet_player p ON p.id = a.player_id
JOIN operators_operator o ON o.id = l.operator_id
LEFT JOIN wallet_round r ON r.id = l.round_id
WHERE o.operator_ref = %s AND t.source = 'platform' AND t.reference IS NOT NULL
"""
REVERSED = """
SELECT o.reference, count(*)
FROM wallet_ledgerrow l
JOIN wallet_transaction o ON o.id = l.reverses_id
JOIN operators_operator n ON n.id = l.operator_id
WHERE n.operator_ref = %s
GROUP BY o.reference
"""
MOVEMENTS = "SELECT transaction_id, kind, user_id, currency, round_id, amount FROM movement"

Fact = tuple[str, str, str, str, Decimal]


@dataclass(frozen=True)
class Comparison:
    """How many movements and cancels were acknowledged, and how many the ledger lacks, has twice, or otherwise."""

    acknowledged: int
    lost: int
    doubled: int
    different: int

    @property
    def agrees(self) -> bool:
        return (self.lost, self.doubled, self.different) == (0, 0, 0)


def compare(house: House) -> Comparison:
    """Read the robot's journal, then the ledger: whatever the first has, the second must have, and once."""
    movements, canceled = read_journal(house)
    operator_ref = house.facts["operators"]["generic"]["operator_id"]
    booked: dict[str, list[Fact]] = defaultdict(list)
    for reference, kind, user_id, currency, round_ref, amount in house.ask(LEDGER, operator_ref):
        booked[reference].append((kind, user_id, currency, round_ref, amount))
    reversed_times = dict(house.ask(REVERSED, operator_ref))
    times = [len(booked[reference]) for reference in movements]
    times += [reversed_times.get(reference, 0) for reference in canceled]
    return Comparison(
        acknowledged=len(times),
        lost=times.count(0),
        doubled=sum(each > 1 for each in times) + sum(len(rows) > 1 for rows in booked.values()),
        different=sum(booked[reference] != [fact] for reference, fact in movements.items() if booked[reference]),
    )


def read_journal(house: House) -> tuple[dict[str, Fact], list[str]]:
    """The acknowledged movements by their ids, and the ids of those whose cancel was acknowledged."""
    path = house.folder / "sandbox" / "journal.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as journal:
        movements = dict(_read_movements(journal))
        canceled = [str(number) for (number,) in journal.execute("SELECT transaction_id FROM cancellation")]
    return movements, canceled


def _read_movements(journal: sqlite3.Connection) -> Iterator[tuple[str, Fact]]:
    for number, kind, user_id, currency, round_id, amount in journal.execute(MOVEMENTS):
        yield str(number), (kind.lower(), user_id, currency, str(round_id), Decimal(amount))
