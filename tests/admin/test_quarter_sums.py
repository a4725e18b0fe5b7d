"""What the first page keeps of quarters of an hour that are over: always what the ledger itself comes to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from operators.models import Casino
from tests.admin.house import House, ago
from tests.wallet.world import Seat
from wallet.models import QuarterSum
from wallet.selectors import figures
from wallet.selectors.figures import QUARTER, Movements
from wallet.services.figures import sum_quarters
from wallet.services.players import mark_test_player
from wallet.tasks import sum_quarters as beat

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
LATEST, KEPT_FOR, KEPT = 5 * MINUTE, timedelta(hours=26), 104


@pytest.fixture
def now() -> datetime:
    """Seven minutes after a quarter of an hour: the quarter before it is over by more than what comes late."""
    this_hour = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return this_hour - timedelta(hours=1) + QUARTER + 7 * MINUTE


@pytest.fixture
def since(now: datetime) -> datetime:
    return now - 7 * MINUTE - 8 * QUARTER


Told = tuple[list[Movements], figures.ActivePlayers]


def told(since: datetime, now: datetime, casino: Casino | None = None) -> Told:
    """All that the first page asks for, cents without their noughts."""
    moved = figures.list_movements(since=since, until=now, casino=casino)
    active = figures.count_active_players(since=since, until=now, casino=casino)
    return sorted((replace(each, amount=each.amount.normalize()) for each in moved), key=repr), active


def told_live(since: datetime, now: datetime, casino: Casino | None = None) -> Told:
    """The same of the ledger itself."""
    QuarterSum.objects.all().delete()
    return told(since, now, casino)


def play(house: House, since: datetime) -> list[Seat]:
    """Bets, wins, refunds, cancels of each and rows with a remark, in two currencies, all over eight quarters."""
    seats = [house.seat(), house.seat("50.00", currency="USD"), house.seat()]
    for number in range(8):
        at, seat = since + number * QUARTER + number * MINUTE, seats[number % 3]
        bet = house.post("bet", seat, f"{number + 1}.05", at=at)
        house.post("win", seat, "0.30", at=at + SECOND, round_ref=bet.round_ref)
        if number % 2:
            house.undo(seat, bet.reference, at=at + QUARTER)
            house.post("win", seat, "0.01", at=at + 2 * SECOND)
    return seats


def test_kept_sums_are_what_the_ledger_comes_to(house: House, since: datetime, now: datetime) -> None:
    play(house, since)
    assert sum_quarters(now=now) == KEPT
    found = told(since, now), told(since, now, house.casino)
    assert found == (told_live(since, now), told_live(since, now, house.casino))
    (euros,) = [each for each in figures.sum_figures(found[1][0], since=since) if each.currency == "EUR"]
    assert (euros.bets, euros.bet_count, euros.cancel_count) == (Decimal("11.15"), 5, 2)
    assert found[1][1] == figures.ActivePlayers(total=3, by_currency={"EUR": 2, "USD": 1})


def test_what_is_kept_is_read_from_the_ledger_no_more(house: House, since: datetime, now: datetime) -> None:
    play(house, since)
    expected = told(since, now)
    sum_quarters(now=now)
    QuarterSum.objects.filter(quarter=since).update(movements=[], bettors=[])
    found = told(since, now)
    assert [each for each in expected[0] if each.quarter > since] == found[0] != expected[0]
    assert sum_quarters(now=now) == 0


def test_rows_that_come_late_are_counted(house: House, since: datetime, now: datetime) -> None:
    seat, over = house.seat(), now - 7 * MINUTE
    house.post("bet", seat, "1.00", at=over - SECOND)
    sum_quarters(now=over + LATEST - SECOND)
    house.post("bet", seat, "2.00", at=over - SECOND)
    assert sum_quarters(now=over + LATEST) == 1
    assert [moved.amount for moved in told(since, now, house.casino)[0]] == [3]


def test_boundary_belongs_to_the_quarter_that_it_begins(house: House, since: datetime, now: datetime) -> None:
    seat, over = house.seat(), now - 7 * MINUTE
    for amount, at in (("1.00", over - timedelta(microseconds=1)), ("2.00", over), ("4.00", over - QUARTER)):
        house.post("bet", seat, amount, at=at)
    sum_quarters(now=now)
    found = told(since, now, house.casino)
    assert [(moved.quarter, moved.amount) for moved in found[0]] == [
        (over - QUARTER, Decimal(5)),
        (over, Decimal(2)),
    ]
    assert found == told_live(since, now, house.casino)
    assert [moved.amount for moved in told(over, now, house.casino)[0]] == [2]


def test_reversal_counts_in_the_quarter_in_which_it_came(house: House, since: datetime, now: datetime) -> None:
    seat = house.seat()
    bet = house.post("bet", seat, "4.00", at=since)
    sum_quarters(now=now)
    house.undo(seat, bet.reference, at=now - MINUTE)
    moved, active = told(since, now, house.casino)
    assert [(each.kind, each.reversal, each.amount) for each in moved] == [
        ("bet", False, Decimal(4)),
        ("bet", True, Decimal(4)),
    ]
    assert figures.sum_figures(moved, since=since)[0].bets == 0
    assert active.total == 1


def test_player_who_becomes_a_test_player_and_one_again_is_never_counted_wrong(
    house: House, since: datetime, now: datetime
) -> None:
    seat, *_ = play(house, since)
    sum_quarters(now=now)
    before = told(since, now)
    for is_test in (True, False):
        mark_test_player(player=seat.player, is_test=is_test, reason="Anna's own", by="staff:anna")
        at_once = told(since, now)
        assert (at_once == before) == (not is_test)
        assert sum_quarters(now=now) == KEPT
        assert told(since, now) == at_once == told_live(since, now)
        sum_quarters(now=now)


def test_gap_in_what_is_kept_is_filled_from_the_ledger(house: House, since: datetime, now: datetime) -> None:
    play(house, since)
    expected = told(since, now)
    sum_quarters(now=now)
    QuarterSum.objects.filter(quarter=since + 3 * QUARTER).delete()
    assert told(since, now) == expected
    assert sum_quarters(now=now) == 1
    assert told(since, now) == expected


@pytest.mark.parametrize("late", [MINUTE, QUARTER, timedelta(hours=5)])
def test_figures_are_right_while_beat_is_away(house: House, since: datetime, now: datetime, late: timedelta) -> None:
    sum_quarters(now=now - late)
    play(house, now - late + LATEST)
    until = now + timedelta(hours=3)
    assert told(since, until) == told_live(since, until)


def test_sums_older_than_the_longest_day_are_forgotten(house: House, now: datetime) -> None:
    sum_quarters(now=now - KEPT_FOR)
    sum_quarters(now=now)
    kept = QuarterSum.objects.order_by("quarter").values_list("quarter", flat=True)
    over = now - 7 * MINUTE
    assert list(kept) == [over - KEPT_FOR + number * QUARTER for number in range(KEPT)]


def test_beat_keeps_the_first_page_from_reading_a_day(
    boss: Client, house: House, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    seat = house.seat()
    house.post("bet", seat, "3.00", at=ago(hours=1))
    expected = boss.get(reverse("admin:index")).context["figures"]
    beat()
    with django_assert_max_num_queries(100) as asked:
        assert boss.get(reverse("admin:index")).context["figures"] == expected
    sums = [query["sql"] for query in asked if "date_bin" in query["sql"]]
    assert len(sums) == 1
    assert read_since(asked) > ago(minutes=31)


def read_since(asked: CaptureQueriesContext) -> datetime:
    """From when on the ledger was summed."""
    (query,) = [query["sql"] for query in asked if "date_bin" in query["sql"]]
    since = query.partition('"wallet_ledgerrow"."created_at" >= \'')[2].partition("'")[0]
    return datetime.fromisoformat(since)
