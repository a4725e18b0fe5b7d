"""What the ledger's calls try a second time, and what they tell of at once."""

from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections

from config.places import open_nothing
from dev.processes import free_port
from wallet import ledger
from wallet.ledger import LedgerTimeout, LedgerUnavailable, _call

FAIL_ONCE = """
CREATE TEMPORARY SEQUENCE tries;
CREATE FUNCTION pg_temp.fail_once(_code text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('tries') = 1 THEN
        RAISE EXCEPTION 'failed' USING ERRCODE = _code;
    END IF;
    RETURN currval('tries');
END;
$$
"""


@pytest.fixture(autouse=True)
def tries(committed_db: None) -> Iterator[None]:
    """A function that fails with what it is given, the first time; it goes with the connection."""
    with connection.cursor() as cursor:
        cursor.execute(FAIL_ONCE)
    yield
    connection.close()


def count_tries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM tries")
        return int(cursor.fetchone()[0])


def fail_once(code: str) -> object:
    return _call("SELECT pg_temp.fail_once(%s)", (code,))


@pytest.mark.parametrize("code", ["WA001", "40P01", "40001"], ids=["reference taken", "deadlock", "serialization"])
def test_what_a_second_try_may_clear_is_tried_a_second_time(code: str) -> None:
    assert fail_once(code) == (2,)


@pytest.mark.parametrize("code", ["23505", "53100"])
def test_any_other_fault_is_told_at_once(code: str) -> None:
    with pytest.raises(LedgerUnavailable, match="failed"):
        fail_once(code)
    assert count_tries() == 1


@pytest.mark.parametrize("code", ["55P03", "57014"], ids=["lock", "statement"])
def test_time_out_is_told_at_once_and_as_such(code: str) -> None:
    with pytest.raises(LedgerTimeout, match="failed"):
        fail_once(code)
    assert count_tries() == 1


def test_first_try_that_took_the_callers_time_is_told_as_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "LONGEST_FIRST_TRY", 0.0)
    with pytest.raises(LedgerTimeout, match="failed"):
        fail_once("40P01")
    assert count_tries() == 1


def test_connection_that_died_is_opened_anew_and_the_call_repeated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()[0]
    connection.connection.close()
    assert _call("SELECT pg_backend_pid() <> %s", (before,)) == (True,)


@pytest.fixture
def another_connection() -> Iterator[None]:
    """What the test puts in the place of the thread's connection goes after it."""
    usual = connections[DEFAULT_DB_ALIAS]
    yield
    connections[DEFAULT_DB_ALIAS] = usual


@pytest.mark.usefixtures("another_connection")
def test_request_that_got_no_place_is_told_of_a_time_out() -> None:
    connections[DEFAULT_DB_ALIAS] = open_nothing()
    with pytest.raises(LedgerTimeout, match="no place to work at was free in time"):
        _call("SELECT %s", (1,))


@pytest.mark.usefixtures("another_connection")
def test_database_that_is_not_there_is_told_as_not_to_be_reached() -> None:
    connections[DEFAULT_DB_ALIAS] = absent = connections.create_connection(DEFAULT_DB_ALIAS)
    absent.settings_dict = {**absent.settings_dict, "HOST": "127.0.0.1", "PORT": free_port()}
    with pytest.raises(LedgerUnavailable, match="refused"):
        _call("SELECT %s", (1,))


def test_call_opens_the_connection_that_the_thread_has_not_yet() -> None:
    connection.close()
    assert _call("SELECT %s", (1,)) == (1,)
