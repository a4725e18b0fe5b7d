"""A movement that is being booked, and has not been committed: who waits for it, and what they are told then."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import cycle
from typing import TypeVar

import psycopg
import pytest
from django.db import connection

from operators.services.exchanges import LOG
from tests.concurrency.at_once import at_once, moved, wait_for_waiters
from tests.databases import postgres_url
from tests.wallet.platform import Answer, Platform, numbers
from tests.wallet.world import Seat, World
from wallet.ledger import digest_token
from wallet.services.cashier import DepositorExcluded

pytestmark = pytest.mark.xdist_group("races")

Told = TypeVar("Told")
EXCLUDED = "excluded_until = now() + interval '1 day'"
BET = """
SELECT outcome FROM wallet_change_balance(
    %(operator)s, %(casino)s, false, false, 'bet', %(user)s, %(token)s, %(number)s, %(number)s, false, '200', 'EUR',
    10, false, 1000, NULL, NULL, %(now)s
)
"""


@contextmanager
def in_flight(world: World, seat: Seat, number: int) -> Iterator["psycopg.Connection[tuple[str]]"]:
    """A bet of 10.00 that is done but not committed: the block commits it, or it is taken back."""
    with psycopg.connect(postgres_url()) as other:
        done = other.execute(
            BET,
            {
                "operator": world.operator.pk,
                "casino": world.casino.pk,
                "user": seat.user_id,
                "token": digest_token(seat.token),
                "number": str(number),
                "now": datetime.now(UTC),
            },
        ).fetchone()
        assert done == ("applied",)
        yield other
        other.rollback()


def while_it_waits(act: Callable[[], Told], then: Callable[[], None]) -> Told:
    """Begin an act, see that it waits for a lock, do what lets it go on, and return its answer."""

    def run() -> Told:
        try:
            with connection.cursor() as cursor:
                # Where nobody is seen to wait, the test fails; whoever holds the lock lets go of it only after that.
                cursor.execute("SET lock_timeout = '10s'")
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        answer: Future[Told] = pool.submit(run)
        wait_for_waiters()
        assert not answer.done()
        then()
        return answer.result(10)


@pytest.fixture
def line(lines: list[Platform], world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The casino, called over the first of the lines."""
    monkeypatch.setattr(world, "platform", lines[0])
    return world


def test_status_waits_for_the_bet_and_finds_it(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        answer = while_it_waits(lambda: line.status(seat, number), bet.commit)
    assert answer.data["transaction_status"] == "OK"


def test_status_waits_for_the_bet_that_is_taken_back_and_does_not_find_it(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        assert while_it_waits(lambda: line.status(seat, number), bet.rollback).verdict == "OP_41"


def test_cancel_waits_for_the_bet_and_reverses_it(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        assert while_it_waits(lambda: line.cancel(seat, number, number), bet.commit).verdict == "OK"
    assert ([row.kind for row in seat.rows], seat.balance) == (["bet", "cancel"], Decimal("100.00"))


def test_cancel_waits_for_the_bet_that_is_taken_back_and_keeps_a_tombstone(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        assert while_it_waits(lambda: line.cancel(seat, number, number), bet.rollback).verdict == "OP_41"
    assert line.bet(seat, transaction_id=number, round_id=number).verdict == "OP_49"
    assert (seat.rows, seat.balance) == ([], Decimal("100.00"))


def test_retry_waits_for_the_bet_and_gets_its_answer(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        answer = while_it_waits(lambda: line.bet(seat, transaction_id=number, round_id=number), bet.commit)
    assert (answer.balance, moved(line, number)) == (Decimal("90.00"), 1)


def test_retry_of_a_bet_that_is_taken_back_is_booked_itself(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        answer = while_it_waits(lambda: line.bet(seat, transaction_id=number, round_id=number), bet.rollback)
    assert (answer.balance, moved(line, number)) == (Decimal("90.00"), 1)


def test_next_bet_waits_and_sees_what_the_first_has_left(line: World, seat: Seat) -> None:
    with in_flight(line, seat, next(numbers)) as bet:
        assert while_it_waits(lambda: line.bet(seat, "90.01"), bet.commit).verdict == "OP_31"
    assert line.bet(seat, "90.00").verdict == "OK"


def test_finishround_waits_for_the_bet_that_opens_the_round(line: World, seat: Seat) -> None:
    number = next(numbers)
    with in_flight(line, seat, number) as bet:
        assert while_it_waits(lambda: line.finish_round(seat, number), bet.commit).verdict == "OK"
    assert line.round(number).state == "finished"


def test_another_players_movement_with_the_same_id_waits_and_is_refused(line: World, seat: Seat) -> None:
    number, other = next(numbers), line.seat()
    with in_flight(line, seat, number) as bet:
        answer = while_it_waits(lambda: line.bet(other, transaction_id=number, round_id=number), bet.commit)
    assert (answer.verdict, other.rows) == ("OP_40", [])


def test_another_players_movement_is_booked_where_the_first_is_taken_back(line: World, seat: Seat) -> None:
    number, other = next(numbers), line.seat()
    with in_flight(line, seat, number) as bet:
        answer = while_it_waits(lambda: line.bet(other, transaction_id=number, round_id=number), bet.rollback)
    assert (answer.verdict, seat.rows, other.balance) == ("OK", [], Decimal("90.00"))


def test_another_players_cancel_with_the_same_id_waits_and_leaves_no_tombstone(line: World, seat: Seat) -> None:
    number, other = next(numbers), line.seat()
    with in_flight(line, seat, number) as bet:
        assert while_it_waits(lambda: line.cancel(other, number, number), bet.commit).verdict == "OP_41"
    assert (seat.balance, line.status(seat, number).verdict) == (Decimal("90.00"), "OK")


def test_balance_and_authenticate_and_other_players_do_not_wait(line: World, seat: Seat) -> None:
    other = line.seat()
    # The first bet of all opens the house's account, and the next waits for that.
    assert line.bet(other, "1.00").verdict == "OK"
    with in_flight(line, seat, next(numbers)):
        # One that waited for the bet in flight would run into its time-out and be answered otherwise.
        answers = [line.ask_balance(seat), line.authenticate(seat), line.bet(other, "1.00"), line.status(other, 1)]
    assert [answer.verdict for answer in answers] == ["OK", "OK", "OK", "OP_41"]
    assert answers[0].balance == Decimal("100.00")


def ask_everything(world: World, lines: list[Platform], seat: Seat, number: int) -> dict[str, tuple[str, float]]:
    """Each act's verdict and its seconds, all of them at the same moment, over the lines in turn.

    (A server process has four threads: a fifth call to it would wait until one is free.)
    """
    acts: dict[str, Callable[[World], Answer]] = {
        "authenticate": lambda house: house.authenticate(seat),
        "balance": lambda house: house.ask_balance(seat),
        "BET": lambda house: house.bet(seat, "1.00", transaction_id=number, round_id=number),
        "WIN": lambda house: house.win(seat, "1.00"),
        "REFUND": lambda house: house.refund(seat, "1.00"),
        "status": lambda house: house.status(seat, 1),
        "cancel": lambda house: house.cancel(seat, 1),
        "finishround": lambda house: house.finish_round(seat, 1),
    }

    def timed(act: Callable[[World], Answer], line: Platform) -> tuple[str, float]:
        house = copy(world)
        house.platform = line
        started = time.perf_counter()
        return act(house).verdict, time.perf_counter() - started

    calls = [partial(timed, act, line) for act, line in zip(acts.values(), cycle(lines), strict=False)]
    return dict(zip(acts, at_once(calls), strict=True))


@pytest.mark.live
@pytest.mark.parametrize("lines", ["servers"], indirect=True)
class TestTimeOuts:
    """Locks that are held for longer than the wallet waits: each command says what lets the platform go on rightly."""

    def test_held_player_times_out_within_four_seconds(self, line: World, lines: list[Platform], seat: Seat) -> None:
        number = next(numbers)
        with psycopg.connect(postgres_url()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [seat.player.pk])
            told = ask_everything(line, lines, seat, number)
        assert {act: verdict for act, (verdict, _) in told.items()} == {
            "authenticate": "OK",
            "balance": "OK",
            "BET": "OP_47",
            "WIN": "OP_50",
            "REFUND": "OP_50",
            "status": "OP_50",
            "cancel": "OP_50",
            "finishround": "OP_50",
        }
        assert 1.5 < max(seconds for _, seconds in told.values()) < 4
        assert (seat.rows, seat.balance) == ([], Decimal("100.00"))
        assert line.bet(seat, "1.00", transaction_id=number, round_id=number).verdict == "OK"

    def test_held_tables_time_out_within_four_seconds(self, line: World, lines: list[Platform], seat: Seat) -> None:
        with psycopg.connect(postgres_url()) as other:
            other.execute("LOCK TABLE wallet_player IN ACCESS EXCLUSIVE MODE")
            told = ask_everything(line, lines, seat, next(numbers))
        assert {act: verdict for act, (verdict, _) in told.items()} == {
            "authenticate": "OP_47",
            "balance": "OP_47",
            "BET": "OP_47",
            "WIN": "OP_50",
            "REFUND": "OP_50",
            "status": "OP_50",
            "cancel": "OP_50",
            "finishround": "OP_50",
        }
        assert max(seconds for _, seconds in told.values()) < 4
        assert line.bet(seat, "1.00").verdict == "OK"

    def test_timed_out_bet_that_is_then_canceled_is_never_booked(self, line: World, seat: Seat) -> None:
        number = next(numbers)
        with psycopg.connect(postgres_url()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [seat.player.pk])
            answer = line.bet(seat, "1.00", transaction_id=number, round_id=number)
            assert (answer.verdict, answer.message) == ("OP_47", "Timeout")
        assert line.cancel(seat, number, number).verdict == "OP_41"
        assert line.bet(seat, "1.00", transaction_id=number, round_id=number).verdict == "OP_49"
        assert seat.balance == Decimal("100.00")

    def test_held_exchange_log_neither_delays_nor_changes_an_answer(
        self, line: World, lines: list[Platform], seat: Seat
    ) -> None:
        LOG.flush()
        with psycopg.connect(postgres_url()) as other:
            other.execute("LOCK TABLE operators_exchange IN SHARE MODE")
            told = ask_everything(line, lines, seat, next(numbers))
        assert {act: verdict for act, (verdict, _) in told.items()} == {
            "authenticate": "OK",
            "balance": "OK",
            "BET": "OK",
            "WIN": "OK",
            "REFUND": "OK",
            "status": "OP_41",
            "cancel": "OP_41",
            "finishround": "OP_41",
        }
        assert max(seconds for _, seconds in told.values()) < 1.5


@pytest.mark.parametrize("bar", ["blocked_at = now(), blocked_by = 'x', blocked_reason = 'x'", EXCLUDED])
def test_bet_that_waited_is_held_against_the_block_or_exclusion_made_meanwhile(
    line: World, seat: Seat, bar: str
) -> None:
    with lock_to_bar(seat, bar) as barred:
        answer = while_it_waits(lambda: line.bet(seat, "10.00"), barred.commit)
    assert (answer.verdict, seat.rows, seat.balance) == ("OP_33", [], Decimal("100.00"))


def test_deposit_that_waited_is_held_against_the_exclusion_made_meanwhile(world: World, seat: Seat) -> None:
    def pay_in() -> str:
        with pytest.raises(DepositorExcluded):
            world.pay_in(seat.player, "5.00")
        return "refused"

    with lock_to_bar(seat, EXCLUDED) as barred:
        assert while_it_waits(pay_in, barred.commit) == "refused"
    assert (seat.rows, seat.balance) == ([], Decimal("100.00"))


@contextmanager
def lock_to_bar(seat: Seat, bar: str) -> Iterator["psycopg.Connection[tuple[str]]"]:
    """A block or exclusion that is made but not committed, with the player's lock, as the services take it."""
    with psycopg.connect(postgres_url()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [seat.player.pk])
        other.execute(f"UPDATE wallet_player SET {bar} WHERE id = {seat.player.pk}")
        yield other
