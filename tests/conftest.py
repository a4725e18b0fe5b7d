"""What holds for every test: a hostile database and network, and a ledger that must add up afterwards."""

import gc
import random
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from config.celery import app
from dev.processes import free_port
from operators.services.exchanges import LOG
from tests.broker import TakeTasks, take_tasks
from tests.databases import template_of_this_database
from tests.wallet.invariants import find_faults, mark
from tests.wallet.platform import Transport, in_process

LOOPBACK = ("127.", "::1", "localhost")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "plants_faults: breaks the ledger on purpose, so that it is not checked")
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, only_to_loopback(getattr(socket.socket, name)))
    # pytest-django makes its database only if a test says `db`: one that says `committed_db` alone would write to the
    # database that DATABASE_URL names.
    patch.setattr("pytest_django.fixtures._get_databases_for_setup", lambda _items: ({DEFAULT_DB_ALIAS}, set()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put last what commits rows: the other tests may count all there is, and each worker runs in this order."""
    items.sort(key=commits_rows)


def pytest_collection_finish() -> None:
    """Thousands of tests are here to stay: to look through them for garbage again and again takes an eighth longer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def commits_rows(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return "committed_db" in fixtures or item.get_closest_marker("live") is not None


def only_to_loopback(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    """Let a socket reach this machine alone."""

    def connect_here(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address!r}")
        return connect(self, address)

    return connect_here


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's, kept as it is for scratch databases; no connection of a thread keeps it from being dropped."""
    with template_of_this_database():
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        connection.close()


@pytest.fixture
def committed_db(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a transaction around the test, for threads and server processes.

    What is written stays, as the ledger cannot be emptied: the test works in a casino of its own.
    """
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def ledger_adds_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with a database: all that the test booked adds up."""
    uses_db = request.node.get_closest_marker("django_db") is not None
    fixture = next((name for name in ("committed_db", "db") if name in request.fixturenames), "db" if uses_db else None)
    if fixture is None:
        yield
        return
    request.getfixturevalue(fixture)
    before = mark()
    yield
    LOG.flush()
    if request.node.get_closest_marker("plants_faults") is None:
        assert find_faults(before) == []


@pytest.fixture(autouse=True)
def no_order_unless_asked_for(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that nobody put in order come in a random one, as PostgreSQL may send them."""
    dice = random.Random(request.node.nodeid)
    fetch_all = QuerySet._fetch_all

    def fetch_shuffled(queryset: QuerySet[Any]) -> None:
        fresh = queryset._result_cache is None
        fetch_all(queryset)
        if fresh and not queryset.ordered:
            dice.shuffle(queryset._result_cache or [])

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_shuffled)


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where tasks are handed to the workers."""
    monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.fixture
def waiting_tasks() -> Iterator[TakeTasks]:
    """Takes what waits for a worker; nothing does at the test's beginning, and nothing is left at its end."""
    take_tasks()
    yield take_tasks
    take_tasks()


@pytest.fixture
def wallet_door(settings: Settings) -> Iterator[Transport]:
    """The way to the wallet's views, with the URLs and middleware of the wallet's own process."""
    settings.ROOT_URLCONF = "config.urls_wallet"
    settings.MIDDLEWARE = settings.WALLET_MIDDLEWARE
    yield in_process(Client(raise_request_exception=False))
    # Its thread reads settings, which are put back now.
    LOG.flush()
