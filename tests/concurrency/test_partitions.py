"""A month's partition is made under play, beside whoever reads the ledger for long; and afterwards, for stray rows."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from tests.concurrency.at_once import at_once
from tests.concurrency.test_controls import CANCEL, CHANGE, STATUS, Table, number
from tests.databases import application_url, open_instead, scratch_database
from wallet import ledger
from wallet.ledger import LedgerTimeout, LedgerUnavailable

pytestmark = pytest.mark.xdist_group("races")
FAR = date(2050, 1, 1)
ROOT = Path(__file__).parents[2]
ROWS = "SELECT json_agg(row ORDER BY transaction_id) FROM wallet_ledgerrow AS row"
PLACES = """
SELECT array_agg(place ORDER BY place)
FROM (SELECT tableoid::regclass || ' ' || count(*) AS place FROM wallet_ledgerrow GROUP BY tableoid)
"""


@pytest.fixture
def table(committed_db: None) -> Iterator[Table]:
    with scratch_database() as address:
        yield Table(address)


def make_partition(table: Table, month: date = FAR) -> str:
    with open_instead(table.address):
        try:
            return ledger.create_partition(date=month)
        except LedgerTimeout:
            return "timeout"
        except LedgerUnavailable as refused:
            return str(refused).splitlines()[0]


def test_bets_go_on_and_the_partition_waits_for_another_time_while_the_ledger_is_read(table: Table) -> None:
    canceled = number()
    assert table.call(CHANGE, amount=1, number=canceled) == "applied"
    with psycopg.connect(table.address) as reader:
        reader.execute("SELECT count(*) FROM wallet_ledgerrow")
        started = time.perf_counter()

        def bet() -> str:
            time.sleep(0.3)
            return str(table.call(CHANGE, amount=1, number=number()))

        assert at_once([lambda: make_partition(table), bet]) == ["timeout", "applied"]
        assert time.perf_counter() - started < 3
        assert table.call(CANCEL, number=canceled) == "canceled"
    assert make_partition(table) == "wallet_ledgerrow_y2050m01"


def test_bet_that_is_being_booked_does_not_hold_the_partition_up(table: Table) -> None:
    with psycopg.connect(table.address) as other:
        assert table._ask(other, 0, CHANGE, {"amount": 1, "number": number()}) == "applied"
        assert make_partition(table) == "wallet_ledgerrow_y2050m01"


def test_stray_rows_of_several_months_get_their_partitions_by_what_operations_says(table: Table) -> None:
    table.run("UPDATE wallet_session SET expires_at = '2060-01-01'")
    before = table.run(PLACES)
    moments = [datetime(2050, month, day, 23, 59, 59, tzinfo=UTC) for month, day in ((1, 31), (2, 1), (2, 28), (4, 30))]
    asked = [number() for _ in moments]
    booked = [table.call(CHANGE, amount=1, number=each, now=now) for each, now in zip(asked, moments, strict=True)]
    assert (booked, table.run(PLACES)) == (["applied"] * 4, ["wallet_ledgerrow_default 4", *before])
    assert "default partition" in make_partition(table, date(2050, 2, 1))
    rows = table.run(ROWS)
    (steps,) = re.findall(r"```sql\n(DO .*?)```", (ROOT / "docs/operations.md").read_text(), re.DOTALL)
    table.run(steps)
    made = [f"wallet_ledgerrow_y2050m{month}" for month in ("01", "02", "04")]
    assert table.run(PLACES) == [*before, *(f"{name} {count}" for name, count in zip(made, (1, 2, 1), strict=True))]
    assert table.run(ROWS) == rows
    assert make_partition(table, date(2050, 2, 1)) == made[1]
    assert make_partition(table, date(2050, 3, 1)) == "wallet_ledgerrow_y2050m03"
    assert table.call(STATUS, number=asked[0]) is not None
    assert table.call(CHANGE, amount=1, number=asked[0]) == "replayed"
    assert table.call(CANCEL, number=asked[1], now=moments[3]) == "canceled"
    assert table.call(CHANGE, amount=1, number=number(), now=datetime(2051, 1, 1, tzinfo=UTC)) == "applied"
    assert table.run(PLACES)[0] == "wallet_ledgerrow_default 1"
    for name in ("wallet_ledgerrow_default", *made):
        for statement in (f"TRUNCATE {name}", f"DELETE FROM {name}", f"UPDATE {name} SET amount = 2"):
            with pytest.raises(psycopg.Error, match="the ledger is append-only"):
                table.run(statement)
        with psycopg.connect(application_url(table.address.rpartition("/")[2])) as own:
            own.execute(f"SELECT FROM {name}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                own.execute(f"INSERT INTO {name} SELECT * FROM {name}".encode())
    command = [sys.executable, "manage.py", "verify_ledger"]
    environment = os.environ | {"DATABASE_URL": table.address}
    proved = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert proved.returncode == 0
    assert proved.stdout.startswith("7 rows of 2 accounts")
    assert proved.stdout.endswith(": 0 differences\n")
