"""Rounds that nobody ends: closed by their age and what is pending in them, each with a row that says why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operators.models import Exchange, Operator
from tests.wallet.world import STAFF, Seat, World
from wallet.enums import CallState
from wallet.models import RoundClosing, RoundNote, StuckRound, WaitingCall
from wallet.services import upkeep
from wallet.services.delays import read_delay, read_round_ages
from wallet.services.upkeep import close_old_rounds, settle_pending
from wallet.tasks import close_old_rounds as beat
from wallet.views.generic.door import DIRECTORY

SECOND = timedelta(seconds=1)
SIX_HOURS, DAY = timedelta(hours=6), timedelta(days=1)


@pytest.fixture
def opened_at(world: World, seat: Seat) -> datetime:
    """When round 8, with one bet, was opened."""
    world.bet(seat, "5.00", round_id=8)
    return world.round(8).opened_at


def set_up(world: World, **settings: Any) -> None:
    Operator.objects.filter(pk=world.operator.pk).update(settings=settings)


def leave_call(world: World, seat: Seat, state: str) -> WaitingCall:
    now = datetime.now(UTC)
    return WaitingCall.objects.create(
        operator=world.operator,
        kind="deposit",
        reference="payment-1",
        user_ref=seat.user_id,
        round_ref="8",
        state=state,
        claim="00000000-0000-4000-8000-000000000001",
        leased_until=now,
        since=now,
        created_at=now,
        created_by=STAFF,
        ended_at=now if state == CallState.DONE else None,
    )


def state(world: World) -> tuple[str, str]:
    played = world.round(8)
    return played.state, played.finished_by


def closings(world: World) -> list[tuple[str, str, list[str]]]:
    rows = RoundClosing.objects.filter(round=world.round(8)).order_by("pk")
    return [(row.reason, row.by, row.details["pending"]) for row in rows]


def notes(world: World) -> list[tuple[str, str]]:
    return list(RoundNote.objects.filter(round=world.round(8)).order_by("pk").values_list("by", "text"))


def test_an_open_round_with_nothing_pending_is_closed_after_six_hours(
    world: World, seat: Seat, opened_at: datetime
) -> None:
    assert close_old_rounds(now=opened_at + SIX_HOURS - SECOND) == (0, 0)
    assert state(world) == ("open", "")
    now = opened_at + SIX_HOURS
    assert close_old_rounds(now=now) == (1, 0)
    assert (state(world), world.round(8).finished_at) == (("finished", "upkeep"), now)
    row = RoundClosing.objects.get()
    assert (row.round, row.at, row.reason, row.by) == (world.round(8), now, "age", "upkeep")
    assert row.details == {"pending": [], "was": "open", "age_seconds": 21600.0}
    assert close_old_rounds(now=now + DAY) == (0, 0)


def test_the_operators_own_age_holds(world: World, seat: Seat, opened_at: datetime) -> None:
    set_up(world, gameRoundAgeToCloseInMS=60_000)
    assert close_old_rounds(now=opened_at + timedelta(seconds=59)) == (0, 0)
    assert close_old_rounds(now=opened_at + timedelta(seconds=60)) == (1, 0)


def test_each_operators_rounds_have_their_own_age(world: World, seat: Seat, opened_at: datetime) -> None:
    other = World(world.transport)
    set_up(other, gameRoundAgeToCloseInMS=60_000)
    assert close_old_rounds(now=opened_at + timedelta(hours=1)) == (0, 0)


def test_a_round_with_something_pending_is_marked_as_stranded_after_a_day_and_stays_open(
    world: World, seat: Seat, opened_at: datetime
) -> None:
    world.leave_in_doubt(seat.user_id, "7")
    assert close_old_rounds(now=opened_at + DAY - SECOND) == (0, 0)
    assert [stuck.stranded_at for stuck in StuckRound.objects.filter(round=world.round(8))] == [None]
    assert close_old_rounds(now=opened_at + DAY) == (0, 1)
    assert close_old_rounds(now=opened_at + 2 * DAY) == (0, 0)
    assert (state(world), closings(world)) == (("open", ""), [])
    assert StuckRound.objects.get(round=world.round(8)).stranded_at == opened_at + DAY
    assert notes(world) == [("upkeep", "Stranded. Still pending: 7")]
    assert Exchange.objects.get(operator=world.operator, transaction_ref="7").unresolved is True


def test_a_stranded_round_is_closed_once_nothing_is_pending_any_more(
    world: World, seat: Seat, opened_at: datetime
) -> None:
    world.leave_in_doubt(seat.user_id, "7")
    close_old_rounds(now=opened_at + DAY)
    world.cancel(seat, 7, 8)
    assert settle_pending(now=opened_at + DAY) == (1, 0)
    assert close_old_rounds(now=opened_at + DAY) == (1, 0)
    assert (state(world), closings(world)) == (("finished", "upkeep"), [("age", "upkeep", [])])
    assert not StuckRound.objects.filter(round=world.round(8)).exists()


def test_the_operators_own_greatest_age_holds(world: World, seat: Seat, opened_at: datetime) -> None:
    set_up(world, maxGameRoundAge=60)
    world.leave_in_doubt(seat.user_id, "7")
    assert close_old_rounds(now=opened_at + timedelta(seconds=59)) == (0, 0)
    assert close_old_rounds(now=opened_at + timedelta(seconds=60)) == (0, 1)
    assert StuckRound.objects.filter(round=world.round(8)).exists()


@pytest.mark.parametrize("options", [{}, {"doNotUseClosingState": True}])
def test_a_round_that_the_platform_ended_is_stranded_as_it_is(
    world: World, seat: Seat, opened_at: datetime, options: dict[str, Any]
) -> None:
    set_up(world, **options)
    DIRECTORY.forget()
    world.leave_in_doubt(seat.user_id, "7")
    world.finish_round(seat, 8)
    before = state(world)
    ended_at = world.round(8).finished_at or world.round(8).end_asked_at
    assert close_old_rounds(now=opened_at + DAY) == (0, 1)
    assert state(world) == before
    world.cancel(seat, 7, 8)
    assert settle_pending(now=opened_at + DAY) == (1, 1)
    assert (state(world), world.round(8).finished_at) == (("finished", "platform"), ended_at)
    assert closings(world) == [("settled", "upkeep", [])]


@pytest.mark.parametrize("call_state", [CallState.WAITING, CallState.SENDING, CallState.UNKNOWN])
def test_a_call_of_ours_that_waits_keeps_its_round(
    world: World, seat: Seat, opened_at: datetime, call_state: str
) -> None:
    call = leave_call(world, seat, call_state)
    assert close_old_rounds(now=opened_at + SIX_HOURS) == (0, 0)
    WaitingCall.objects.filter(pk=call.pk).update(state=CallState.STRANDED)
    assert close_old_rounds(now=opened_at + SIX_HOURS) == (1, 0)
    assert closings(world) == [("age", "upkeep", [])]


def test_a_call_that_is_done_keeps_no_round(world: World, seat: Seat, opened_at: datetime) -> None:
    leave_call(world, seat, CallState.DONE)
    assert close_old_rounds(now=opened_at + SIX_HOURS) == (1, 0)


def test_a_closing_round_waits_for_a_call_of_ours(world: World, seat: Seat, opened_at: datetime) -> None:
    world.leave_in_doubt(seat.user_id, "7")
    call = leave_call(world, seat, CallState.UNKNOWN)
    world.finish_round(seat, 8)
    world.cancel(seat, 7, 8)
    assert settle_pending(now=datetime.now(UTC)) == (1, 0)
    call.delete()
    assert settle_pending(now=datetime.now(UTC)) == (0, 1)
    assert closings(world) == [("settled", "upkeep", [])]


def test_a_late_win_still_arrives_and_a_late_bet_reopens_the_round(
    world: World, seat: Seat, opened_at: datetime
) -> None:
    close_old_rounds(now=opened_at + SIX_HOURS)
    assert world.win(seat, "2.00", round_id=8).verdict == "OK"
    assert (state(world), seat.rows[-1].tags) == (("finished", "upkeep"), ["round_finished"])
    assert world.bet(seat, "1.00", round_id=8).verdict == "OK"
    assert (state(world), seat.rows[-1].tags) == (("open", ""), ["round_reopened"])
    assert close_old_rounds(now=opened_at + SIX_HOURS + SECOND) == (1, 0)
    assert [reason for reason, _, _ in closings(world)] == ["age", "age"]


def test_a_round_that_the_platform_ended_is_left_alone(world: World, seat: Seat, opened_at: datetime) -> None:
    world.finish_round(seat, 8)
    assert close_old_rounds(now=opened_at + DAY) == (0, 0)
    assert closings(world) == []


def test_rounds_are_closed_page_by_page(
    world: World, seat: Seat, opened_at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PAGE", 2)
    for number in range(9, 13):
        world.bet(seat, "1.00", round_id=number)
    assert close_old_rounds(now=datetime.now(UTC) + SIX_HOURS) == (5, 0)


def test_beat_closes(world: World, seat: Seat, opened_at: datetime) -> None:
    assert beat() == (0, 0)


@pytest.mark.parametrize("odd", [None, "x", -1, 1.5, True, [], 10**40])
def test_settings_of_another_form_are_as_usual_and_absurd_ones_bounded(odd: object) -> None:
    settings = {"gameRoundAgeToCloseInMS": odd, "maxGameRoundAge": odd, "delaySettings": odd, "shouldWeDelay": "yes"}
    ages, delay = read_round_ages(settings), read_delay(settings)
    bounded = odd == 10**40
    assert ages.close_after == (timedelta(days=365) if bounded else SIX_HOURS)
    assert ages.stranded_after == delay.longest_age == (timedelta(days=365) if bounded else DAY)
    assert (delay.retries, delay.short_count, delay.long) == (False, 10, timedelta(hours=1))
