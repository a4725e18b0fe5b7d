"""When a process says that it can take traffic; the ledger's partitions are in tests/wallet/test_upkeep.py."""

import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from config.readiness import list_faults, list_last_migrations
from config.readings import Reading
from dev.processes import free_port
from tests.databases import open_instead, postgres_url


@pytest.mark.django_db
def test_database_that_is_behind_the_code_is_told() -> None:
    newest = sorted(name for name in list_last_migrations() if name.startswith("wallet."))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app || '.' || name = ANY(%s)", [newest])
    assert len(newest) == 1
    assert list_faults() == ["migrations are not applied"]


@pytest.mark.django_db
def test_database_that_is_ahead_of_the_code_is_no_fault() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('wallet', '9999_to_come', now())")
    assert list_faults() == []


@pytest.mark.django_db
def test_database_that_does_not_answer_is_told() -> None:
    facts = psycopg.conninfo.conninfo_to_dict(postgres_url())
    gone = f"postgresql://{facts['user']}:x@127.0.0.1:{free_port()}/{settings.DATABASES['default']['NAME']}"
    with open_instead(gone):
        assert list_faults() == ["the database does not answer"]


def test_however_many_ask_it_is_read_once_in_its_time() -> None:
    read: list[float] = []

    def note() -> int:
        read.append(time.monotonic())
        return len(read)

    reading = Reading(note, seconds=0.2, patience=2)
    told = [reading.take() for _ in range(1_000)]
    assert (set(told), len(read)) == ({1}, 1)
    time.sleep(0.25)
    assert [reading.take(), reading.take()] == [2, 2]


def test_reading_that_hangs_holds_nobody_up_and_is_not_begun_again() -> None:
    goes_on = threading.Event()
    begun: list[int] = []

    def hang() -> None:
        begun.append(1)
        goes_on.wait(10)

    reading = Reading(hang, seconds=0, patience=0.05)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            reading.take()
    assert len(begun) == 1
    goes_on.set()
