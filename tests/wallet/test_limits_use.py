"""What counts against a limit, in which day, week and month, and what is left of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from operators.models import Casino
from tests.wallet.limit_books import find_use_faults, read_use
from tests.wallet.limited_play import LimitedPlay
from tests.wallet.platform import Transport
from tests.wallet.test_sql_files import ROOT
from wallet.models import Account, LimitUse
from wallet.selectors.limits import list_limits, list_use
from wallet.services import cashier, play

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def play_at(db: None, wallet_door: Transport) -> LimitedPlay:
    return LimitedPlay(wallet_door, NOON)


def berlin(transport: Transport, at: str) -> LimitedPlay:
    return LimitedPlay(transport, datetime.fromisoformat(at), "Europe/Berlin")


@pytest.mark.parametrize("kind", ["wager", "net_loss"])
@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_stake_up_to_the_limit_is_taken_and_a_cent_beyond_is_not(play_at: LimitedPlay, kind: str, period: str) -> None:
    play_at.limit(kind, period, "100.00")
    assert not play_at.refused("60.00")
    assert not play_at.refused("40.00")
    assert play_at.refused("0.01")


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_deposit_up_to_the_limit_is_taken_and_a_cent_beyond_is_not(play_at: LimitedPlay, period: str) -> None:
    play_at.limit("deposit", period, "10100.00")
    play_at.pay("deposit", "100.00")
    with pytest.raises(cashier.DepositLimitReached):
        play_at.pay("deposit", "0.01")
    play_at.pay("withdrawal", "500.00")
    with pytest.raises(cashier.DepositLimitReached):
        play_at.pay("deposit", "0.01")


def test_wins_refunds_and_cancels_count_as_what_they_are(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "100.00")
    play_at.limit("net_loss", "day", "50.00")
    staked = play_at.ask("bet", "30.00")
    play_at.ask("win", "10.00")
    assert used(play_at) == {"wager": "30.00", "net_loss": "20.00"}
    play_at.ask("refund", "5.00")
    assert used(play_at) == {"wager": "25.00", "net_loss": "15.00"}
    win = play_at.ask("win", "40.00")
    assert used(play_at) == {"wager": "25.00", "net_loss": "-25.00"}
    play_at.undo(win)
    play_at.undo(staked)
    assert used(play_at) == {"wager": "0.00", "net_loss": "-15.00"}


def used(play_at: LimitedPlay) -> dict[str, str]:
    return {limit.change.kind: f"{limit.used:.2f}" for limit in list_limits(play_at.player, play_at.now)}


def test_room_that_was_won_may_be_lost_again_but_not_staked_beyond_the_stakes(play_at: LimitedPlay) -> None:
    play_at.limit("net_loss", "day", "50.00")
    play_at.ask("bet", "50.00")
    play_at.ask("win", "200.00")
    assert not play_at.refused("200.00")
    assert play_at.refused("0.01")


def test_bet_of_nothing_is_no_use_of_a_limit_that_is_passed_already(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "100.00")
    play_at.ask("bet", "80.00")
    play_at.limit("wager", "day", "50.00")
    assert not play_at.refused("0.00")
    assert play_at.refused("0.01")
    assert play_at.refused("0.01", promotional=True)


def test_limit_of_nothing_refuses_every_stake(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "0.00")
    assert not play_at.refused("0.00")
    assert play_at.refused("0.01")


def test_currencies_are_limited_apart(play_at: LimitedPlay) -> None:
    play_at.limit("deposit", "day", "20000.00")
    play_at.limit("deposit", "day", "10.00", "USD")
    play_at.pay("deposit", "5000.00")
    with pytest.raises(cashier.DepositLimitReached):
        play_at.pay("deposit", "10.01", currency="USD")


def test_first_limit_counts_what_was_played_before_it(play_at: LimitedPlay) -> None:
    play_at.at("2026-11-01T00:00:00Z")
    play_at.ask("bet", "1.00")
    play_at.at("2026-11-16T00:00:00Z")
    play_at.ask("bet", "2.00")
    play_at.at("2026-11-20T00:00:00Z")
    canceled = play_at.ask("bet", "64.00")
    play_at.ask("bet", "4.00")
    play_at.ask("win", "0.50")
    play_at.at("2026-11-20T12:00:00Z")
    play_at.undo(canceled)
    play_at.limit("wager", "month", "7.00")
    counted = {use.period: (use.wager, use.net_loss) for use in list_use(account(play_at), play_at.now)}
    assert counted == {
        "day": (Decimal(4), Decimal("3.5")),
        "week": (Decimal(6), Decimal("5.5")),
        "month": (Decimal(7), Decimal("6.5")),
    }
    assert play_at.refused("0.01")


def account(play_at: LimitedPlay) -> Account:
    return Account.objects.get(pk=play_at.account.pk)


# The last moment of a day, week or month in Berlin, and the first of the next: over the end of summer time, the end of
# a week that is also summer time's, and of a month; then the night in March that has 23 hours.
TURNS = [
    ("day", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z", "2026-10-24T22:00:00Z"),
    ("day", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", "2026-03-28T23:00:00Z"),
    ("week", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z", "2026-10-18T22:00:00Z"),
    ("week", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", "2026-03-22T23:00:00Z"),
    ("month", "2026-10-31T22:59:59Z", "2026-10-31T23:00:00Z", "2026-09-30T22:00:00Z"),
    ("month", "2026-03-31T21:59:59Z", "2026-03-31T22:00:00Z", "2026-02-28T23:00:00Z"),
]


@pytest.mark.parametrize("turn", TURNS)
def test_period_turns_at_the_casinos_own_midnight(
    db: None, wallet_door: Transport, turn: tuple[str, str, str, str]
) -> None:
    period, last, first, began = turn
    play_at = berlin(wallet_door, began)
    play_at.limit("wager", period, "10.00")
    play_at.ask("bet", "6.00")
    play_at.at(last)
    assert play_at.refused("4.01")
    play_at.ask("bet", "4.00")
    play_at.at(first)
    assert play_at.refused("10.01")
    assert not play_at.refused("10.00")
    began_at = {use.period: use.started_at for use in list_use(account(play_at), play_at.now)}
    assert began_at[period] == datetime.fromisoformat(first)


def test_cancel_after_midnight_gives_room_to_the_day_of_the_bet_and_none_to_today(
    db: None, wallet_door: Transport
) -> None:
    play_at = berlin(wallet_door, "2026-11-19T22:59:00Z")
    play_at.limit("wager", "day", "10.00")
    play_at.limit("wager", "week", "25.00")
    yesterday = play_at.ask("bet", "10.00")
    play_at.at("2026-11-19T23:00:01Z")
    play_at.ask("bet", "10.00")
    play_at.undo(yesterday)
    assert play_at.refused("0.01")
    counted = {use.period: use.wager for use in list_use(account(play_at), play_at.now)}
    assert counted == {"day": Decimal(10), "week": Decimal(10), "month": Decimal(10)}


def test_win_after_midnight_counts_today(db: None, wallet_door: Transport) -> None:
    play_at = berlin(wallet_door, "2026-11-19T22:59:00Z")
    play_at.limit("net_loss", "day", "10.00")
    play_at.ask("bet", "10.00")
    play_at.at("2026-11-19T23:00:01Z")
    play_at.ask("win", "3.00")
    assert not play_at.refused("13.00")
    assert play_at.refused("0.01")


def test_clock_that_lags_behind_does_not_bring_yesterday_back(db: None, wallet_door: Transport) -> None:
    play_at = berlin(wallet_door, "2026-11-19T22:59:00Z")
    play_at.limit("wager", "day", "10.00")
    play_at.at("2026-11-19T23:00:01Z")
    play_at.ask("bet", "10.00")
    play_at.at("2026-11-19T22:59:59Z")
    assert play_at.refused("0.01")
    play_at.ask("win", "5.00")
    play_at.at("2026-11-19T23:00:02Z")
    assert play_at.refused("0.01")
    kept = LimitUse.objects.get(account=play_at.account, period="day")
    assert (kept.wager, kept.net_loss) == read_use(account(play_at), kept.started_at)[:2] == (Decimal(10), Decimal(10))


def test_bets_by_a_clock_that_lags_behind_count_in_the_day_that_they_are_weighed_in(
    db: None, wallet_door: Transport
) -> None:
    play_at = berlin(wallet_door, "2026-11-19T22:59:00Z")
    play_at.limit("wager", "day", "10.00")
    play_at.limit("deposit", "day", "20.00")
    play_at.at("2026-11-19T23:00:01Z")
    play_at.ask("bet", "1.00")
    play_at.at("2026-11-19T22:59:59Z")
    assert not play_at.refused("9.00")
    assert play_at.refused("0.01")
    play_at.pay("deposit", "20.00")
    with pytest.raises(cashier.DepositLimitReached):
        play_at.pay("deposit", "0.01")
    kept = LimitUse.objects.get(account=play_at.account, period="day")
    assert (kept.wager, kept.deposit) == read_use(account(play_at), kept.started_at)[::2] == (Decimal(10), Decimal(20))


def test_late_refund_gives_no_room_beyond_the_limit_to_several_bets_either(db: None, wallet_door: Transport) -> None:
    play_at = berlin(wallet_door, "2026-11-19T22:59:00Z")
    play_at.limit("wager", "day", "10.00")
    play_at.ask("bet", "10.00")
    play_at.at("2026-11-19T23:00:01Z")
    play_at.ask("refund", "10.00")
    play_at.ask("bet", "6.00")
    assert not play_at.refused("4.00")
    assert play_at.refused("0.01")
    # Nor does it where the day is counted from the ledger.
    Casino.objects.filter(pk=play_at.casino.pk).update(time_zone="Europe/Paris")
    assert play_at.refused("0.01")


def test_other_time_zone_begins_other_days_which_are_counted_from_the_ledger(play_at: LimitedPlay) -> None:
    play_at.at("2026-11-20T10:00:00Z")
    play_at.limit("wager", "day", "10.00")
    play_at.ask("bet", "6.00")
    play_at.at("2026-11-20T22:59:00Z")
    play_at.ask("bet", "1.00")
    Casino.objects.filter(pk=play_at.casino.pk).update(time_zone="Asia/Tokyo")
    # In Tokyo it is the 21st since 15:00.
    assert play_at.refused("9.01")
    assert not play_at.refused("9.00")
    kept = LimitUse.objects.get(account=play_at.account, period="day")
    assert (kept.zone, kept.wager) == ("Asia/Tokyo", Decimal(10))
    Casino.objects.filter(pk=play_at.casino.pk).update(time_zone="UTC")
    assert play_at.refused("0.01")


def test_counter_that_is_wrong_is_noticed(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "10.00")
    play_at.ask("bet", "6.00")
    assert list(find_use_faults([account(play_at)])) == []
    LimitUse.objects.filter(account=play_at.account, period="week").update(wager=Decimal(5))
    (fault,) = find_use_faults([account(play_at)])
    assert "of its week" in fault
    LimitUse.objects.filter(account=play_at.account, period="week").update(wager=Decimal(6))


def test_account_without_limits_is_not_counted(play_at: LimitedPlay) -> None:
    play_at.ask("bet", "6.00")
    assert not account(play_at).limited
    assert LimitUse.objects.filter(account=play_at.account).count() == 0
    with pytest.raises(play.InsufficientFunds):
        play_at.ask("bet", "99999.00")


def test_what_is_counted_is_not_read_from_the_ledger_again(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "month", "10.00")
    with connection.cursor() as cursor:
        text = (ROOT / "wallet/sql/wallet_sum_use.sql").read_text()
        cursor.execute(text.replace("moved.created_at >= _since", "moved.created_at >= _since AND 1 / 0 = 1"))
    canceled = play_at.ask("bet", "6.00")
    assert play_at.refused("4.01")
    play_at.undo(canceled)
    play_at.later(days=1)
    assert play_at.refused("10.01")
    assert not play_at.refused("10.00")
    Casino.objects.filter(pk=play_at.casino.pk).update(time_zone="Asia/Tokyo")
    with pytest.raises(play.LedgerUnavailable), transaction.atomic():
        play_at.ask("win", "1.00")
