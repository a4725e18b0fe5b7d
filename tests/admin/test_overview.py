"""The first page: exact figures of the day, by currency, and what it says of ledger, errors and readiness."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from operators.models import Direction, Exchange, Operator
from tests.admin.house import House, ago, move_zone
from tests.wallet.world import Seat
from wallet.admin import overview
from wallet.models import LedgerRow, LedgerVerification
from wallet.selectors import figures
from wallet.services.approvals import approve_request
from wallet.services.requests import request_adjustment

INDEX = reverse("admin:index")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def look(client: Client, house: House, **query: str) -> Any:
    answer = client.get(INDEX, {"casino": house.casino.slug} | query)
    assert answer.status_code == 200
    return answer.context


def sums(each: figures.Figures) -> dict[str, Decimal]:
    """What a currency's figures are but for the noughts."""
    named = ("bets", "wins", "refunds", "deposits", "withdrawals", "adjustments", "revenue")
    return {name: getattr(each, name) for name in named if getattr(each, name)}


def today(client: Client, house: House) -> dict[str, figures.Figures]:
    return {each.currency: each for each in look(client, house)["figures"]}


def test_bets_wins_and_revenue_of_the_day_are_summed_by_currency(boss: Client, house: House, seat: Seat) -> None:
    dollars = house.seat("50.00", currency="USD")
    house.post("bet", seat, "10.00")
    house.post("bet", seat, "2.50")
    house.post("win", seat, "4.00")
    house.post("bet", dollars, "7.00")
    found = today(boss, house)
    assert sums(found["EUR"]) == {"deposits": 100, "bets": Decimal("12.5"), "wins": 4, "revenue": Decimal("8.5")}
    assert sums(found["USD"]) == {"deposits": 50, "bets": 7, "revenue": 7}
    assert (found["EUR"].bet_count, found["USD"].bet_count) == (2, 1)


def test_cancels_are_taken_off_what_they_reversed(boss: Client, house: House, seat: Seat) -> None:
    bet, win = house.post("bet", seat, "10.00"), house.post("win", seat, "4.00")
    house.post("bet", seat, "3.00")
    refund = house.post("refund", seat, "3.00")
    for moved in (bet, win, refund):
        house.undo(seat, moved.reference)
    found = today(boss, house)["EUR"]
    assert sums(found) == {"deposits": 100, "bets": 3, "revenue": 3}
    assert found.cancel_count == 3


def test_refund_lowers_the_revenue_and_is_no_win(boss: Client, house: House, seat: Seat) -> None:
    house.post("bet", seat, "10.00")
    house.post("refund", seat, "10.00")
    found = today(boss, house)["EUR"]
    assert sums(found) == {"deposits": 100, "bets": 10, "refunds": 10}


def test_deposits_are_shown_and_are_no_revenue(boss: Client, house: House, seat: Seat) -> None:
    found = today(boss, house)["EUR"]
    assert sums(found) == {"deposits": 100}


def adjust(seat: Seat, amount: str) -> None:
    """One of finance asks for it, another approves."""
    for name in ("anna", "boris"):
        User.objects.get_or_create(username=name)[0].groups.add(Group.objects.get(name="finance"))
    asked: dict[str, Any] = {
        "player": seat.player,
        "currency": "EUR",
        "amount": Decimal(amount),
        "reason": "goodwill",
        "note": "Case",
    }
    made = request_adjustment(**asked, by="staff:anna", now=timezone.now())
    approve_request(request=made, by="staff:boris", now=timezone.now())


def test_adjustments_are_what_staff_credited_less_what_staff_debited(boss: Client, house: House, seat: Seat) -> None:
    for amount in ("12.50", "-2.00", "-20.25"):
        adjust(seat, amount)
    assert sums(today(boss, house)["EUR"]) == {"deposits": 100, "adjustments": Decimal("-9.75")}
    page = boss.get(INDEX, {"casino": house.casino.slug}).content.decode()
    (address,) = re.findall(r'data-label="Adjustments" class="right"><a href="([^"]*)">', page)
    shown = boss.get(unescape(address)).context["cl"].result_list
    assert [(row.kind, row.amount) for row in shown] == [
        ("debit", Decimal("20.25")),
        ("debit", Decimal("2.00")),
        ("credit", Decimal("12.50")),
    ]


def test_rows_with_a_remark_are_counted(boss: Client, house: House, seat: Seat) -> None:
    house.post("bet", seat, "10.00")
    house.post("win", seat, "10.00")
    assert today(boss, house)["EUR"].flagged == 1


@pytest.mark.parametrize(
    ("zone", "hour", "minute"),
    [("UTC", 0, 0), ("Asia/Kathmandu", 18, 15), ("America/St_Johns", 3, 30), ("Pacific/Auckland", 11, 0)],
)
def test_day_begins_at_midnight_of_the_casino(house: House, zone: str, hour: int, minute: int) -> None:
    move_zone(house.casino, zone)
    house.casino.refresh_from_db()
    since = overview.find_day(house.casino, NOON).since
    assert (since.hour, since.minute) == (hour, minute)
    assert timedelta() <= NOON - since < timedelta(days=1)


def test_only_what_came_after_midnight_is_of_today(house: House, seat: Seat) -> None:
    move_zone(house.casino, "Asia/Kathmandu")
    house.casino.refresh_from_db()
    day = overview.find_day(house.casino, timezone.now())
    house.post("bet", seat, "1.00", at=day.since - timedelta(seconds=1))
    house.post("bet", seat, "2.00", at=day.since)
    moved = figures.list_movements(since=day.since - timedelta(hours=2), until=day.now, casino=house.casino)
    counted = {each.currency: each.bets for each in figures.sum_figures(moved, since=day.since)}
    assert counted["EUR"] == Decimal(2)


def test_each_figure_leads_to_the_rows_that_it_is_the_sum_of(boss: Client, house: House, seat: Seat) -> None:
    day = overview.find_day(None, timezone.now())
    house.post("bet", seat, "1.00", at=day.since - timedelta(seconds=1))
    bets = [house.post("bet", seat, "1.00"), house.post("bet", seat, "2.00")]
    page = boss.get(INDEX, {"casino": house.casino.slug}).content.decode()
    (address,) = re.findall(r'<a href="([^"]*currency=EUR&amp;kind__exact=bet)">', page)
    rows = boss.get(unescape(address)).context["cl"].result_list
    assert [row.transaction.reference for row in rows] == [bet.reference for bet in reversed(bets)]


def test_another_casino_is_not_counted_with_the_one_chosen(boss: Client, house: House, seat: Seat) -> None:
    other = House()
    player = other.seat()
    before = boss.get(INDEX).context["figures"]
    other.post("bet", player, "50.00")
    house.post("bet", seat, "10.00")
    assert today(boss, house)["EUR"].bets == Decimal(10)
    everything = boss.get(INDEX).context
    earlier, later = ({each.currency: each.bets for each in found} for found in (before, everything["figures"]))
    assert later["EUR"] - earlier["EUR"] == Decimal(60)
    assert everything["day"].zone == "UTC"


def test_players_who_bet_are_counted_once_and_by_currency(boss: Client, house: House, seat: Seat) -> None:
    dollars = house.seat("50.00", currency="USD")
    house.pay_in(seat.player, "20.00", "USD")
    both = Seat(seat.player, seat.player.accounts.get(currency="USD"), house.launch(seat.player, "USD"), 200)
    for player in (seat, seat, dollars, both):
        house.post("bet", player, "1.00")
    house.seat()
    found = look(boss, house)["active"]
    assert (found.total, found.by_currency) == (2, {"EUR": 1, "USD": 2})


def test_rows_of_a_month_without_a_partition_are_told(boss: Client, house: House, seat: Seat) -> None:
    house.post("bet", seat, "1.00", at=datetime(2020, 1, 1, tzinfo=UTC))
    assert "Ledger rows lie in the default partition" in boss.get(INDEX).content.decode()


def test_rounds_not_finished_are_counted(boss: Client, house: House, seat: Seat) -> None:
    opened = house.post("bet", seat, "1.00", at=ago(hours=3))
    ended = house.post("bet", seat, "1.00")
    house.end(seat, ended.round_ref)
    found = look(boss, house)["open_rounds"]
    assert (found.count, found.oldest_at) == (1, opened.row.created_at)


def test_chart_has_each_of_the_last_hours_with_its_bets_and_wins(boss: Client, house: House, seat: Seat) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for back, amount in ((0, "1.00"), (1, "2.00"), (23, "4.00"), (25, "50.00")):
        house.post("bet", seat, amount, at=hour - timedelta(hours=back))
    house.post("win", seat, "8.00", at=hour - timedelta(minutes=1))
    found = look(boss, house)
    drawn = json.loads(found["chart"]["data"])
    bets, wins = drawn["datasets"]
    assert (bets["label"], wins["label"]) == ("Bets", "Wins")
    assert bets["data"] == [4, *[0] * 21, 2, 1]
    assert wins["data"] == [*[0] * 22, 8, 0]
    assert drawn["labels"][-1] == f"{hour:%H:%M}"
    options = json.loads(found["chart"]["options"])
    assert options["plugins"]["legend"]["display"]
    assert options["scales"]["y"]["title"]["text"] == "EUR"


def test_chart_shows_the_currency_that_was_asked_for(boss: Client, house: House, seat: Seat) -> None:
    dollars = house.seat("50.00", currency="USD")
    house.post("bet", dollars, "7.00")
    house.post("bet", seat, "1.00")
    house.post("bet", seat, "1.00")
    assert look(boss, house)["chart_currency"] == "EUR"
    asked = look(boss, house, currency="USD")
    assert json.loads(asked["chart"]["data"])["datasets"][0]["data"][-1] == 7
    assert look(boss, house, currency="XXX")["chart_currency"] == "EUR"


def test_days_without_movements_say_so(boss: Client, house: House) -> None:
    page = boss.get(INDEX, {"casino": house.casino.slug}).content.decode()
    assert "No money has moved today." in page
    assert "No money has moved in the last 24 hours." in page


def verify(differences: int, **back: float) -> None:
    LedgerVerification.objects.create(
        started_at=ago(**back), finished_at=ago(**back), accounts=2, rows=5, difference_count=differences
    )


@pytest.mark.parametrize(
    ("differences", "hours", "words"),
    [
        (0, 1, "No differences"),
        (0, 25.9, "No differences"),
        (0, 26.1, "Overdue"),
        (2, 1, "2 differences"),
    ],
)
def test_last_verification_is_red_when_it_found_differences_or_is_old(
    boss: Client, differences: int, hours: float, words: str
) -> None:
    verify(7, hours=30)
    verify(differences, hours=hours)
    tile = boss.get(INDEX).content.decode().split("<h2>Ledger verification</h2>")
    good = words == "No differences"
    assert ("is-good" in tile[0].rsplit("<section", 1)[1]) == good
    assert ("is-bad" in tile[0].rsplit("<section", 1)[1]) != good
    assert words in tile[1].split("</strong>")[0]


def test_ledger_that_was_never_verified_is_red_once_it_is_older_than_a_night(
    boss: Client, house: House, seat: Seat
) -> None:
    LedgerVerification.objects.all().delete()
    oldest = LedgerRow.objects.order_by("transaction_id").values_list("created_at", flat=True)[0]
    assert overview.show_verification(oldest + timedelta(hours=26)) == {"state": "young"}
    assert overview.show_verification(oldest + timedelta(hours=27)) == {"state": "missing"}
    assert "Not run yet" in boss.get(INDEX).content.decode()


def test_missing_partition_is_told_on_the_first_page(boss: Client, db: None) -> None:
    assert boss.get(INDEX).context["faults"] == []
    now = timezone.now()
    year, month = divmod(now.year * 12 + now.month, 12)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE wallet_ledgerrow_y{year}m{month + 1:02d}")
    assert "Not ready: the ledger has no partition for next month." in boss.get(INDEX).content.decode()


def log(operator: Operator, code: str, command: str = "changebalance", **facts: Any) -> Exchange:
    usual = {"at": timezone.now(), "direction": Direction.INBOUND, "http_status": 200, "milliseconds": 1}
    return Exchange.objects.create(operator=operator, command=command, error_code=code, **(usual | facts))


def test_errors_of_the_day_are_counted_by_code(boss: Client, house: House) -> None:
    for code, command in (("OP_31", "changebalance"), ("OP_31", "changebalance"), ("OP_21", "authenticate")):
        log(house.operator, code, command)
    log(house.operator, "OP_50", at=overview.find_day(house.casino, timezone.now()).since - timedelta(minutes=1))
    log(house.operator, "", "launch")
    found = look(boss, house)
    counted = [(row["command"], row["error_code"], row["count"]) for row in found["errors_by_code"]]
    assert counted == [("changebalance", "OP_31", 2), ("authenticate", "OP_21", 1)]
    assert found["error_count"] == 3
    assert [error.error_code for error in found["recent_errors"]] == ["OP_21", "OP_31", "OP_31", "OP_50"]


def test_share_of_refused_movements_is_of_those_booked_and_those_refused(
    boss: Client, house: House, seat: Seat
) -> None:
    for _ in range(3):
        house.post("bet", seat, "1.00")
    house.undo(seat, house.post("win", seat, "1.00").reference)
    log(house.operator, "OP_31")
    log(house.operator, "OP_41", "status")
    found = look(boss, house)
    assert (found["refused"], found["asked"], found["refused_share"]) == (1, 5, 20)
    assert "1 of 5 asked for by platforms" in boss.get(INDEX, {"casino": house.casino.slug}).content.decode()


def test_platform_that_did_not_answer_counts_as_an_error(boss: Client, house: House) -> None:
    log(house.operator, "", "games", direction=Direction.OUTBOUND, http_status=None)
    log(house.operator, "", "games", direction=Direction.OUTBOUND, http_status=502)
    assert look(boss, house)["error_count"] == 2


def test_staff_sees_no_figures_that_they_may_not_see(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    house.post("bet", seat, "12.34")
    log(house.operator, "OP_31")
    answer = staff().get(INDEX)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "12.34" not in page
    assert "OP_31" not in page
    assert "Ledger verification" not in page


def test_first_page_asks_the_database_as_often_for_many_rows_as_for_few(
    boss: Client, house: House, seat: Seat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    verify(0, hours=1)
    boss.get(INDEX)
    queries = 23
    house.post("bet", seat, "1.00")
    with django_assert_num_queries(queries):
        boss.get(INDEX)
    for _ in range(10):
        house.post("bet", house.seat(), "1.00")
        log(house.operator, "OP_31")
    with django_assert_num_queries(queries):
        boss.get(INDEX)
