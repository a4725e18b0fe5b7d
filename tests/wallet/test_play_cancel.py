"""cancel: reverses exactly one transaction, once, or keeps a tombstone for one that never came."""

from decimal import Decimal

import pytest

from tests.wallet.test_play_bet import block, suspend
from tests.wallet.world import Seat, World
from wallet.models import Transaction


@pytest.mark.parametrize(("kind", "balance"), [("BET", "95.00"), ("WIN", "105.00"), ("REFUND", "105.00")])
def test_cancel_reverses_the_movement(world: World, seat: Seat, kind: str, balance: str) -> None:
    assert world.move(kind, seat, "5.00", transaction_id=7, round_id=8).balance == Decimal(balance)
    assert world.cancel(seat, 7, 8).data == {
        "user_id": seat.user_id,
        "transaction_id": 7,
        "transaction_status": "CANCELED",
    }
    original, reversal = seat.rows
    assert seat.balance == Decimal("100.00")
    assert (reversal.kind, reversal.amount, reversal.reverses_id) == ("cancel", Decimal("5.00"), original.pk)
    assert (reversal.debit_id, reversal.credit_id) == (original.credit_id, original.debit_id)
    assert (reversal.round_id, reversal.game_id, reversal.tags) == (original.round_id, original.game_id, None)
    assert world.system_balance("house") == 0


def test_cancel_a_hundred_times_reverses_once(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    world.cancel(seat, 7, 8)
    with world.unmoved():
        assert {world.cancel(seat, 7, 8).data["transaction_status"] for _ in range(99)} == {"CANCELED"}


@pytest.mark.parametrize("as_sent", [7, "7"])
def test_id_is_the_same_as_text_or_number(world: World, seat: Seat, as_sent: object) -> None:
    world.bet(seat, "5.00", transaction_id=7)
    assert world.cancel(seat, as_sent).verdict == "OK"
    assert seat.balance == Decimal("100.00")


def test_cancel_takes_out_of_the_round_what_it_reverses(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    world.bet(seat, "3.00", round_id=8)
    world.win(seat, "9.00", transaction_id=9, round_id=8)
    world.cancel(seat, 7, 8)
    world.cancel(seat, 9, 8)
    played = world.round(8)
    assert (played.bet_count, played.bet_sum, played.win_count, played.win_sum, played.cancel_count) == (
        *(1, Decimal("3.00")),
        *(0, Decimal("0.00")),
        2,
    )


def test_win_is_taken_back_below_zero_and_the_account_flagged(world: World, seat: Seat) -> None:
    world.win(seat, "50.00", transaction_id=7)
    world.bet(seat, "150.00")
    assert world.cancel(seat, 7).verdict == "OK"
    assert (seat.balance, seat.rows[-1].tags) == (Decimal("-50.00"), ["overdrawn"])
    assert world.ask_balance(seat).balance == Decimal("-50.00")


def test_no_bet_is_taken_from_an_overdrawn_account_until_it_is_positive(world: World, seat: Seat) -> None:
    world.win(seat, "50.00", transaction_id=7)
    world.bet(seat, "150.00")
    world.cancel(seat, 7)
    with world.unmoved():
        assert world.bet(seat, "0").verdict == "OP_31"
        assert world.bet(seat, "0.01").verdict == "OP_31"
    world.pay_in(seat.player, "49.99")
    assert world.bet(seat, "0").verdict == "OP_31"
    world.pay_in(seat.player, "1.00")
    assert world.bet(seat, "0.99").balance == Decimal("0.00")


def test_cancel_that_leaves_the_account_at_zero_is_not_flagged(world: World, seat: Seat) -> None:
    world.win(seat, "50.00", transaction_id=7)
    world.bet(seat, "100.00")
    world.cancel(seat, 7)
    assert (seat.balance, seat.rows[-1].tags) == (Decimal("0.00"), None)


def test_cancel_of_an_unknown_transaction_leaves_a_tombstone_without_money(world: World, seat: Seat) -> None:
    answer = world.cancel(seat, 7, 8)
    assert (answer.verdict, answer.message) == ("OP_41", "Transaction not found")
    (tombstone,) = Transaction.objects.filter(owner_id=world.operator.pk, source="platform")
    assert (tombstone.kind, tombstone.reference, tombstone.player_id) == ("tombstone", "7", seat.player.pk)
    assert (tombstone.account_id, tombstone.amount, tombstone.round_id) == (None, Decimal(0), None)
    assert seat.rows == []


def test_cancel_of_a_tombstone_is_unknown_again_and_moves_nothing(world: World, seat: Seat) -> None:
    world.cancel(seat, 7, 8)
    with world.unmoved():
        assert world.cancel(seat, 7, 8).verdict == "OP_41"


def test_transaction_of_another_player_is_unknown_and_leaves_no_tombstone(world: World, seat: Seat) -> None:
    other = world.seat()
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    with world.unmoved():
        assert world.cancel(other, 7, 8).verdict == "OP_41"
    assert world.bet(seat, "5.00", transaction_id=7, round_id=8).verdict == "OK"


def test_unknown_player_is_refused_and_leaves_no_tombstone(world: World, seat: Seat) -> None:
    with world.unmoved():
        answer = world.cancel(seat, 7, 8, user_id="nobody")
    assert (answer.verdict, answer.message) == ("OP_34", "Player is not found")
    assert world.bet(seat, transaction_id=7).verdict == "OK"


def test_deposit_is_no_platforms_to_cancel(world: World, seat: Seat) -> None:
    reference = seat.player.transactions.get(kind="deposit").reference
    assert world.cancel(seat, reference).verdict == "OP_41"
    assert seat.balance == Decimal("100.00")


def test_other_operators_transaction_is_unknown(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7)
    world.operator, world.platform = world.join_platform()
    assert world.cancel(seat, 7).verdict == "OP_41"
    assert seat.balance == Decimal("95.00")


def test_cancel_reverses_though_round_and_game_are_others(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    assert world.cancel(seat, 7, "another", game_id="another").verdict == "OK"
    assert (seat.balance, world.round(8).bet_count) == (Decimal("100.00"), 0)


@pytest.mark.parametrize("kind", ["BET", "WIN", "REFUND"])
def test_cancel_arrives_though_the_player_is_blocked_and_the_operator_suspended(
    world: World, seat: Seat, kind: str
) -> None:
    world.move(kind, seat, "5.00", transaction_id=7)
    block(seat)
    suspend(world)
    assert world.cancel(seat, 7).verdict == "OK"
    assert seat.balance == Decimal("100.00")


@pytest.mark.parametrize(("finished", "state"), [(True, "finished"), (False, "open"), (None, "open"), (..., "open")])
def test_cancel_ends_the_round_where_it_says_so(world: World, seat: Seat, finished: object, state: str) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    world.cancel(seat, 7, 8, round_finished=finished)
    played = world.round(8)
    assert (played.state, played.finished_by) == (state, "platform" if state == "finished" else "")


def test_cancel_of_what_never_came_ends_the_round_where_it_says_so(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    assert world.cancel(seat, 7, 8, round_finished=True).verdict == "OP_41"
    assert world.round(8).state == "finished"


def test_second_cancel_can_still_end_the_round(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    world.cancel(seat, 7, 8, round_finished=False)
    world.cancel(seat, 7, 8, round_finished=True)
    assert (world.round(8).state, seat.balance) == ("finished", Decimal("100.00"))


def test_cancel_in_a_finished_round_still_reverses(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8, round_finished=True)
    assert world.cancel(seat, 7, 8).verdict == "OK"
    assert (seat.balance, world.round(8).state) == (Decimal("100.00"), "finished")


def test_cancel_of_a_free_spin_moves_nothing_but_is_booked(world: World, seat: Seat) -> None:
    world.bet(seat, "0", transaction_id=7, round_id=8)
    world.cancel(seat, 7, 8)
    assert [(row.kind, row.amount) for row in seat.rows] == [("bet", Decimal(0)), ("cancel", Decimal(0))]
    assert world.bet(seat, "0", transaction_id=7, round_id=8).verdict == "OP_49"


def test_cancel_of_a_cancel_is_not_to_be_had(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7)
    world.cancel(seat, 7)
    reversal = seat.rows[-1]
    assert world.cancel(seat, reversal.pk).verdict == "OP_41"
    assert seat.balance == Decimal("100.00")


def test_each_of_a_rounds_movements_is_canceled_for_itself(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    world.win(seat, "30.00", transaction_id=9, round_id=8)
    world.cancel(seat, 7, 8)
    assert world.status(seat, 9).data["transaction_status"] == "OK"
    assert seat.balance == Decimal("130.00")
