"""A round told as a story, the calls about it, and each row's place in the chain proved on its page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from operators.models import Exchange
from tests.admin.house import House, Moved, ago
from tests.wallet.world import Seat
from wallet.models import LedgerRow


def shown(client: Client, row: LedgerRow) -> Any:
    return client.get(reverse("admin:wallet_ledgerrow_change", args=[row.pk]))


def test_round_is_told_in_the_order_of_booking(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    win = house.post("win", seat, "4.00", round_ref=bet.round_ref, at=ago(minutes=2))
    house.undo(seat, win.reference, at=ago(minutes=1))
    house.end(seat, bet.round_ref)
    answer = boss.get(reverse("admin:wallet_round_change", args=[bet.row.round_id]))
    told = [
        (strip_tags(line.what).strip(), strip_tags(line.change), strip_tags(line.balances))
        for line in answer.context["story"]
    ]
    assert told == [
        ("Bet", "-10.00 EUR", "100.00 → 90.00 EUR"),
        ("Win", "+4.00 EUR", "90.00 → 94.00 EUR"),
        ("Cancel", "-4.00 EUR", "94.00 → 90.00 EUR"),
        ("End", "", ""),
    ]
    assert [line.gap for line in answer.context["story"]][:3] == ["", "+1 min", "+1 min"]
    assert answer.context["result"] == -10
    page = answer.content.decode()
    assert '<span class="money negative">-4.00 ' in page
    assert "Finished" in page


def test_cancel_that_waited_for_its_bet_is_told_after_it(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=2))
    house.undo(seat, bet.reference, at=ago(minutes=3))
    story = boss.get(reverse("admin:wallet_round_change", args=[bet.row.round_id])).context["story"]
    assert [strip_tags(line.what).strip() for line in story if line.row] == ["Bet", "Cancel"]


def log_call(house: House, seat: Seat, bet: Moved, at: datetime, **facts: Any) -> Exchange:
    usual = {"command": "changebalance", "error_code": "OP_50", "milliseconds": 1, "direction": "in"}
    about = {"user_ref": seat.user_id, "transaction_ref": bet.reference, "round_ref": bet.round_ref}
    return Exchange.objects.create(at=at, operator=house.operator, **usual | about | facts)


def test_transactions_page_tells_its_round_with_the_calls_that_went_wrong(
    boss: Client, house: House, seat: Seat
) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    first = log_call(house, seat, bet, bet.row.created_at - timedelta(milliseconds=2500))
    log_call(house, seat, bet, bet.row.created_at, user_ref="another")
    log_call(house, seat, bet, ago(minutes=1), transaction_ref="refused-1", error_code="OP_31")
    answer = shown(boss, bet.row)
    assert [call.pk for call, _ in answer.context["calls"]][:1] == [first.pk]
    story = answer.context["story"]
    assert [(strip_tags(line.what).strip(), line.gap) for line in story] == [
        ("OP_50", ""),
        ("Bet", "+2.500 s"),
        ("OP_31", "+2 min"),
    ]
    assert reverse("admin:operators_exchange_change", args=[first.pk]) in answer.content.decode()


def test_rows_place_in_the_chain_is_proved(boss: Client, house: House, seat: Seat) -> None:
    rows = [house.post("win", seat, "1.00").row for _ in range(2)]
    first = LedgerRow.objects.get(account_id=rows[0].account_id, number=1)
    for row in (first, *rows):
        assert shown(boss, row).context["proof"].holds is True
    page = shown(boss, rows[1]).content.decode()
    for words in ("Proven", "Row 2 before it holds likewise.", "It is the last row, and the account"):
        assert words in page


@pytest.mark.plants_faults
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE wallet_ledgerrow SET context = 'x' WHERE transaction_id = {0}", [False, False, True]),
        ("UPDATE wallet_ledgerrow SET hash = 'x' WHERE transaction_id = {1}", [False, False, False]),
        ("UPDATE wallet_ledgerrow SET amount = 2 WHERE transaction_id = {2}", [True, False, False]),
        ("DELETE FROM wallet_ledgerrow WHERE transaction_id = {1}", [False, None, None]),
    ],
)
def test_row_that_was_changed_behind_our_back_shows_on_it_and_its_neighbours(
    boss: Client, house: House, seat: Seat, statement: str, found: list[bool | None]
) -> None:
    rows = [house.post("win", seat, "1.00").row for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_ledgerrow DISABLE TRIGGER USER")
        cursor.execute(statement.format(*(row.pk for row in rows)))
    there = LedgerRow.objects.filter(account_id=rows[0].account_id, number__gt=1).order_by("number")
    holds = {row.pk: shown(boss, row).context["proof"].holds for row in there}
    assert [holds.get(row.pk) for row in rows] == found
