"""Setting limits: what holds at once and what a day later, what is kept of it, and sessions of limited time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from operators.models import AuditEntry
from tests.wallet.limited_play import LimitedPlay
from tests.wallet.platform import Transport
from tests.wallet.world import STAFF
from wallet.models import Exclusion, LimitChange, Session
from wallet.selectors.limits import list_limits
from wallet.services.cashier import NoSuchAccount
from wallet.services.limits import BREAK, SessionTimeUp, WantedLimit, find_sitting, set_limits
from wallet.services.players import ExclusionShortened, exclude_player

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def play_at(db: None, wallet_door: Transport) -> LimitedPlay:
    return LimitedPlay(wallet_door, NOON)


def held(play_at: LimitedPlay) -> list[tuple[str | None, str | None]]:
    """Each limit's amount now, and the one that is to come."""
    return [
        (text(limit.amount), text(limit.pending.amount) if limit.pending else "-")
        for limit in list_limits(play_at.player, play_at.now)
    ]


def text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.0f}"


def history(play_at: LimitedPlay) -> list[tuple[str | None, str | None, timedelta]]:
    changes = LimitChange.objects.filter(player=play_at.player).order_by("pk")
    return [(text(one.was), text(one.amount), one.effective_at - one.asked_at) for one in changes]


def test_first_and_tighter_limits_hold_at_once_and_looser_ones_after_a_day(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "100")
    play_at.limit("wager", "day", "50")
    play_at.limit("wager", "day", "80")
    assert held(play_at) == [("50", "80")]
    assert play_at.refused("50.01")
    play_at.now += DAY - timedelta(microseconds=1)
    assert play_at.refused("50.01")
    play_at.now += timedelta(microseconds=1)
    assert held(play_at) == [("80", "-")]
    assert not play_at.refused("80.00")
    nothing = timedelta(0)
    assert history(play_at) == [(None, "100", nothing), ("100", "50", nothing), ("50", "80", DAY)]


def test_limit_is_taken_away_after_a_day(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "50")
    play_at.limit("wager", "day", None)
    assert held(play_at) == [("50", None)]
    play_at.now += DAY
    assert held(play_at) == []
    assert not play_at.refused("500.00")
    play_at.limit("wager", "day", "500")
    assert play_at.refused("0.01")


def test_tightening_takes_back_what_is_pending(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "50")
    play_at.limit("wager", "day", "80")
    play_at.later(hours=1)
    play_at.limit("wager", "day", "20")
    play_at.now += DAY * 2
    assert held(play_at) == [("20", "-")]
    assert history(play_at)[-1] == ("50", "20", timedelta(0))


def test_asking_for_the_limit_in_force_takes_back_what_is_pending(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "50")
    play_at.limit("wager", "day", None)
    play_at.limit("wager", "day", "50")
    assert held(play_at) == [("50", "-")]
    play_at.now += DAY * 2
    assert held(play_at) == [("50", "-")]


def test_another_loosening_waits_a_day_of_its_own(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "50")
    play_at.limit("wager", "day", "80")
    play_at.later(hours=23)
    play_at.limit("wager", "day", "60")
    play_at.later(hours=23)
    assert held(play_at) == [("50", "60")]
    play_at.later(hours=1)
    assert held(play_at) == [("60", "-")]


def test_asking_for_the_same_again_changes_nothing_and_does_not_begin_the_day_anew(play_at: LimitedPlay) -> None:
    play_at.limit("wager", "day", "50")
    play_at.limit("wager", "day", "80")
    play_at.later(hours=23)
    play_at.limit("wager", "day", "80")
    play_at.limit("wager", "week", None)
    play_at.later(hours=1)
    assert held(play_at) == [("80", "-")]
    assert len(history(play_at)) == 2
    assert AuditEntry.objects.filter(action="set_limits").count() == 2


def test_who_set_what_is_kept_and_audited(play_at: LimitedPlay) -> None:
    wanted = [WantedLimit("wager", "day", Decimal(50), "EUR"), WantedLimit("session_time", "session", Decimal(60))]
    changes = set_limits(player=play_at.player, wanted=wanted, by="api-key:ab12cd34", now=NOON)
    assert [(change.kind, change.by) for change in changes] == [
        ("wager", "api-key:ab12cd34"),
        ("session_time", "api-key:ab12cd34"),
    ]
    later = [WantedLimit("wager", "day", Decimal("40.5"), "EUR"), WantedLimit("session_time", "session", None)]
    set_limits(player=play_at.player, wanted=later, by="api-key:ab12cd34", now=NOON)
    first, second = AuditEntry.objects.filter(action="set_limits", by="api-key:ab12cd34").order_by("pk")
    assert [(one["limit"], one["from"], one["to"]) for one in first.details["limits"] + second.details["limits"]] == [
        ("wager day EUR", None, "50.00"),
        ("session_time session", None, "60"),
        ("wager day EUR", "50.00", "40.50"),
        ("session_time session", "60", None),
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        [WantedLimit("wagers", "day", Decimal(1), "EUR")],
        [WantedLimit("wager", "year", Decimal(1), "EUR")],
        [WantedLimit("wager", "session", Decimal(1), "EUR")],
        [WantedLimit("wager", "day", Decimal(1))],
        [WantedLimit("wager", "day", Decimal(-1), "EUR")],
        [WantedLimit("wager", "day", Decimal("0.001"), "EUR")],
        [WantedLimit("wager", "day", Decimal("1e16"), "EUR")],
        [WantedLimit("wager", "day", Decimal("NaN"), "EUR")],
        [WantedLimit("session_time", "session", Decimal(0))],
        [WantedLimit("session_time", "session", Decimal("1.5"))],
        [WantedLimit("session_time", "session", Decimal(1441))],
        [WantedLimit("session_time", "day", Decimal(1))],
        [WantedLimit("session_time", "session", Decimal(1), "EUR")],
        [WantedLimit("wager", "day", Decimal(1), "EUR"), WantedLimit("wager", "day", None, "EUR")],
    ],
)
def test_malformed_limit_is_refused_and_nothing_is_set(play_at: LimitedPlay, wanted: list[WantedLimit]) -> None:
    fine = WantedLimit("deposit", "month", Decimal(5), "EUR")
    with pytest.raises(ValidationError) as refusal:
        set_limits(player=play_at.player, wanted=[fine, *wanted], by=STAFF, now=NOON)
    assert list(refusal.value.message_dict) == ["limits"]
    assert history(play_at) == []


def test_limit_in_a_currency_that_the_player_has_not_is_refused(play_at: LimitedPlay) -> None:
    with pytest.raises(NoSuchAccount):
        play_at.limit("wager", "day", "5", "SEK")
    assert history(play_at) == []


def test_exclusion_grows_longer_and_never_shorter(play_at: LimitedPlay) -> None:
    player, week = play_at.player, timedelta(days=7)
    exclude_player(player=player, until=NOON + week, kind="cool_off", reason="Holidays", by=STAFF, now=NOON)
    exclude_player(player=player, until=NOON + week, kind="cool_off", by="api-key:ab12cd34", now=NOON)
    for until in (NOON + week - timedelta(seconds=1), NOON):
        with pytest.raises(ExclusionShortened):
            exclude_player(player=player, until=until, by=STAFF, now=NOON)
    exclude_player(player=player, until=NOON + week * 30, by="api-key:ab12cd34", now=NOON + week)
    kept = list(Exclusion.objects.filter(player=player).order_by("pk").values_list("kind", "until", "reason", "by"))
    assert kept == [
        ("cool_off", NOON + week, "Holidays", STAFF),
        ("self_exclusion", NOON + week * 30, "", "api-key:ab12cd34"),
    ]
    player.refresh_from_db()
    assert player.excluded_until == NOON + week * 30


def test_cool_off_lasts_six_weeks_at_most_and_an_exclusion_a_lifetime(play_at: LimitedPlay) -> None:
    exclude_player(player=play_at.player, until=NOON + timedelta(days=42), kind="cool_off", by=STAFF, now=NOON)
    for kind, days in (("cool_off", 43), ("self_exclusion", 40_000)):
        with pytest.raises(ValidationError):
            exclude_player(player=play_at.player, until=NOON + timedelta(days=days), kind=kind, by=STAFF, now=NOON)


def sitting(play_at: LimitedPlay) -> tuple[datetime | None, datetime | None]:
    return find_sitting(player=play_at.player, now=play_at.now)


def open_session(play_at: LimitedPlay) -> Session:
    """A session as a launch would open it at the time on the clock."""
    session = Session.objects.filter(player=play_at.player).order_by("pk")[0]
    since, until = find_sitting(player=play_at.player, now=play_at.now)
    session.pk, session.token_digest = None, str(play_at.now).encode()
    session.created_at, session.sitting_since, session.sitting_until = play_at.now, since, until
    session.save(force_insert=True)
    return session


def test_one_minute_of_a_session_is_told_as_one(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    play_at.allow_session("1")
    open_session(play_at)
    play_at.later(minutes=1)
    with pytest.raises(SessionTimeUp, match="session time of 1 minute is used up"):
        sitting(play_at)


def test_sessions_one_after_the_other_share_a_sitting_and_a_break_follows_it(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    assert sitting(play_at) == (None, None)
    play_at.allow_session("60")
    first = open_session(play_at)
    assert (first.sitting_since, first.sitting_until) == (NOON, NOON + timedelta(minutes=60))
    play_at.later(minutes=50)
    second = open_session(play_at)
    assert (second.sitting_since, second.sitting_until) == (first.sitting_since, first.sitting_until)
    play_at.later(minutes=10)
    with pytest.raises(SessionTimeUp) as refusal:
        sitting(play_at)
    assert refusal.value.detail == (
        "The player's session time of 60 minutes is used up. The next session can begin at 2026-11-20 13:15 UTC."
    )
    play_at.now += BREAK - timedelta(seconds=1)
    with pytest.raises(SessionTimeUp):
        sitting(play_at)
    play_at.later(seconds=1)
    assert sitting(play_at) == (play_at.now, play_at.now + timedelta(minutes=60))


def test_tighter_session_time_shortens_live_sessions_and_a_looser_one_is_for_the_next(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(created_at=NOON)
    play_at.later(minutes=10)
    play_at.allow_session("60")
    session = Session.objects.get(player=play_at.player)
    assert (session.sitting_since, session.sitting_until) == (NOON, NOON + timedelta(minutes=60))
    play_at.allow_session("20")
    play_at.allow_session("90")
    session.refresh_from_db()
    assert session.sitting_until == NOON + timedelta(minutes=20)
    assert not play_at.refused("1.00")
    play_at.later(minutes=10)
    assert play_at.refused("1.00")
    play_at.now += DAY
    assert sitting(play_at) == (play_at.now, play_at.now + timedelta(minutes=90))


def test_every_session_of_a_sitting_ends_with_it_when_a_tighter_time_shortens_it(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    play_at.allow_session("60")
    first = open_session(play_at)
    play_at.later(minutes=10)
    second = open_session(play_at)
    Session.objects.filter(pk__in=[first.pk, second.pk]).update(ended_at=None)
    play_at.later(minutes=2)
    play_at.allow_session("20")
    for session in (first, second):
        session.refresh_from_db()
        assert (session.sitting_since, session.sitting_until) == (NOON, NOON + timedelta(minutes=20))


@pytest.mark.parametrize("over", [{"ended_at": NOON}, {"expires_at": NOON}], ids=["ended", "expired"])
def test_session_that_was_over_before_the_first_session_time_is_no_sitting(
    play_at: LimitedPlay, over: dict[str, datetime]
) -> None:
    began = NOON - timedelta(minutes=5)
    Session.objects.filter(player=play_at.player).update(created_at=began, **over)
    play_at.allow_session("60")
    assert sitting(play_at) == (NOON, NOON + timedelta(minutes=60))


@pytest.mark.parametrize("minutes", [1, 1440])
def test_shortest_and_longest_session_time_are_taken(play_at: LimitedPlay, minutes: int) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    play_at.allow_session(str(minutes))
    assert sitting(play_at) == (NOON, NOON + timedelta(minutes=minutes))


def test_sitting_is_the_players_own(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    play_at.allow_session("60")
    other = play_at.add_player("EUR")
    play_at.launch(other)
    Session.objects.filter(player=other).update(sitting_since=NOON, sitting_until=NOON + timedelta(minutes=5))
    play_at.later(minutes=2)
    assert sitting(play_at) == (play_at.now, play_at.now + timedelta(minutes=60))


def test_break_is_taken_though_a_session_without_a_limit_was_opened_meanwhile(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    play_at.allow_session("1440")
    open_session(play_at)
    play_at.allow_session(None)
    play_at.now += DAY
    free = open_session(play_at)
    assert free.sitting_until is None
    Session.objects.filter(player=play_at.player).update(ended_at=play_at.now)
    play_at.later(minutes=5)
    play_at.allow_session("60")
    with pytest.raises(SessionTimeUp):
        sitting(play_at)


@pytest.mark.parametrize("is_over", [True, False])
def test_sitting_that_a_tighter_time_ends_is_over_at_once_and_a_break_follows_it(
    play_at: LimitedPlay, is_over: bool
) -> None:
    Session.objects.filter(player=play_at.player).update(ended_at=NOON)
    play_at.allow_session("1440")
    session = open_session(play_at)
    Session.objects.filter(pk=session.pk).update(ended_at=NOON if is_over else None)
    play_at.later(minutes=120)
    play_at.allow_session("30")
    session.refresh_from_db()
    assert session.sitting_until == play_at.now
    play_at.now += BREAK - timedelta(seconds=1)
    with pytest.raises(SessionTimeUp):
        sitting(play_at)
    play_at.later(seconds=1)
    assert sitting(play_at) == (play_at.now, play_at.now + timedelta(minutes=30))
