"""Any play over weeks, with limits set and lifted meanwhile: every decision is what a reading of the ledger says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operators.models import Casino
from tests.wallet.limit_books import read_use
from tests.wallet.limited_play import LimitedPlay
from tests.wallet.platform import in_process
from tests.wallet.test_sql_files import ROOT
from wallet.models import Account
from wallet.selectors.limits import list_use
from wallet.services import cashier, play

# The week in which summer time ends in Berlin, and the month after it begins.
START = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
ZONES = ["Europe/Berlin", "Europe/Berlin", "America/New_York", "UTC"]
CALENDAR = ["day", "week", "month"]
DAY = timedelta(days=1)
amounts = st.sampled_from(["0", "0.01", "5", "20", "50"])
limits = st.sampled_from([None, "0", "20", "50", "51", "100"])
STEPS = st.one_of(
    st.tuples(st.just("bet"), amounts),
    st.tuples(st.just("bet"), amounts),
    st.tuples(st.sampled_from(["win", "refund", "deposit", "withdrawal"]), amounts),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 60 * 4, 60 * 11, 60 * 24, 60 * 24 * 6])),
    st.tuples(
        st.just("limit"),
        st.tuples(st.sampled_from(["wager", "net_loss", "deposit"]), st.sampled_from(CALENDAR), limits),
    ),
    st.tuples(st.just("move"), st.sampled_from(ZONES)),
)
Key = tuple[str, str]


class Reader:
    """Plays at the wallet, and foretells each answer from the ledger's rows and a list of what was asked for."""

    def __init__(self) -> None:
        self.play = LimitedPlay(in_process(Client()), START, "Europe/Berlin")
        # By limit: what held when it was asked for last, what was asked for, and from when that holds.
        self.asked: dict[Key, tuple[Decimal | None, Decimal | None, datetime]] = {}
        self.booked: list[str] = []
        self.zone = "Europe/Berlin"

    @property
    def account(self) -> Account:
        return Account.objects.get(pk=self.play.account.pk)

    def began(self, period: str) -> datetime:
        """When the period began, by the calendar on the casino's wall."""
        local = self.play.now.astimezone(ZoneInfo(self.zone))
        day = {"day": local.date(), "week": local.date() - local.weekday() * DAY, "month": local.date().replace(day=1)}
        date = day[period]
        return datetime(date.year, date.month, date.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def held(self, key: Key) -> Decimal | None:
        was, amount, since = self.asked.get(key, (None, None, START))
        return amount if since <= self.play.now else was

    def passes(self, kinds: tuple[str, ...], amount: Decimal) -> bool:
        places = {"wager": 0, "net_loss": 1, "deposit": 2}
        for kind in kinds:
            for period in CALENDAR:
                limit, used = self.held((kind, period)), read_use(self.account, self.began(period))[places[kind]]
                if limit is not None and amount > 0 and used + amount > limit:
                    return True
        return False

    def do(self, step: str, what: Any) -> None:
        if step in {"win", "refund"}:
            self.booked.append(self.play.ask(step, what))
        else:
            getattr(self, f"do_{step}")(what)
        self.play.later(seconds=1)
        for use in list_use(self.account, self.play.now):
            assert use.started_at == self.began(use.period)
            assert (use.wager, use.net_loss, use.deposit) == read_use(self.account, use.started_at)

    def do_bet(self, amount: str) -> None:
        expected = self.passes(("wager", "net_loss"), Decimal(amount))
        try:
            self.booked.append(self.play.ask("bet", amount))
            refused = False
        except play.LimitReached:
            refused = True
        assert refused == expected

    def do_deposit(self, amount: str) -> None:
        if Decimal(amount):
            expected = self.passes(("deposit",), Decimal(amount))
            try:
                self.play.pay("deposit", amount)
                refused = False
            except cashier.DepositLimitReached:
                refused = True
            assert refused == expected

    def do_withdrawal(self, amount: str) -> None:
        if Decimal(amount):
            self.play.pay("withdrawal", amount)

    def do_undo(self, back: int) -> None:
        if back < len(self.booked):
            self.play.undo(self.booked[-1 - back])

    def do_wait(self, minutes: int) -> None:
        self.play.later(minutes=minutes)

    def do_limit(self, what: tuple[str, str, str | None]) -> None:
        kind, period, text = what
        key, amount = (kind, period), None if text is None else Decimal(text)
        self.play.limit(kind, period, text)
        if amount == self.asked.get(key, (None, None, START))[1]:
            return
        held = self.held(key)
        at_once = amount is not None and (held is None or amount <= held)
        self.asked[key] = (held, amount, self.play.now if at_once else self.play.now + DAY)

    def do_move(self, zone: str) -> None:
        self.zone = zone
        Casino.objects.filter(pk=self.play.casino.pk).update(time_zone=zone)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=10, max_size=30))
def test_limits_decide_as_a_reading_of_the_ledger_does(steps: list[tuple[str, Any]]) -> None:
    with transaction.atomic():
        follow(steps)
        transaction.set_rollback(True)


def follow(steps: Sequence[tuple[str, Any]]) -> None:
    reader = Reader()
    for step, what in steps:
        reader.do(step, what)


# Late on a Saturday in Berlin, and into the Sunday on which summer time ends.
STORY: list[tuple[str, Any]] = [
    ("bet", "50"),
    ("limit", ("wager", "day", "100")),
    ("bet", "50"),
    ("wait", 60 * 4),
    ("bet", "20"),
    ("undo", 1),
    ("refund", "50"),
    ("limit", ("wager", "day", "20")),
    ("bet", "50"),
    ("limit", ("wager", "day", "51")),
    ("bet", "50"),
    ("move", "UTC"),
    ("bet", "20"),
    ("wait", 60 * 24),
    ("bet", "50"),
]


@pytest.mark.django_db
def test_story_is_told_right() -> None:
    follow(STORY)


@pytest.mark.plants_faults
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [
        ("wallet_count_use", "CASE WHEN _since >= used.started_at THEN _counted ELSE 0 END", "_counted"),
        ("wallet_get_use", "AND kept.zone = casino.time_zone", ""),
        ("wallet_get_use", "_now, casino.time_zone)", "_now)"),
        ("wallet_find_passed_limit", "> held.allowed", ">= held.allowed"),
        ("wallet_count_use", "-change.amount ELSE 0 END, 0\n", "-change.amount ELSE 0 END\n"),
        ("wallet_sum_use", "- least(min(stakes), 0)", ""),
        ("wallet_find_passed_limit", "CASE WHEN effective_at <= _now THEN amount ELSE was END", "amount"),
        ("wallet_limit_account", "used.started_at, used.wager,", "used.started_at, 0,"),
        ("wallet_append_row", "IF _limited THEN", "IF _limited AND NEW.kind <> 'cancel' THEN"),
    ],
)
def test_fault_in_a_function_of_limits_is_noticed(function: str, right: str, wrong: str) -> None:
    text = (ROOT / f"wallet/sql/{function}.sql").read_text()
    assert text.count(right) == 1
    with connection.cursor() as cursor:
        cursor.execute(text.replace(right, wrong))
    with pytest.raises(AssertionError):
        follow(STORY)
