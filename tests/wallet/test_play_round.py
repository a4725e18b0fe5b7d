"""Rounds: finished once, by whoever says so first, and not before what is pending in them is settled."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from operators.models import Direction, Exchange, Operator
from operators.services.exchanges import LOG, Record
from tests.wallet.test_play_bet import block, suspend
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Round
from wallet.services.upkeep import settle_pending
from wallet.views.generic.door import DIRECTORY


@pytest.mark.parametrize("as_sent", [8, "8"])
def test_finishround_closes_the_round(world: World, seat: Seat, as_sent: object) -> None:
    world.bet(seat, "5.00", round_id=8)
    assert world.finish_round(seat, as_sent).data == {
        "round_id": as_sent,
        "user_id": seat.user_id,
        "game_id": 200,
    }
    played = world.round(8)
    assert (played.state, played.finished_by, seat.balance) == ("finished", "platform", Decimal("95.00"))


def test_finishround_a_hundred_times_closes_once(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    world.finish_round(seat, 8)
    with world.unmoved():
        assert {world.finish_round(seat, 8).verdict for _ in range(99)} == {"OK"}


def test_unknown_round_is_not_found(world: World, seat: Seat) -> None:
    with world.unmoved():
        answer = world.finish_round(seat, 8)
    assert (answer.verdict, answer.message) == ("OP_41", "Round not found")


def test_round_of_another_player_is_not_found(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    assert world.finish_round(world.seat(), 8).verdict == "OP_41"
    assert world.round(8).state == "open"


def test_finishround_of_an_unknown_player_is_refused(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    assert world.finish_round(seat, 8, user_id="nobody").verdict == "OP_34"
    assert world.round(8).state == "open"


def test_finishround_arrives_though_the_player_is_blocked_and_the_operator_suspended(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    block(seat)
    suspend(world)
    assert world.finish_round(seat, 8).verdict == "OK"


@pytest.mark.parametrize("kind", ["BET", "WIN", "REFUND"])
@pytest.mark.parametrize(("finished", "state"), [(True, "finished"), (False, "open"), (None, "open"), (..., "open")])
def test_movement_ends_its_round_where_it_says_so(
    world: World, seat: Seat, kind: str, finished: object, state: str
) -> None:
    world.move(kind, seat, "5.00", round_id=8, round_finished=finished)
    played = world.round(8)
    assert (played.state, played.finished_by) == (state, "platform" if state == "finished" else "")
    assert (played.finished_at is not None) == (state == "finished")


def test_round_counts_its_movements(world: World, seat: Seat) -> None:
    for amount in ("5.00", "3.50", "0"):
        world.bet(seat, amount, round_id=8)
    for amount in ("1.25", "0"):
        world.win(seat, amount, round_id=8)
    world.refund(seat, "3.50", round_id=8)
    played = world.round(8)
    assert (played.bet_count, played.bet_sum) == (3, Decimal("8.50"))
    assert (played.win_count, played.win_sum, played.cancel_count) == (3, Decimal("4.75"), 0)
    assert (played.game_id, played.currency, played.player_id) == (world.game.pk, "EUR", seat.player.pk)


def test_platform_that_ends_a_round_which_we_had_closed_has_ended_it(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    Round.objects.update(state="finished", finished_at=datetime.now(UTC), finished_by=STAFF)
    world.win(seat, "1.00", round_id=8, round_finished=True)
    assert (world.round(8).state, world.round(8).finished_by) == ("finished", "platform")
    assert world.bet(seat, "5.00", round_id=8).verdict == "OP_49"


class TestClosing:
    """A movement answered with a fault or a time-out is pending: the platform does not know what became of it."""

    @pytest.fixture(autouse=True)
    def pending(self, world: World, seat: Seat) -> None:
        """A bet of 5.00 in round 8 is booked; the bet 7 of the same round was answered with OP_50."""
        world.bet(seat, "5.00", round_id=8, transaction_id=6)
        world.leave_in_doubt(seat.user_id, "7")

    def state(self, world: World) -> tuple[str, str]:
        played = world.round(8)
        return played.state, played.finished_by

    def test_finishround_leaves_the_round_closing(self, world: World, seat: Seat) -> None:
        assert world.finish_round(seat, 8).verdict == "OK"
        assert self.state(world) == ("closing", "platform")

    def test_win_that_ends_the_round_leaves_it_closing(self, world: World, seat: Seat) -> None:
        world.win(seat, "5.00", round_id=8, round_finished=True)
        assert self.state(world) == ("closing", "platform")

    def test_cancel_that_ends_the_round_leaves_it_closing(self, world: World, seat: Seat) -> None:
        world.cancel(seat, 6, 8, round_finished=True)
        assert self.state(world) == ("closing", "platform")

    def do_without_closing(self, world: World) -> None:
        Operator.objects.filter(pk=world.operator.pk).update(settings={"doNotUseClosingState": True})
        DIRECTORY.forget()

    def test_round_of_an_operator_that_does_without_the_state_stays_open(self, world: World, seat: Seat) -> None:
        self.do_without_closing(world)
        assert world.finish_round(seat, 8).verdict == "OK"
        assert self.state(world) == ("open", "")
        assert world.round(8).end_asked_at is not None

    @pytest.mark.parametrize("command", ["win", "cancel"])
    def test_so_it_does_where_a_movement_ends_it(self, world: World, seat: Seat, command: str) -> None:
        self.do_without_closing(world)
        if command == "win":
            world.win(seat, "5.00", round_id=8, round_finished=True)
        else:
            world.cancel(seat, 6, 8, round_finished=True)
        assert self.state(world) == ("open", "")
        assert world.round(8).end_asked_at is not None

    def test_round_that_begins_with_its_end_stays_open_for_what_is_pending(self, world: World, seat: Seat) -> None:
        self.do_without_closing(world)
        Exchange.objects.update(round_ref="9")
        world.win(seat, "5.00", round_id=9, round_finished=True)
        assert (world.round(9).state, world.round(9).end_asked_at is None) == ("open", False)

    def test_no_new_bet_joins_a_round_that_stays_open_after_its_end(self, world: World, seat: Seat) -> None:
        self.do_without_closing(world)
        world.finish_round(seat, 8)
        assert world.bet(seat, "1.00", round_id=8, transaction_id=9).verdict == "OP_49"

    def test_late_win_leaves_it_open_and_its_end_where_it_was(self, world: World, seat: Seat) -> None:
        self.do_without_closing(world)
        world.finish_round(seat, 8)
        asked_at = world.round(8).end_asked_at
        world.win(seat, "1.00", round_id=8)
        world.finish_round(seat, 8)
        assert (self.state(world), world.round(8).end_asked_at) == (("open", ""), asked_at)

    def test_round_that_the_platform_has_ended_is_not_opened_by_a_doubt_that_comes_after(
        self, world: World, seat: Seat
    ) -> None:
        self.do_without_closing(world)
        world.bet(seat, "1.00", round_id=9, round_finished=True)
        Exchange.objects.update(round_ref="9")
        world.finish_round(seat, 9)
        world.win(seat, "1.00", round_id=9, round_finished=True)
        assert (world.round(9).state, world.round(9).finished_by) == ("finished", "platform")

    def test_settled_doubt_ends_the_open_round_at_the_platforms_own_time(self, world: World, seat: Seat) -> None:
        self.do_without_closing(world)
        world.finish_round(seat, 8)
        asked_at = world.round(8).end_asked_at
        world.cancel(seat, 7, 8)
        assert settle_pending(now=datetime.now(UTC)) == (1, 1)
        played = world.round(8)
        assert (self.state(world), played.finished_at, played.end_asked_at) == (
            ("finished", "platform"),
            asked_at,
            None,
        )
        closing = played.closings.get()
        assert (closing.reason, closing.by, closing.details["was"]) == ("settled", "upkeep", "open")

    def test_pending_bet_can_still_join_a_closing_round_and_ends_it(self, world: World, seat: Seat) -> None:
        world.finish_round(seat, 8)
        assert world.bet(seat, "1.00", round_id=8, transaction_id=9).verdict == "OP_49"
        assert world.bet(seat, "1.00", round_id=8, transaction_id=7).verdict == "OK"
        assert self.state(world) == ("finished", "platform")
        assert (world.round(8).bet_count, world.round(8).bet_sum) == (2, Decimal("6.00"))
        assert seat.rows[-1].tags == ["round_finished"]

    def test_pending_bet_can_still_join_a_round_that_stayed_open_and_ends_it(self, world: World, seat: Seat) -> None:
        self.do_without_closing(world)
        world.finish_round(seat, 8)
        asked_at = world.round(8).end_asked_at
        assert world.bet(seat, "1.00", round_id=8, transaction_id=7).verdict == "OK"
        assert self.state(world) == ("finished", "platform")
        assert (world.round(8).finished_at, world.round(8).end_asked_at) == (asked_at, None)

    def test_round_goes_on_closing_while_another_movement_is_pending(self, world: World, seat: Seat) -> None:
        world.leave_in_doubt(seat.user_id, "9")
        world.finish_round(seat, 8)
        world.bet(seat, "1.00", round_id=8, transaction_id=7)
        assert self.state(world) == ("closing", "platform")
        world.win(seat, "1.00", round_id=8, transaction_id=9)
        assert self.state(world) == ("finished", "platform")

    def test_cancel_of_the_pending_bet_settles_it(self, world: World, seat: Seat) -> None:
        world.finish_round(seat, 8)
        assert world.cancel(seat, 7, 8).verdict == "OP_41"
        assert settle_pending(now=datetime.now(UTC)) == (1, 1)
        assert self.state(world) == ("finished", "platform")

    def test_cancel_that_ends_the_round_and_settles_it_finishes(self, world: World, seat: Seat) -> None:
        world.cancel(seat, 7, 8, round_finished=True)
        assert self.state(world) == ("finished", "platform")

    def test_upkeep_leaves_what_is_still_pending(self, world: World, seat: Seat) -> None:
        world.finish_round(seat, 8)
        assert settle_pending(now=datetime.now(UTC)) == (0, 0)
        assert self.state(world) == ("closing", "platform")

    def test_upkeep_keeps_the_time_at_which_the_platform_ended_the_round(self, world: World, seat: Seat) -> None:
        world.finish_round(seat, 8)
        finished_at = world.round(8).finished_at
        world.cancel(seat, 7, 8)
        settle_pending(now=datetime.now(UTC))
        assert world.round(8).finished_at == finished_at

    def test_pending_movement_of_another_round_or_player_is_nothing_to_this_one(self, world: World, seat: Seat) -> None:
        other = world.seat()
        world.bet(other, "1.00", round_id=8)
        world.bet(seat, "1.00", round_id=10)
        world.finish_round(other, 8)
        world.finish_round(seat, 10)
        states = {(played.player_id, played.round_ref): played.state for played in Round.objects.order_by("pk")}
        assert states[other.player.pk, "8"] == "finished"
        assert states[seat.player.pk, "10"] == "finished"

    def test_settled_doubt_is_resolved_in_the_log_and_may_then_be_purged(self, world: World, seat: Seat) -> None:
        world.bet(seat, "1.00", round_id=8, transaction_id=7)
        assert [found.unresolved for found in world.exchanges(transaction_ref="7")] == [True]
        assert settle_pending(now=datetime.now(UTC)) == (1, 0)
        assert [found.unresolved for found in world.exchanges(transaction_ref="7")] == [False]

    def test_retry_that_is_refused_for_good_settles_the_doubt(self, world: World, seat: Seat) -> None:
        """The platform knows now that the bet was not taken: it waits for nothing more."""
        world.finish_round(seat, 8)
        assert world.bet(seat, "5000.00", round_id=8, transaction_id=7).verdict == "OP_31"
        LOG.flush()
        assert settle_pending(now=datetime.now(UTC)) == (1, 1)
        assert self.state(world) == ("finished", "platform")

    def test_retry_that_is_left_in_doubt_again_settles_nothing(self, world: World, seat: Seat) -> None:
        world.finish_round(seat, 8)
        world.leave_in_doubt(seat.user_id, "7")
        world.bet(seat, "17.255", round_id=8, transaction_id=7)
        LOG.flush()
        assert settle_pending(now=datetime.now(UTC)) == (0, 0)
        assert self.state(world) == ("closing", "platform")

    def test_refusal_before_the_doubt_settles_nothing(self, world: World, seat: Seat) -> None:
        world.finish_round(seat, 8)
        LOG.put(
            Record(
                at=datetime.now(UTC) - timedelta(minutes=1),
                direction=Direction.INBOUND,
                operator_id=world.operator.pk,
                command="changebalance",
                http_status=200,
                error_code="OP_31",
                milliseconds=Decimal(1),
                caller_ip=None,
                user_ref=seat.user_id,
                transaction_ref="7",
                round_ref="8",
            )
        )
        LOG.flush()
        assert settle_pending(now=datetime.now(UTC)) == (0, 0)
