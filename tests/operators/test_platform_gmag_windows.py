"""The windows in which gmag's history is asked for: which are refused before a call, and how a period is divided."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from operators.platforms.base import Http
from operators.platforms.gmag import (
    BadWindow,
    Client,
    Config,
    Window,
    WindowBackwards,
    WindowForgotten,
    WindowNotPast,
    WindowOffTheMinute,
    WindowTooLong,
    WindowWithoutZone,
    plan_windows,
)
from operators.platforms.gmag.windows import check_window
from tests.operators.platform_stub import Answer, Stub

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def before_noon(**span: float) -> datetime:
    return NOON - timedelta(**span)


@pytest.mark.parametrize(
    ("start", "end", "refusal"),
    [
        (before_noon(minutes=31), before_noon(minutes=1), WindowTooLong),
        (before_noon(days=2), before_noon(days=1), WindowTooLong),
        (before_noon(minutes=10, seconds=1), before_noon(minutes=1), WindowOffTheMinute),
        (before_noon(minutes=10), before_noon(seconds=1), WindowOffTheMinute),
        (before_noon(minutes=10), before_noon(minutes=5, microseconds=1), WindowOffTheMinute),
        (before_noon(minutes=5), before_noon(minutes=5), WindowBackwards),
        (before_noon(minutes=5), before_noon(minutes=6), WindowBackwards),
        (before_noon(minutes=5), NOON + MINUTE, WindowNotPast),
        (before_noon(days=30, minutes=1), before_noon(days=30) + MINUTE, WindowForgotten),
        (before_noon(minutes=5).replace(tzinfo=None), before_noon(minutes=1), WindowWithoutZone),
        (before_noon(minutes=5), before_noon(minutes=1).replace(tzinfo=None), WindowWithoutZone),
    ],
)
def test_a_window_that_the_platform_would_not_take_is_refused_by_name(
    stub: Stub, start: datetime, end: datetime, refusal: type[BadWindow]
) -> None:
    config = Config(stub.url, "1001", "secret_key", Http(private_hosts_allowed=True), clock=lambda: NOON)
    with pytest.raises(refusal):
        Client(config, lambda _: None).get_game_history(Window(start, end))
    assert stub.asked == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (before_noon(minutes=29), NOON),
        (before_noon(minutes=1), NOON),
        (before_noon(days=30), before_noon(days=30) + MINUTE),
    ],
)
def test_a_window_at_the_edge_is_taken(start: datetime, end: datetime) -> None:
    check_window(Window(start, end), now=NOON)


def test_a_window_of_another_zone_is_asked_for_in_gmt(stub: Stub) -> None:
    stub.lay("/history/game", Answer(body=b'{"error":0,"total":0,"pages":0,"size":1,"records":[]}'))
    config = Config(stub.url, "1001", "secret_key", Http(private_hosts_allowed=True), clock=lambda: NOON)
    malta = timezone(timedelta(hours=1))
    window = Window(before_noon(minutes=9).astimezone(malta), before_noon(minutes=1).astimezone(malta))
    Client(config, lambda _: None).get_game_history(window)
    assert b'"startTime":"2026-11-20 11:51:00","endTime":"2026-11-20 11:59:00"' in stub.bodies[0]


def test_a_period_is_divided_into_windows_side_by_side_the_oldest_first() -> None:
    plan = plan_windows(before_noon(minutes=70), NOON, now=NOON)
    assert plan.lost is None
    assert list(plan.list_windows()) == [
        Window(before_noon(minutes=70), before_noon(minutes=41)),
        Window(before_noon(minutes=41), before_noon(minutes=12)),
        Window(before_noon(minutes=12), NOON),
    ]


def test_every_window_of_a_plan_is_one_that_may_be_asked_for() -> None:
    plan = plan_windows(before_noon(days=40), NOON, now=NOON)
    windows = list(plan.list_windows())
    for window in windows:
        check_window(window, now=NOON + timedelta(minutes=4))
    assert all(later.start == earlier.end for earlier, later in pairwise(windows))
    assert (windows[0].start, windows[-1].end) == (before_noon(days=30) + timedelta(minutes=5), NOON)


def test_what_is_older_than_thirty_days_is_told_as_lost() -> None:
    plan = plan_windows(before_noon(days=31), before_noon(days=29), now=NOON)
    oldest = before_noon(days=30) + timedelta(minutes=5)
    assert (plan.lost, plan.asked) == (Window(before_noon(days=31), oldest), Window(oldest, before_noon(days=29)))


def test_a_period_that_is_wholly_forgotten_is_lost_and_asks_for_nothing() -> None:
    plan = plan_windows(before_noon(days=40), before_noon(days=35), now=NOON)
    assert plan.lost == Window(before_noon(days=40), before_noon(days=35))
    assert list(plan.list_windows()) == []


def test_ends_between_minutes_are_moved_outwards_but_not_into_the_future() -> None:
    now = NOON + timedelta(seconds=30)
    plan = plan_windows(before_noon(minutes=5, seconds=20), now, now=now)
    assert list(plan.list_windows()) == [Window(before_noon(minutes=6), NOON)]
    earlier = plan_windows(before_noon(minutes=5), before_noon(minutes=2, seconds=20), now=now)
    assert list(earlier.list_windows()) == [Window(before_noon(minutes=5), before_noon(minutes=2))]


@pytest.mark.parametrize(("since", "until"), [(NOON, NOON), (NOON, before_noon(minutes=5)), (NOON + MINUTE, NOON)])
def test_no_period_is_nothing_to_ask_for_and_nothing_lost(since: datetime, until: datetime) -> None:
    plan = plan_windows(since, until, now=NOON)
    assert (plan.lost, list(plan.list_windows())) == (None, [])
