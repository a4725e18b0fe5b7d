"""What must not be taken for something alike: another source's number, another currency, a withdrawal, a deposit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from operators.models import Casino
from operators.services import create_casino
from tests.wallet.limited_play import LimitedPlay
from tests.wallet.platform import Transport
from tests.wallet.test_sql_files import ROOT
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account, LimitRefusal, Session
from wallet.services import cashier
from wallet.services.approvals import approve_request
from wallet.services.players import exclude_player
from wallet.services.requests import request_adjustment

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def play_at(db: None, wallet_door: Transport) -> LimitedPlay:
    return LimitedPlay(wallet_door, NOON)


def test_withdrawal_is_no_stake_however_little_may_be_staked_and_keeps_its_own_time(play_at: LimitedPlay) -> None:
    for kind in ("wager", "net_loss", "deposit"):
        play_at.limit(kind, "day", "1.00")
    play_at.later(days=-1)
    assert play_at.pay("withdrawal", "500.00") == Decimal(9500)
    assert play_at.seated.rows[-1].created_at == play_at.now


@pytest.fixture
def nothing_is_weighed(db: None) -> Iterator[None]:
    """Whoever looks for limits fails."""
    text = (ROOT / "wallet/sql/wallet_find_passed_limit.sql").read_text()
    with connection.cursor() as cursor:
        cursor.execute(text.replace("WHERE (held.kind", "WHERE 1 / 0 = 1 AND (held.kind"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(text)


@pytest.mark.usefixtures("nothing_is_weighed")
def test_account_without_limits_is_not_searched_for_them(play_at: LimitedPlay) -> None:
    assert play_at.pay("deposit", "5.00") == Decimal(10005)
    assert not play_at.refused("5.00")


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_limit_in_one_currency_has_that_account_alone_counted(play_at: LimitedPlay, currency: str) -> None:
    play_at.limit("wager", "day", "10.00", currency)
    limited = Account.objects.filter(player=play_at.player, limited=True)
    assert [account.currency for account in limited] == [currency]


def test_refusal_is_not_put_down_to_the_session_time_of_another_player(play_at: LimitedPlay) -> None:
    other = play_at.add_player("EUR")
    play_at.launch(other)
    began = NOON - timedelta(hours=1)
    Session.objects.filter(player=other).update(sitting_since=began, sitting_until=NOON)
    play_at.limit("wager", "day", "1.00")
    assert play_at.refused("1.01")
    assert LimitRefusal.objects.get(player=play_at.player).reason == "wager"


def test_overdrawn_account_is_credited_with_less_than_it_lacks(world: World, seat: Seat) -> None:
    for name in ("anna", "boris"):
        User.objects.create_user(name).groups.add(Group.objects.get_or_create(name="finance")[0])
    world.win(seat, "10.00", transaction_id=7)
    world.bet(seat, "110.00")
    world.cancel(seat, 7)
    facts: dict[str, Any] = {"player": seat.player, "currency": "EUR", "reason": "goodwill", "note": "x", "now": NOON}
    made = request_adjustment(**facts, amount=Decimal(4), by="staff:anna")
    approve_request(request=made, by="staff:boris", now=NOON)
    assert seat.balance == Decimal("-6.00")


def test_first_limit_counts_what_was_refunded_before_it(play_at: LimitedPlay) -> None:
    play_at.ask("bet", "10.00")
    play_at.ask("refund", "4.00")
    play_at.limit("wager", "day", "7.00")
    assert play_at.refused("1.01")
    assert not play_at.refused("1.00")


def test_first_limit_counts_no_cancel_of_what_was_staked_the_day_before(play_at: LimitedPlay) -> None:
    yesterday = play_at.ask("bet", "10.00")
    play_at.later(days=1)
    play_at.ask("bet", "10.00")
    play_at.undo(yesterday)
    play_at.limit("wager", "day", "10.00")
    assert play_at.refused("0.01")


def test_refusal_by_a_clock_that_lags_behind_is_not_the_last(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "week", "1.00")
    assert play_at.refused("1.01", "same")
    exclude_player(player=play_at.player, until=NOON + timedelta(days=7), kind="cool_off", by=STAFF, now=NOON)
    for hours in (0, -1):
        play_at.later(hours=hours)
        with pytest.raises(cashier.DepositorExcluded):
            play_at.pay("deposit", "1.00", "pay-1")
    known = LimitRefusal.objects.get(player=play_at.player, kind="deposit")
    assert (known.times, known.at, known.last_at) == (2, NOON, NOON)


class TestOneNumber:
    """A casino and its operator have the same number, and the cashier and the platform use the same references."""

    @pytest.fixture
    def seat(self, world: World) -> Seat:
        number = world.operator.pk
        if not Casino.objects.filter(pk=number).exists():
            made = create_casino(slug="same", name="Same", home_url="https://same.example", deposit_url="", by=STAFF)
            Casino.objects.filter(pk=made.pk).update(id=number)
        world.casino = Casino.objects.get(pk=number)
        world.operator.casino = world.casino
        world.operator.save()
        seat = world.seat()
        for reference in ("7", "8"):
            cashier.deposit(**self.facts(world, seat), reference=reference)
        return seat

    def facts(self, world: World, seat: Seat) -> dict[str, Any]:
        casino = {"casino": world.casino, "user_id": seat.user_id, "currency": "EUR", "amount": Decimal(5)}
        return {**casino, "by": STAFF, "now": datetime.now(UTC)}

    def test_platform_knows_nothing_of_a_deposit(self, world: World, seat: Seat) -> None:
        with world.unmoved():
            assert world.status(seat, 7).verdict == "OP_41"
            assert world.bet(seat, "5000.00", transaction_id=7, round_id=8).verdict == "OP_31"
        assert world.cancel(seat, 7, 8).verdict == "OP_41"
        assert (seat.balance, world.bet(seat, "5.00", transaction_id=8).balance) == (Decimal(110), Decimal(105))
        assert world.status(seat, 8).data["transaction_status"] == "OK"

    def test_cashier_knows_nothing_of_a_bet(self, world: World, seat: Seat) -> None:
        world.bet(seat, "5.00", transaction_id=9)
        assert cashier.deposit(**self.facts(world, seat), reference="9").applied
        assert not cashier.deposit(**self.facts(world, seat), reference="9").applied
