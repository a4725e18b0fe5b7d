"""What a limit refuses at the wallet's door and in the cashier, in which order, and the proof that is kept of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Game
from tests.wallet.limited_play import LimitedPlay
from tests.wallet.platform import Transport
from tests.wallet.world import STAFF, Seat, World
from wallet.models import LimitRefusal, Player, Session, Transaction
from wallet.services import cashier, play
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.players import block_player, exclude_player, unblock_player

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LIMIT = WantedLimit("wager", "day", Decimal(10), "EUR")


@pytest.fixture
def play_at(db: None, wallet_door: Transport) -> LimitedPlay:
    return LimitedPlay(wallet_door, NOON)


def now() -> datetime:
    return datetime.now(UTC)


def proofs(player: Player) -> list[tuple[Any, ...]]:
    facts = ("kind", "reference", "amount", "reason", "period", "allowed", "used", "times")
    return list(LimitRefusal.objects.filter(player=player).order_by("pk").values_list(*facts))


def test_platform_is_told_op_32_and_the_balance_stays(world: World, seat: Seat) -> None:
    set_limits(player=seat.player, wanted=[LIMIT], by=STAFF, now=now())
    world.bet(seat, "8.00")
    with world.unmoved():
        answer = world.bet(seat, "2.01", transaction_id=7)
    assert (answer.verdict, answer.message) == ("OP_32", "Limits reached")
    assert world.bet(seat, "2.00").verdict == "OK"
    assert world.win(seat, "50.00").verdict == "OK"
    assert world.refund(seat, "1.00").verdict == "OK"
    assert (seat.balance, proofs(seat.player)) == (
        Decimal("141.00"),
        [("bet", "7", Decimal("2.01"), "wager", "day", Decimal(10), Decimal(8), 1)],
    )


def test_retry_of_a_booked_bet_is_answered_whatever_the_limit_says_now(world: World, seat: Seat) -> None:
    bet = {"transaction_id": 7, "round_id": 8}
    world.bet(seat, "8.00", **bet)
    set_limits(player=seat.player, wanted=[LIMIT._replace(amount=Decimal(1))], by=STAFF, now=now())
    with world.unmoved():
        assert world.bet(seat, "8.00", **bet).verdict == "OK"
        assert world.bet(seat, "8.01", **bet).verdict == "OP_40"
    world.cancel(seat, 7, 8)
    with world.unmoved():
        assert world.bet(seat, "8.00", **bet).verdict == "OP_49"
    assert proofs(seat.player) == []


def test_limit_comes_after_block_and_game_and_before_round_and_funds(world: World, seat: Seat) -> None:
    set_limits(player=seat.player, wanted=[LIMIT], by=STAFF, now=now())
    world.bet(seat, "1.00", round_id=8, round_finished=True)
    passing = {"round_id": 8, "transaction_id": 7}
    verdicts = [world.bet(seat, "5000.00", **passing).verdict]
    Game.objects.filter(pk=world.game.pk).update(enabled=False)
    verdicts.append(world.bet(seat, "5000.00", **passing).verdict)
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=now())
    verdicts.append(world.bet(seat, "5000.00", **passing).verdict)
    verdicts.append(world.bet(seat, "5000.00", **passing, token=None).verdict)
    assert verdicts == ["OP_32", "OP_35", "OP_33", "OP_21"]
    # What staff refuse is no matter of the player's own limits.
    assert [(proof[3], proof[7]) for proof in proofs(seat.player)] == [("wager", 1)]
    world.cancel(seat, 99, 8)


def test_refused_bet_is_kept_once_however_often_it_comes_and_may_be_taken_later(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "10.00")
    for _ in range(3):
        assert play_at.refused("10.01", "same")
    assert play_at.refused("10.02", "other")
    play_at.later(days=1)
    play_at.limit("wager", "day", None)
    assert play_at.refused("10.01", "same")
    play_at.later(days=1)
    assert not play_at.refused("10.01", "same")
    assert proofs(play_at.player) == [
        ("bet", "same", Decimal("10.01"), "wager", "day", Decimal(10), Decimal(0), 4),
        ("bet", "other", Decimal("10.02"), "wager", "day", Decimal(10), Decimal(0), 1),
    ]
    first = LimitRefusal.objects.get(player=play_at.player, reference="same")
    assert (first.at, first.last_at) == (NOON, NOON + timedelta(days=1))
    assert Transaction.objects.filter(player=play_at.player, reference="same").count() == 1


def test_limit_with_the_least_room_is_named(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "month", "50.00")
    play_at.limit("wager", "day", "30.00")
    play_at.limit("net_loss", "week", "20.00")
    play_at.ask("bet", "15.00")
    assert play_at.refused("100.00", "first")
    play_at.ask("win", "50.00")
    assert play_at.refused("100.00", "second")
    told = [(proof[3], proof[4], proof[5], proof[6]) for proof in proofs(play_at.player)]
    assert told == [("net_loss", "week", Decimal(20), Decimal(15)), ("wager", "day", Decimal(30), Decimal(15))]


def test_refused_deposit_is_kept_once_and_its_reference_may_be_used_later(play_at: LimitedPlay) -> None:
    play_at.limit("deposit", "day", "10050.00")
    for _ in range(2):
        with pytest.raises(cashier.DepositLimitReached) as refusal:
            play_at.pay("deposit", "50.01", "pay-1")
    assert refusal.value.code == "deposit_limit_reached"
    play_at.pay("deposit", "50.00", "pay-1")
    assert proofs(play_at.player) == [
        ("deposit", "pay-1", Decimal("50.01"), "deposit", "day", Decimal(10050), Decimal(10000), 2)
    ]
    assert play_at.pay("deposit", "50.00", "pay-1") == Decimal(10050)


def test_blocked_player_pays_in_nothing_and_may_be_paid_out(play_at: LimitedPlay) -> None:
    play_at.pay("deposit", "5.00", "before")
    block_player(player=play_at.player, reason="chargeback", by=STAFF, now=NOON)
    with pytest.raises(cashier.DepositorBarred):
        play_at.pay("deposit", "5.00", "after")
    assert play_at.pay("deposit", "5.00", "before") == Decimal(10005)
    assert play_at.pay("withdrawal", "10005.00") == Decimal(0)
    unblock_player(player=play_at.player, reason="cleared", by=STAFF)
    assert play_at.pay("deposit", "5.00", "after") == Decimal(5)
    assert proofs(play_at.player) == []


@pytest.mark.parametrize("kind", ["cool_off", "self_exclusion"])
def test_excluded_player_gets_late_money_and_is_paid_out_but_neither_bets_nor_pays_in(
    play_at: LimitedPlay, kind: str
) -> None:
    bet = play_at.ask("bet", "10.00")
    until = NOON + timedelta(days=7)
    exclude_player(player=play_at.player, until=until, kind=kind, by=STAFF, now=NOON)
    with pytest.raises(cashier.DepositorExcluded):
        play_at.pay("deposit", "5.00", "pay-1")
    for _ in range(2):
        with pytest.raises(play.PlayerBlocked):
            play_at.ask("bet", "1.00", "late")
    play_at.ask("win", "30.00")
    play_at.ask("refund", "1.00")
    play_at.undo(bet)
    assert play_at.pay("withdrawal", "10031.00") == Decimal(0)
    assert proofs(play_at.player) == [
        ("deposit", "pay-1", Decimal(5), "exclusion", "", None, None, 1),
        ("bet", "late", Decimal(1), "exclusion", "", None, None, 2),
    ]
    assert set(LimitRefusal.objects.values_list("until", flat=True)) == {until}
    play_at.later(days=7)
    assert play_at.pay("deposit", "5.00", "pay-1") == Decimal(5)
    assert not play_at.refused("1.00", "late")


def test_bet_after_the_session_time_is_refused_and_a_late_win_is_not(world: World, seat: Seat) -> None:
    set_limits(player=seat.player, wanted=[WantedLimit("session_time", "session", Decimal(30))], by=STAFF, now=now())
    assert world.bet(seat, "1.00").verdict == "OK"
    since = now() - timedelta(minutes=30, seconds=1)
    Session.objects.filter(player=seat.player).update(
        created_at=since, sitting_since=since, sitting_until=since + timedelta(minutes=30)
    )
    with world.unmoved():
        answers = [world.bet(seat, "0", transaction_id=7), world.authenticate(seat)]
    assert [answer.verdict for answer in answers] == ["OP_32", "OP_22"]
    assert world.win(seat, "5.00").verdict == "OK"
    assert proofs(seat.player) == [("bet", "7", Decimal(0), "session_time", "session", Decimal(30), Decimal(30), 1)]
