"""A month's partition is made under play, beside whoever reads the ledger for long, as a backup does."""

import time
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from tests.concurrency.at_once import at_once
from tests.concurrency.test_controls import CANCEL, CHANGE, Table, number
from tests.databases import open_instead, scratch_database
from wallet import ledger
from wallet.ledger import LedgerTimeout

pytestmark = pytest.mark.xdist_group("races")
FAR = date(2050, 1, 1)


@pytest.fixture
def table(committed_db: None) -> Iterator[Table]:
    with scratch_database() as address:
        yield Table(address)


def make_partition(table: Table) -> str:
    with open_instead(table.address):
        try:
            return ledger.create_partition(date=FAR)
        except LedgerTimeout:
            return "timeout"


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
