"""Requests at the same moment, through threads and through three servers: one is applied, the others get its answer."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest

from catalog.models import Game
from tests.concurrency.at_once import at_once, moved, send_at_once
from tests.wallet.platform import Platform, numbers
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account, Transaction
from wallet.services.cashier import ReferenceReused, deposit

pytestmark = pytest.mark.xdist_group("races")
FIFTY = 50


def write(world: World, kind: str, seat: Seat, amount: str, **data: object) -> tuple[str, bytes]:
    return "changebalance", world.platform.write("changebalance", world.movement(kind, seat, amount, **data))


def write_cancel(world: World, seat: Seat, transaction_id: int, round_id: int) -> tuple[str, bytes]:
    ids = {"user_id": seat.user_id, "transaction_id": transaction_id, "round_id": round_id, "game_id": 200}
    return "cancel", world.platform.write("cancel", ids)


@pytest.mark.parametrize(("kind", "balance"), [("BET", "90.00"), ("WIN", "110.00"), ("REFUND", "110.00")])
def test_fifty_identical_movements_are_booked_once_and_all_get_the_same_answer(
    world: World, seat: Seat, lines: list[Platform], kind: str, balance: str
) -> None:
    request = write(world, kind, seat, "10.00", transaction_id=(number := next(numbers)))
    answers = send_at_once(lines, [request] * FIFTY)
    assert Counter((answer.verdict, answer.balance) for answer in answers) == {("OK", Decimal(balance)): FIFTY}
    assert (moved(world, number), seat.balance) == (1, Decimal(balance))


def test_fifty_identical_cancels_reverse_once_and_all_get_the_same_answer(
    world: World, seat: Seat, lines: list[Platform]
) -> None:
    world.bet(seat, "10.00", transaction_id=(number := next(numbers)), round_id=number)
    answers = send_at_once(lines, [write_cancel(world, seat, number, number)] * FIFTY)
    assert {answer.data["transaction_status"] for answer in answers} == {"CANCELED"}
    assert (len(seat.rows), seat.balance) == (2, Decimal("100.00"))


def test_fifty_cancels_of_what_never_came_leave_one_tombstone(world: World, seat: Seat, lines: list[Platform]) -> None:
    number = next(numbers)
    answers = send_at_once(lines, [write_cancel(world, seat, number, number)] * FIFTY)
    assert {answer.verdict for answer in answers} == {"OP_41"}
    assert Transaction.objects.filter(owner_id=world.operator.pk, reference=str(number)).count() == 1


def test_two_bets_of_80_on_100_are_one_bet_and_one_refusal(world: World, lines: list[Platform]) -> None:
    for _ in range(10):
        seat = world.seat()
        answers = send_at_once(lines, [write(world, "BET", seat, "80.00") for _ in range(2)])
        assert sorted(answer.verdict for answer in answers) == ["OK", "OP_31"]
        assert (seat.balance, len(seat.rows)) == (Decimal("20.00"), 1)


def test_fifty_bets_of_5_on_100_are_twenty_bets(world: World, seat: Seat, lines: list[Platform]) -> None:
    answers = send_at_once(lines, [write(world, "BET", seat, "5.00") for _ in range(FIFTY)])
    assert Counter(answer.verdict for answer in answers) == {"OK": 20, "OP_31": 30}
    balances = sorted(answer.balance for answer in answers if answer.verdict == "OK")
    assert balances == [Decimal(5 * number) for number in range(20)]


def test_same_id_with_other_data_at_the_same_moment_is_one_booking_and_one_refusal(
    world: World, lines: list[Platform]
) -> None:
    for _ in range(10):
        seat = world.seat()
        ids = {"transaction_id": (number := next(numbers)), "round_id": number}
        answers = send_at_once(lines, [write(world, "BET", seat, amount, **ids) for amount in ("5.00", "6.00")])
        assert sorted(answer.verdict for answer in answers) == ["OK", "OP_40"]
        assert (moved(world, number), seat.balance in {Decimal("95.00"), Decimal("94.00")}) == (1, True)


def test_two_players_with_the_same_id_at_the_same_moment_are_one_booking_and_one_refusal(
    world: World, lines: list[Platform]
) -> None:
    for _ in range(10):
        seats = [world.seat(), world.seat()]
        number = next(numbers)
        answers = send_at_once(lines, [write(world, "BET", seat, "5.00", transaction_id=number) for seat in seats])
        assert sorted(answer.verdict for answer in answers) == ["OK", "OP_40"]
        assert moved(world, number) == 1
        assert sorted(seat.balance for seat in seats) == [Decimal("95.00"), Decimal("100.00")]


def test_cancel_racing_its_bet_ends_in_one_of_two_states(world: World, lines: list[Platform]) -> None:
    ends: Counter[tuple[str, str, str]] = Counter()
    for repetition in range(40):
        seat, number = world.seat("10.00"), next(numbers)
        requests = [
            write(world, "BET", seat, "10.00", transaction_id=number, round_id=number),
            write_cancel(world, seat, number, number),
        ]
        first = repetition % 2
        answers = send_at_once(lines, requests[first:] + requests[:first])
        bet, cancel = (answers[0], answers[1]) if first == 0 else (answers[1], answers[0])
        status = world.status(seat, number)
        became = status.data["transaction_status"] if status.verdict == "OK" else status.verdict
        ends[bet.verdict, cancel.verdict, became] += 1
        assert seat.balance == Decimal("10.00")
        assert moved(world, number) == (bet.verdict == "OK")
    assert set(ends) <= {("OK", "OK", "CANCELED"), ("OP_49", "OP_41", "OP_41")}
    assert ends.total() == 40


def test_win_cancel_and_bets_of_one_player_at_the_same_moment_add_up(
    world: World, seat: Seat, lines: list[Platform]
) -> None:
    number = next(numbers)
    world.win(seat, "50.00", transaction_id=number, round_id=number)
    requests = [write(world, "BET", seat, "1.00") for _ in range(20)]
    requests += [write(world, "WIN", seat, "0.50") for _ in range(20)]
    requests += [write_cancel(world, seat, number, number)] * 5
    answers = send_at_once(lines, requests)
    assert {answer.verdict for answer in answers} == {"OK"}
    assert (seat.balance, len(seat.rows)) == (Decimal("90.00"), 42)


def test_players_of_an_unknown_game_at_the_same_moment_put_one_game_on_the_catalogue(
    world: World, lines: list[Platform]
) -> None:
    game = f"g{next(numbers)}"
    seats = [world.seat() for _ in range(10)]
    answers = send_at_once(lines, [write(world, "WIN", seat, "1.00", game_id=game) for seat in seats])
    assert {answer.verdict for answer in answers} == {"OK"}
    assert Game.objects.filter(operator=world.operator, game_ref=game).count() == 1


def test_first_movements_in_a_currency_open_one_account_of_the_house(world: World, lines: list[Platform]) -> None:
    currency = f"X{next(numbers) % 1000:03}"
    seats = [world.seat("10.00", currency=currency) for _ in range(10)]
    answers = send_at_once(lines, [write(world, "BET", seat, "1.00") for seat in seats])
    assert {answer.verdict for answer in answers} == {"OK"}
    assert Account.objects.filter(casino=world.casino, kind="house", currency=currency).count() == 1
    assert world.system_balance("house", currency) == Decimal(10)


def test_two_players_deposits_with_the_same_reference_at_the_same_moment_are_one(world: World) -> None:
    def pay_in(seat: Seat, reference: str) -> bool:
        try:
            return deposit(
                casino=world.casino,
                user_id=seat.user_id,
                amount=Decimal(7),
                currency="EUR",
                reference=reference,
                by=STAFF,
                now=datetime.now(UTC),
            ).applied
        except ReferenceReused:
            return False

    for _ in range(10):
        seats, reference = [world.seat("1.00"), world.seat("1.00")], f"pay-{next(numbers)}"
        done = at_once([partial(pay_in, seat, reference) for seat in seats])
        assert sorted(done) == [False, True]
        assert sorted(seat.balance for seat in seats) == [Decimal("1.00"), Decimal("8.00")]
