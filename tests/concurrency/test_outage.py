"""PostgreSQL stops, or is killed, under a running wallet: the door signs on, and nothing acknowledged is lost."""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPException
from threading import Event

import psutil
import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoDbBlocker

from dev import processes
from dev.postgres import Postgres, home_for
from operators.models import Exchange
from tests.databases import open_instead
from tests.servers import choose_options, environment_for, running, wallet_of
from tests.wallet.invariants import Mark, find_faults
from tests.wallet.platform import Answer, Platform, in_process, numbers, over_http
from tests.wallet.world import Seat, World
from wallet.models import LedgerRow
from wallet.services.upkeep import settle_pending

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("outage")]


@dataclass
class House:
    """A wallet process on a PostgreSQL of its own, whose casino the world is."""

    postgres: Postgres
    world: World
    granian: psutil.Process

    def new_seat(self) -> Seat:
        with open_instead(self.postgres.url):
            return self.world.seat()

    def list_references(self, seat: Seat) -> list[str | None]:
        """The transaction ids that the seat's ledger rows are of, after its first deposit."""
        with open_instead(self.postgres.url):
            rows = LedgerRow.objects.filter(account_id=seat.account.pk, number__gt=1).select_related("transaction")
            return [row.transaction.reference for row in rows.order_by("number")]

    def balance_of(self, seat: Seat) -> Decimal:
        with open_instead(self.postgres.url):
            return seat.balance


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    directory = home_for(tmp_path_factory.mktemp("outage") / "postgres")
    server = Postgres(directory, "outage", durable=True)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(directory.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def served(
    postgres: Postgres,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    with django_db_blocker.unblock(), open_instead(postgres.url):
        call_command("migrate", verbosity=0, interactive=False)
        world = World(in_process(Client()))
    options, logs = choose_options(wallet_workers=1), tmp_path_factory.mktemp("wallet")
    before = set(psutil.Process().children())
    with running([wallet_of(options)], environment_for(options, DATABASE_URL=postgres.url), logs):
        world.platform = Platform(world.platform.operator_ref, world.platform.secret, over_http(options.wallet_url))
        (granian,) = set(psutil.Process().children()) - before
        yield House(postgres, world, granian)


@pytest.fixture
def house(served: House, committed_db: None) -> Iterator[House]:
    """The house, its database up and its operators read; its ledger is proved afterwards."""
    if served.postgres.process is None or served.postgres.process.poll() is not None:
        served.postgres.start()
    assert served.world.platform.call("status", {"user_id": "nobody", "transaction_id": 1}).verdict == "OP_34"
    yield served
    with open_instead(served.postgres.url):
        assert find_faults(Mark(0, 0)) == []


def ask_everything(world: World, seat: Seat) -> dict[str, tuple[str, float]]:
    """Each command's verdict and its seconds, one after the other; the envelopes are checked."""
    acts: dict[str, Callable[[], Answer]] = {
        "authenticate": lambda: world.authenticate(seat),
        "balance": lambda: world.ask_balance(seat),
        "changebalance": lambda: world.bet(seat, "1.00", transaction_id=7, round_id=8),
        "status": lambda: world.status(seat, 7),
        "cancel": lambda: world.cancel(seat, 9),
        "finishround": lambda: world.finish_round(seat, 8),
    }
    told = {}
    for name, act in acts.items():
        started = time.perf_counter()
        told[name] = act().verdict, time.perf_counter() - started
    return told


def test_while_the_database_is_stopped_the_door_verifies_and_answers_a_signed_op_50(house: House) -> None:
    world, seat = house.world, house.new_seat()
    assert world.bet(seat, "1.00", transaction_id=6, round_id=6).verdict == "OK"
    house.postgres.stop()
    stopped_at = time.monotonic()
    for _ in range(2):
        told = ask_everything(world, seat)
        assert {verdict for verdict, _ in told.values()} == {"OP_50"}
        assert max(seconds for _, seconds in told.values()) < 4
        assert world.platform.send("balance", b"{}", x_authorization="wrong").status == 403
        assert world.platform.send("balance", b"{}", x_operator_id="stranger").status == 403
        assert world.platform.send("ping", b"", method="GET").raw == b"PONG"
        # Longer than the operators stay fresh.
        time.sleep(max(0.0, stopped_at + 6 - time.monotonic()))
    house.postgres.start()
    assert [world.bet(seat, "1.00", transaction_id=6, round_id=6).verdict for _ in range(12)] == ["OK"] * 12
    assert world.bet(seat, "1.00", transaction_id=7, round_id=8).verdict == "OK"
    assert house.list_references(seat) == ["6", "7"]


def test_errors_of_an_outage_are_in_the_log_after_it_and_are_settled_by_the_retry(house: House) -> None:
    world, seat = house.world, house.new_seat()
    asked = {"transaction_id": next(numbers), "round_id": next(numbers)}
    house.postgres.stop()
    assert world.bet(seat, "1.00", **asked).verdict == "OP_50"
    house.postgres.start()

    def logged() -> list[bool]:
        with open_instead(house.postgres.url):
            found = Exchange.objects.filter(transaction_ref=str(asked["transaction_id"]))
            return list(found.order_by("pk").values_list("unresolved", flat=True))

    assert processes.wait_until(lambda: logged() == [True], seconds=10)
    assert world.bet(seat, "1.00", **asked).verdict == "OK"
    with open_instead(house.postgres.url):
        settle_pending(now=datetime.now(UTC))
    assert logged() == [False]


class Gambler:
    """Bets a cent after the other, each again and again until it is acknowledged, until told to stop."""

    def __init__(self, world: World, seat: Seat) -> None:
        self.world, self.seat = world, seat
        self.acknowledged: list[str] = []
        self.repeated = 0

    def play(self, over: Event) -> None:
        while not over.is_set():
            data = self.world.movement("BET", self.seat, "0.01")
            body = self.world.platform.write("changebalance", data)
            deadline = time.monotonic() + 30
            while self.send(body) != "OK":
                assert time.monotonic() < deadline
                self.repeated += 1
                time.sleep(0.05)
            self.acknowledged.append(str(data["transaction_id"]))

    def send(self, body: bytes) -> str:
        try:
            return self.world.platform.send("changebalance", body).verdict
        except (OSError, HTTPException):
            return "no answer"


def play_through(house: House, strike: Callable[[], None]) -> list[Gambler]:
    """Four players bet while something is struck down in their midst; they stop when all is well again."""
    gamblers, over = [Gambler(house.world, house.new_seat()) for _ in range(4)], Event()
    with ThreadPoolExecutor(len(gamblers)) as pool:
        playing = [pool.submit(gambler.play, over) for gambler in gamblers]
        time.sleep(0.5)
        strike()
        time.sleep(0.5)
        over.set()
        for future in playing:
            future.result(60)
    return gamblers


def test_what_was_acknowledged_survives_a_killed_database_and_nothing_is_booked_twice(house: House) -> None:
    def strike() -> None:
        assert house.postgres.process is not None
        house.postgres.process.kill()
        house.postgres.process.wait()
        house.postgres.start()

    gamblers = play_through(house, strike)
    for gambler in gamblers:
        assert len(gambler.acknowledged) > 2
        assert house.list_references(gambler.seat) == gambler.acknowledged
        assert house.balance_of(gambler.seat) == 100 - len(gambler.acknowledged) * Decimal("0.01")
    assert sum(gambler.repeated for gambler in gamblers) > 0


def test_what_was_acknowledged_survives_a_killed_wallet_process_and_nothing_is_booked_twice(house: House) -> None:
    def strike() -> None:
        (worker,) = house.granian.children()
        worker.kill()

    gamblers = play_through(house, strike)
    for gambler in gamblers:
        assert len(gambler.acknowledged) > 2
        assert house.list_references(gambler.seat) == gambler.acknowledged
    assert sum(gambler.repeated for gambler in gamblers) > 0
