"""The casino API's limits, cool-offs and exclusions, and what they do to its cashier and its launches."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from operators.models import Casino
from tests.operators.making import make_casino, make_game, make_operator, make_player
from tests.wallet.casino_caller import LAUNCH, Answer, Caller, call_for
from wallet.models import Exclusion, LimitChange, Session

pytestmark = pytest.mark.django_db
DEPOSIT = {"kind": "deposit", "period": "week", "currency": "EUR", "amount": "100.00"}
TIME = {"kind": "session_time", "minutes": 60}


@pytest.fixture
def casino() -> Casino:
    casino = make_casino(time_zone="Europe/Malta")
    make_player(casino, currencies=["EUR", "USD"])
    return casino


def put(site: Caller, *limits: dict[str, Any], user_id: str = "olga") -> Answer:
    return site.send("PUT", f"players/{user_id}/limits", json.dumps({"limits": limits}))


def exclude(site: Caller, kind: str, until: datetime | str, **more: Any) -> Answer:
    text = until if isinstance(until, str) else until.isoformat()
    return site.post("players/olga/exclusion", {"kind": kind, "until": text, **more})


def pay(site: Caller, amount: str, reference: str = "pay-1") -> Answer:
    return site.post("players/olga/deposits", {"amount": amount, "currency": "EUR", "reference": reference})


def test_limits_are_set_and_told_with_their_use(site: Caller) -> None:
    pay(site, "25.00")
    answer = put(site, DEPOSIT, TIME)
    assert (answer.status, answer.body) == (200, site.get("players/olga/limits").body)
    time, deposits = answer.body["limits"]
    assert (answer.body["time_zone"], answer.body["exclusion"]) == ("Europe/Malta", None)
    assert (time["kind"], time["minutes"], time["amount"], time["used"], time["currency"]) == (
        *("session_time", 60, None, None),
        "",
    )
    told = [deposits[name] for name in ("kind", "period", "currency", "amount", "used", "left", "minutes", "pending")]
    assert told == ["deposit", "week", "EUR", "100.00", "25.00", "75.00", None, None]
    assert {change.by for change in LimitChange.objects.all()} == {site.by}


def test_looser_limit_is_told_as_pending(site: Caller) -> None:
    put(site, DEPOSIT, TIME)
    told = put(site, DEPOSIT | {"amount": None}, TIME | {"minutes": 90}).body["limits"]
    assert [(limit["amount"], limit["minutes"]) for limit in told] == [(None, 60), ("100.00", None)]
    assert [(limit["pending"]["amount"], limit["pending"]["minutes"]) for limit in told] == [(None, 90), (None, None)]
    waits = [datetime.fromisoformat(limit["pending"]["effective_at"]) - timezone.now() for limit in told]
    assert all(timedelta(hours=23, minutes=59) < wait <= timedelta(hours=24) for wait in waits)


@pytest.mark.parametrize(
    "limit",
    [
        {},
        {"kind": "wagers"},
        {"kind": "wager", "period": "day", "currency": "EUR"},
        {"kind": "wager", "period": "day", "amount": "1.00"},
        {"kind": "wager", "currency": "EUR", "amount": "1.00"},
        DEPOSIT | {"amount": 100},
        DEPOSIT | {"amount": "-1"},
        DEPOSIT | {"amount": "1.001"},
        DEPOSIT | {"period": "session"},
        DEPOSIT | {"period": "year"},
        DEPOSIT | {"currency": "eur"},
        DEPOSIT | {"minutes": 5},
        TIME | {"minutes": 0},
        TIME | {"minutes": 1441},
        TIME | {"period": "day"},
        TIME | {"amount": "5.00"},
        {"kind": "session_time"},
    ],
)
def test_malformed_limit_is_answered_400_and_nothing_is_set(site: Caller, limit: dict[str, Any]) -> None:
    answer = put(site, DEPOSIT | {"period": "month"}, limit)
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (400, "invalid", ["limits"])
    assert LimitChange.objects.count() == 0


def test_limit_named_twice_or_none_at_all_is_answered_400(site: Caller) -> None:
    assert put(site, DEPOSIT, DEPOSIT).body["fields"] == {"limits": "deposit week EUR: It is named twice."}
    assert put(site).status == 400


def test_limit_in_another_currency_is_answered_409(site: Caller) -> None:
    answer = put(site, DEPOSIT | {"currency": "SEK"})
    assert (answer.status, answer.body["code"]) == (409, "no_such_account")


def test_unknown_player_is_answered_404(site: Caller) -> None:
    answers = [put(site, DEPOSIT, user_id="nobody"), site.get("players/nobody/limits")]
    answers += [site.post("players/nobody/exclusion", {"kind": "cool_off", "until": "2027-01-01T00:00:00Z"})]
    answers += [site.get("players/nobody/exclusion")]
    assert {(answer.status, answer.body["code"]) for answer in answers} == {(404, "unknown_player")}


def test_other_casinos_player_is_not_reached(site: Caller) -> None:
    stranger = call_for(make_casino())
    assert put(stranger, DEPOSIT).status == 404
    assert LimitChange.objects.count() == 0


@pytest.mark.parametrize(
    ("scope", "reads", "writes"), [("read", 200, 403), ("launch", 403, 200), ("cashier", 403, 200)]
)
def test_reading_takes_the_scope_read_and_setting_launch_or_cashier(
    casino: Casino, scope: str, reads: int, writes: int
) -> None:
    site = call_for(casino, scopes=(scope,))
    assert [site.get("players/olga/limits").status, site.get("players/olga/exclusion").status] == [reads] * 2
    until = timezone.now() + timedelta(days=1)
    assert [put(site, DEPOSIT).status, exclude(site, "cool_off", until).status] == [writes] * 2


def test_other_methods_are_answered_405(site: Caller) -> None:
    assert site.post("players/olga/limits", {}).status == 405
    assert site.send("PUT", "players/olga/exclusion", "{}").status == 405
    assert site.send("PUT", "players/olga", "{}").status == 405


def test_deposit_beyond_a_limit_is_answered_409_with_a_sentence_for_the_player(site: Caller) -> None:
    put(site, DEPOSIT)
    answer = pay(site, "100.01")
    assert (answer.status, answer.body) == (
        409,
        {
            "code": "deposit_limit_reached",
            "detail": "This deposit would pass your deposit limit.",
            "fields": {"amount": "It would pass a deposit limit."},
        },
    )
    assert pay(site, "100.00").status == 201


def test_excluded_player_may_neither_pay_in_nor_launch_and_is_paid_out(casino: Casino, site: Caller) -> None:
    make_game(make_operator(casino, operator_ref="lucky"))
    pay(site, "25.00")
    until = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    answer = exclude(site, "cool_off", until, reason="Holidays")
    exclusion = answer.body["exclusions"][0]
    assert (answer.status, datetime.fromisoformat(answer.body["excluded_until"])) == (200, until)
    assert (exclusion["kind"], exclusion["reason"]) == ("cool_off", "Holidays")
    assert site.get("players/olga/limits").body["exclusion"] == exclusion
    refused = [pay(site, "1.00", "pay-2"), site.post("launch", LAUNCH), site.post("launch", LAUNCH | {"mode": "fun"})]
    assert {(each.status, each.body["code"]) for each in refused} == {(409, "player_excluded")}
    assert pay(site, "25.00").status == 200
    out = {"amount": "25.00", "currency": "EUR", "reference": "out-1"}
    assert site.post("players/olga/withdrawals", out).status == 201


def test_exclusion_is_lengthened_and_never_shortened(site: Caller) -> None:
    until = timezone.now() + timedelta(days=7)
    for _ in range(2):
        assert exclude(site, "self_exclusion", until).status == 200
    answer = exclude(site, "cool_off", until - timedelta(seconds=1))
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (409, "exclusion_shortened", ["until"])
    assert exclude(site, "self_exclusion", until + timedelta(days=300)).status == 200
    assert Exclusion.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("ban", "2027-01-01T00:00:00Z"),
        ("cool_off", "tomorrow"),
        ("cool_off", "2090-01-01T00:00:00Z"),
        ("self_exclusion", "9999-12-31T23:59:59-12:00"),
        ("self_exclusion", ""),
    ],
)
def test_malformed_exclusion_is_answered_400(site: Caller, kind: str, until: str) -> None:
    answer = exclude(site, kind, until)
    assert (answer.status, answer.body["code"]) == (400, "invalid")
    assert Exclusion.objects.count() == 0


def test_launch_after_the_session_time_is_answered_409_until_the_break_is_over(casino: Casino, site: Caller) -> None:
    make_game(make_operator(casino, operator_ref="lucky"))
    put(site, TIME)
    assert site.post("launch", LAUNCH).status == 201
    opened = Session.objects.get()
    assert opened.sitting_since == opened.created_at
    assert opened.sitting_until == opened.created_at + timedelta(minutes=60)
    since = timezone.now() - timedelta(minutes=61)
    Session.objects.update(created_at=since, sitting_since=since, sitting_until=since + timedelta(minutes=60))
    answer = site.post("launch", LAUNCH)
    assert (answer.status, answer.body) == (
        409,
        {
            "code": "session_time_reached",
            "detail": "You have reached your session time. Please take a break.",
            "fields": {"user_id": "The session time is used up."},
        },
    )
    assert site.post("launch", LAUNCH | {"mode": "fun"}).status == 201
    since -= timedelta(minutes=15)
    Session.objects.update(created_at=since, sitting_since=since, sitting_until=since + timedelta(minutes=60))
    assert site.post("launch", LAUNCH).status == 201


def test_player_id_that_ends_like_an_address_of_limits_is_not_registered(site: Caller) -> None:
    body = {"user_name": "Olga", "country": "DE", "currencies": ["EUR"]}
    for user_id in ("olga/limits", "olga/exclusion"):
        assert site.post("players", body | {"user_id": user_id}).status == 400


def test_amounts_are_exact(site: Caller) -> None:
    told = put(site, DEPOSIT | {"amount": "9999999999999999.99"}).body["limits"][0]
    assert Decimal(told["left"]) == Decimal("9999999999999999.99")
