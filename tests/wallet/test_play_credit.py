"""WIN and REFUND: credited whatever the session, the block or the round say, and tagged where something is odd."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog.models import Game
from tests.wallet.test_play_bet import block, disable_game, suspend
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account
from wallet.services.launch import end_session


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_is_a_transfer_from_the_house_to_the_player(world: World, seat: Seat, kind: str) -> None:
    world.bet(seat, "10.00", round_id=8)
    assert world.move(kind, seat, "17.25", round_id=8).balance == Decimal("107.25")
    house = Account.objects.get(casino=world.casino, operator=world.operator, kind="house")
    row = seat.rows[1]
    assert (row.kind, row.debit_id, row.credit_id) == (kind.lower(), house.pk, seat.account.pk)
    assert (row.amount, row.balance, row.tags) == (Decimal("17.25"), Decimal("107.25"), None)
    assert world.system_balance("house") == Decimal("-7.25")


def test_win_of_nothing_closes_the_round(world: World, seat: Seat) -> None:
    world.bet(seat, "10.00", round_id=8)
    assert world.win(seat, "0", round_id=8, round_finished=True).balance == Decimal("90.00")
    played = world.round(8)
    assert (played.state, played.finished_by, played.win_count, played.win_sum) == (
        "finished",
        "platform",
        1,
        Decimal(0),
    )


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
@pytest.mark.parametrize("token", [None, ..., "x" * 32])
def test_credit_needs_no_token(world: World, seat: Seat, kind: str, token: object) -> None:
    assert world.move(kind, seat, "5.00", token=token).balance == Decimal("105.00")


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_arrives_after_the_session(world: World, seat: Seat, kind: str) -> None:
    end_session(session=seat.session, by=STAFF, now=datetime.now(UTC))
    assert world.move(kind, seat, "5.00").balance == Decimal("105.00")


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_to_a_blocked_player_is_tagged(world: World, seat: Seat, kind: str) -> None:
    world.bet(seat, "1.00", round_id=8)
    block(seat)
    assert world.move(kind, seat, "5.00", round_id=8).balance == Decimal("104.00")
    assert seat.rows[1].tags == ["player_blocked"]


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_of_a_disabled_game_or_suspended_operator_arrives(world: World, seat: Seat, kind: str) -> None:
    world.bet(seat, "1.00", round_id=8)
    disable_game(world)
    suspend(world)
    assert world.move(kind, seat, "5.00", round_id=8).balance == Decimal("104.00")
    assert seat.rows[1].tags is None


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_in_a_round_without_a_bet_is_tagged(world: World, seat: Seat, kind: str) -> None:
    assert world.move(kind, seat, "999.99").verdict == "OK"
    assert seat.rows[0].tags == ["without_bet"]


def test_large_win_in_a_round_without_a_bet_is_flagged(world: World, seat: Seat) -> None:
    assert world.win(seat, "1000.00").verdict == "OK"
    assert seat.rows[0].tags == ["without_bet", "large_without_bet"]


def test_large_refund_in_a_round_without_a_bet_is_not_taken_for_a_win(world: World, seat: Seat) -> None:
    assert world.refund(seat, "1000.00").verdict == "OK"
    assert seat.rows[0].tags == ["without_bet"]


def test_large_win_in_a_round_with_a_bet_is_nothing_odd(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8)
    world.win(seat, "100000.00", round_id=8)
    assert seat.rows[1].tags is None


def test_bet_that_was_canceled_is_no_bet_of_the_round(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8, transaction_id=7)
    world.cancel(seat, 7, 8)
    world.win(seat, "5.00", round_id=8)
    assert seat.rows[2].tags == ["without_bet"]


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_in_a_finished_round_is_tagged_and_leaves_it_finished(world: World, seat: Seat, kind: str) -> None:
    world.bet(seat, "1.00", round_id=8, round_finished=True)
    finished_at = world.round(8).finished_at
    assert world.move(kind, seat, "5.00", round_id=8).balance == Decimal("104.00")
    assert seat.rows[1].tags == ["round_finished"]
    played = world.round(8)
    assert (played.state, played.finished_at, played.win_sum) == ("finished", finished_at, Decimal("5.00"))


def test_win_that_finishes_its_own_round_is_not_tagged(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8)
    world.win(seat, "5.00", round_id=8, round_finished=True)
    assert seat.rows[1].tags is None


def test_win_in_a_round_that_we_closed_leaves_it_closed(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8)
    played = world.round(8)
    played.state, played.finished_at, played.finished_by = "finished", datetime.now(UTC), STAFF
    played.save()
    assert world.win(seat, "5.00", round_id=8).verdict == "OK"
    assert (world.round(8).state, world.round(8).finished_by) == ("finished", STAFF)
    assert seat.rows[1].tags == ["round_finished"]


def test_refund_after_a_cancel_in_the_round_is_tagged(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8, transaction_id=7)
    world.bet(seat, "1.00", round_id=8)
    world.cancel(seat, 7, 8)
    assert world.refund(seat, "1.00", round_id=8).balance == Decimal("100.00")
    assert seat.rows[3].tags == ["refund_after_cancel"]


def test_win_after_a_cancel_in_the_round_is_not_tagged(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8, transaction_id=7)
    world.bet(seat, "1.00", round_id=8)
    world.cancel(seat, 7, 8)
    world.win(seat, "1.00", round_id=8)
    assert seat.rows[3].tags is None


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_of_an_unknown_game_is_booked_and_the_game_put_on_the_catalogue(
    world: World, seat: Seat, kind: str
) -> None:
    assert world.move(kind, seat, "5.00", game_id="g-new").verdict == "OK"
    assert Game.objects.get(operator=world.operator, game_ref="g-new").listing == "unmapped"
    assert seat.rows[0].tags == ["unmapped_game", "without_bet"]


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_to_an_unknown_player_is_refused(world: World, seat: Seat, kind: str) -> None:
    with world.unmoved():
        assert world.move(kind, seat, "5.00", user_id="nobody").verdict == "OP_34"


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
def test_credit_in_a_currency_without_an_account_is_refused(world: World, seat: Seat, kind: str) -> None:
    with world.unmoved():
        assert world.move(kind, seat, "5.00", currency_code="GBP").verdict == "OP_30"


def test_credit_goes_to_the_account_of_its_currency_whatever_the_session(world: World, seat: Seat) -> None:
    assert world.win(seat, "5.00", currency_code="USD").data == {"balance": Decimal("5.00"), "currency_code": "USD"}
    assert seat.balance == Decimal("100.00")


def test_win_that_no_account_can_hold_is_answered_with_op_50_and_moves_nothing(world: World) -> None:
    rich = world.seat("9999999999999999.99")
    with world.unmoved_after_fault():
        answer = world.win(rich, "0.01", transaction_id=7)
    assert (answer.verdict, answer.message) == ("OP_50", "Internal error")
    (found,) = world.exchanges()
    assert (found.error_code, found.transaction_ref, found.unresolved) == ("OP_50", "7", True)
