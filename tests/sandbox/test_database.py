import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.database import Database

SCHEMA = """
    CREATE TABLE IF NOT EXISTS purse (owner TEXT PRIMARY KEY, amount TEXT NOT NULL);
    INSERT OR IGNORE INTO purse VALUES ('alice', '0')
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "deep" / "purse.sqlite3", SCHEMA)
    yield database
    database.close()


def amount_of(database: Database, owner: str) -> str:
    return str(database.read("SELECT amount FROM purse WHERE owner = ?", owner)[0]["amount"])


def test_what_a_transaction_did_is_read_by_another_process_of_the_file(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("UPDATE purse SET amount = '2.50' WHERE owner = 'alice'")
    again = Database(database.path, SCHEMA)
    assert amount_of(again, "alice") == "2.50"
    again.close()


def test_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail_halfway() -> None:
        with database.transaction() as connection:
            connection.execute("UPDATE purse SET amount = '2.50' WHERE owner = 'alice'")
            connection.execute("INSERT INTO purse VALUES ('alice', '1')")

    with pytest.raises(sqlite3.IntegrityError):
        fail_halfway()
    assert amount_of(database, "alice") == "0"
    with database.transaction() as connection:
        connection.execute("INSERT INTO purse VALUES ('bob', '1')")
    assert amount_of(database, "bob") == "1"


def test_nobody_writes_between_a_transactions_read_and_its_write(database: Database) -> None:
    def add_one_often() -> None:
        for _ in range(50):
            with database.transaction() as connection:
                amount = connection.execute("SELECT amount FROM purse WHERE owner = 'alice'").fetchone()["amount"]
                connection.execute("UPDATE purse SET amount = ? WHERE owner = 'alice'", [str(int(amount) + 1)])
        database.close()

    threads = [threading.Thread(target=add_one_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert amount_of(database, "alice") == "200"


def test_file_is_opened_by_many_at_the_same_moment(tmp_path: Path) -> None:
    problems: list[Exception] = []
    start = threading.Barrier(8)

    def open_it() -> None:
        start.wait()
        try:
            Database(tmp_path / "new.sqlite3", SCHEMA).close()
        except sqlite3.Error as problem:
            problems.append(problem)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
