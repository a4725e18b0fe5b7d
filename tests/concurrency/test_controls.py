"""The same races with a lock or an index taken away: they go wrong, so the tests beside this one can tell.

Each race is run in a database of its own, with a pause where the harm would be done: once with the functions as they
are, once without the lock.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.concurrency.at_once import at_once
from tests.databases import open_instead, scratch_database
from tests.wallet.platform import in_process, numbers
from tests.wallet.world import Seat, World
from wallet.ledger import digest_token

pytestmark = pytest.mark.xdist_group("races")

SQL = Path(__file__).parents[2] / "wallet/sql"
LOCK = re.compile(r"PERFORM pg_advisory_xact_lock(_shared)?\(_player_id\);")
PAUSE = "PERFORM pg_sleep(0.5);"
BALANCE_READ = "WHERE account.player_id = _player_id AND account.currency = _currency AND account.kind = 'player';"
KNOWN_READ = "WHERE owner_id = _operator_id AND reference = _reference AND source = 'platform';"
CHANGE = """
SELECT outcome FROM wallet_change_balance(
    %(operator)s, %(casino)s, false, false, 'bet', %(user)s, %(token)s, %(number)s, %(number)s, false, '200', 'EUR',
    %(amount)s, false, 1000, NULL, NULL, %(now)s
)
"""
CANCEL = """
SELECT wallet_cancel_transaction(%(operator)s, %(casino)s, false, %(user)s, %(number)s, %(number)s, false, %(now)s)
"""
WITHDRAW = """
SELECT outcome FROM wallet_move_cash(%(casino)s, 'withdrawal', %(user)s, %(number)s, 'EUR', 80, '{}', %(now)s)
"""
STATUS = "SELECT wallet_get_status(%(operator)s, %(casino)s, %(user)s, %(number)s)"


@pytest.fixture(scope="module")
def scratch(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), scratch_database() as address:
        yield address


class Table:
    """A player with 100.00 EUR in the scratch database, whose functions a test may rewrite."""

    def __init__(self, address: str) -> None:
        self.address = address
        for file in SQL.glob("*.sql"):
            self.run(file.read_text())
        with open_instead(address):
            self.world = World(in_process(Client()))
            self.seat: Seat = self.world.seat()

    def rewrite(self, function: str, *, after: str = "", locked: bool = True) -> None:
        """Put a pause after a statement of a function, and take its lock away unless `locked`."""
        text = (SQL / f"{function}.sql").read_text()
        if after:
            assert text.count(after) == 1
            text = text.replace(after, f"{after}\n    {PAUSE}")
        if not locked:
            assert len(LOCK.findall(text)) == 1
            text = LOCK.sub("", text)
        self.run(text)

    def run(self, statement: str) -> Any:
        """The one value that a statement answers, if any."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def call(self, statement: str, **facts: Any) -> Any:
        """What a function answers."""
        (answer,) = self.race((0, statement, facts))
        return answer

    def race(self, *calls: tuple[float, str, dict[str, Any]]) -> list[Any]:
        """What functions answer that are called at the same moment, or so many seconds after it."""
        with ExitStack() as stack:
            acts = []
            for delay, statement, facts in calls:
                connection = stack.enter_context(psycopg.connect(self.address, autocommit=True))
                acts.append(partial(self._ask, connection, delay, statement, facts))
            return at_once(acts)

    def _ask(
        self, connection: "psycopg.Connection[tuple[Any, ...]]", delay: float, statement: str, facts: dict[str, Any]
    ) -> Any:
        named = {
            "operator": self.world.operator.pk,
            "casino": self.world.casino.pk,
            "user": self.seat.user_id,
            "token": digest_token(self.seat.token),
            "now": datetime.now(UTC),
        }
        time.sleep(delay)
        try:
            row = connection.execute(statement, named | facts).fetchone()
        except psycopg.Error as error:
            return error.sqlstate
        assert row is not None
        return row[0]

    @property
    def balance(self) -> int:
        return int(self.run(f"SELECT balance FROM wallet_account WHERE id = {self.seat.account.pk}"))

    @property
    def rows(self) -> int:
        return int(self.run(f"SELECT last_number FROM wallet_account WHERE id = {self.seat.account.pk}"))


@pytest.fixture
def table(scratch: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Table]:
    """A table of the test's own: the functions are put back to what they are."""
    with django_db_blocker.unblock():
        yield Table(scratch)


@pytest.fixture
def own_table(committed_db: None) -> Iterator[Table]:
    """A table in a database that nobody else will use: its indexes may go."""
    with scratch_database() as address:
        yield Table(address)


def number() -> str:
    return str(next(numbers))


BOTH = [False, True]


def say(locked: bool) -> str:
    return "locked" if locked else "without the lock"


@pytest.mark.parametrize("locked", BOTH, ids=say)
def test_two_bets_of_80_on_100(table: Table, locked: bool) -> None:
    table.rewrite("wallet_change_balance", after=BALANCE_READ, locked=locked)
    found = table.race(*((0, CHANGE, {"amount": 80, "number": number()}) for _ in range(2)))
    expected = ["applied", "insufficient_funds"] if locked else ["applied", "applied"]
    assert (sorted(found), table.balance) == (expected, 20 if locked else -60)


@pytest.mark.parametrize("locked", BOTH, ids=say)
def test_two_withdrawals_of_80_of_100(table: Table, locked: bool) -> None:
    table.rewrite("wallet_move_cash", after=BALANCE_READ, locked=locked)
    found = table.race(*((0, WITHDRAW, {"number": number()}) for _ in range(2)))
    expected = ["applied", "insufficient_funds"] if locked else ["applied", "applied"]
    assert (sorted(found), table.balance) == (expected, 20 if locked else -60)


@pytest.mark.parametrize("locked", BOTH, ids=say)
def test_identical_bets_are_answered_with_the_same_balance(table: Table, locked: bool) -> None:
    table.rewrite("wallet_change_balance", after=BALANCE_READ, locked=locked)
    asked = {"amount": 10, "number": number()}
    found = table.race(*((0, CHANGE.replace("SELECT outcome", "SELECT balance"), asked) for _ in range(3)))
    assert {int(balance) for balance in found} == ({90} if locked else {90, 100})
    assert (table.balance, table.rows) == (90, 2)


@pytest.mark.parametrize("locked", BOTH, ids=say)
def test_status_of_a_bet_that_is_being_booked(table: Table, locked: bool) -> None:
    table.rewrite("wallet_get_status", locked=locked)
    table.rewrite("wallet_change_balance", after=BALANCE_READ)
    asked = {"amount": 10, "number": number()}
    found = table.race((0, CHANGE, asked), (0.2, STATUS, asked))
    assert found == ["applied", "booked" if locked else "unknown_transaction"]


@pytest.mark.parametrize("locked", BOTH, ids=say)
def test_cancel_of_a_bet_that_comes_meanwhile(table: Table, locked: bool) -> None:
    """Without the lock the index is left, and the cancel has to be called again."""
    table.rewrite("wallet_cancel_transaction", after=KNOWN_READ, locked=locked)
    asked = {"amount": 10, "number": number()}
    cancel, bet = table.race((0, CANCEL, asked), (0.2, CHANGE, asked))
    expected = ("unknown_transaction", "transaction_canceled", 100) if locked else ("WA001", "applied", 90)
    assert (cancel, bet, table.balance) == expected


@pytest.mark.parametrize("locked", BOTH, ids=say)
def test_two_cancels_of_one_bet(table: Table, locked: bool) -> None:
    """Without the lock the index is left, and refuses the second reversal with an error."""
    asked = {"amount": 10, "number": number()}
    assert table.call(CHANGE, **asked) == "applied"
    table.rewrite("wallet_cancel_transaction", locked=locked)
    table.rewrite("wallet_reverse", after="BEGIN")
    found = table.race(*((0, CANCEL, asked) for _ in range(2)))
    assert sorted(found) == (["canceled", "canceled_before"] if locked else ["23505", "canceled"])
    assert (table.balance, table.rows) == (100, 3)


def test_two_cancels_without_lock_and_index_reverse_twice(own_table: Table) -> None:
    table = own_table
    asked = {"amount": 10, "number": number()}
    assert table.call(CHANGE, **asked) == "applied"
    table.rewrite("wallet_cancel_transaction", locked=False)
    table.rewrite("wallet_reverse", after="BEGIN")
    table.run("DROP INDEX wallet_transaction_reversed_once")
    assert table.race(*((0, CANCEL, asked) for _ in range(2))) == ["canceled", "canceled"]
    assert (table.balance, table.rows) == (110, 4)


def test_two_players_with_the_same_id_without_the_index_book_it_twice(own_table: Table) -> None:
    table = own_table
    with open_instead(table.address):
        other = table.world.seat()
    clause = "ON CONFLICT (owner_id, reference, source) DO NOTHING"
    text = (SQL / "wallet_change_balance.sql").read_text()
    assert text.count(clause) == 1
    table.run(text.replace(clause, ""))
    table.run("ALTER TABLE wallet_transaction DROP CONSTRAINT wallet_transaction_once")
    asked = {"amount": 10, "number": number()}
    theirs = {"user": other.user_id, "token": digest_token(other.token)}
    assert table.race((0, CHANGE, asked), (0, CHANGE, asked | theirs)) == ["applied", "applied"]
    with open_instead(table.address):
        assert (table.balance, int(other.balance)) == (90, 90)
