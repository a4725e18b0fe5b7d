"""Repetitions in the admin: told with the movement that they repeat, and never in the way of what went wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.timezone import now

from operators.models import Exchange
from tests.admin.house import House, Moved, ago
from tests.wallet.world import Seat
from wallet.admin.calls import REPEATS_SHOWN
from wallet.models import LedgerRow, Transaction

OK = '{"status":"OK","response_timestamp":"2026-11-20 13:44:54","hash":"******","data":{"balance":90.00}}'
CANCELED = '{"status":"OK","hash":"******","data":{"transaction_id":1,"transaction_status":"CANCELED"}}'
REFUSED = '{"status":"ERROR","hash":"******","data":{"error_code":"OP_40","error_message":"Duplicated transaction ID"}}'


def log_call(house: House, seat: Seat, moved: Moved, second: int, **facts: Any) -> Exchange:
    """Have the log tell of a call so many seconds after the movement: a repetition, unless the facts say otherwise."""
    usual = {
        "at": moved.row.created_at + timedelta(seconds=second),
        "operator": house.operator,
        "direction": "in",
        "command": "changebalance",
        "http_status": 200,
        "milliseconds": "1.50",
        "user_ref": seat.user_id,
        "transaction_ref": moved.reference,
        "round_ref": moved.round_ref,
        "response": OK,
    }
    return Exchange.objects.create(**usual | facts)


def log_repeats(house: House, seat: Seat, moved: Moved, times: int) -> list[Exchange]:
    return [log_call(house, seat, moved, second) for second in range(1, times + 1)]


def show(client: Client, row: LedgerRow) -> Any:
    return client.get(reverse("admin:wallet_ledgerrow_change", args=[row.pk]))


def tell_round(client: Client, row: LedgerRow) -> list[str]:
    story = client.get(reverse("admin:wallet_round_change", args=[row.round_id])).context["story"]
    return [words(f"{line.what} {line.told}") for line in story]


def words(text: object) -> str:
    return " ".join(strip_tags(str(text)).split())


def clock(moved: Moved, second: int) -> str:
    return f"{moved.row.created_at + timedelta(seconds=second):%Y-%m-%d %H:%M:%S} UTC"


def test_transactions_page_tells_how_often_it_was_repeated_and_when(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    log_repeats(house, seat, bet, 3)
    page = words(show(boss, bet.row).content.decode())
    assert (
        f"Repeated 3 times first at {clock(bet, 1)}, last at {clock(bet, 3)}. Each was answered as the first was"
        in page
    )
    assert "there may have been more" not in page


def test_transaction_that_was_repeated_once_is_told_so(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    log_repeats(house, seat, bet, 1)
    page = words(show(boss, bet.row).content.decode())
    assert f"Repeated once at {clock(bet, 1)}. It was answered as the first was" in page


def test_each_call_is_listed_with_its_answer(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    refused = log_call(house, seat, bet, 2, error_code="OP_40", response=REFUSED)
    repeat = log_call(house, seat, bet, 1)
    unlogged = log_call(house, seat, bet, 3, error_code="OP_50", response="")
    answer = show(boss, bet.row)
    assert answer.context["calls"] == [
        (repeat, "balance 90.00"),
        (refused, "Duplicated transaction ID"),
        (unlogged, ""),
    ]
    assert "changebalance OK, repeated balance 90.00 1.50" in words(answer.content.decode())


def test_transaction_that_was_never_repeated_says_nothing_of_it(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    log_call(house, seat, bet, 1, error_code="OP_40", response=REFUSED)
    answer = show(boss, bet.row)
    assert answer.context["repeats"] is None
    assert "Repeated" not in words(answer.content.decode())


def test_repetition_of_the_same_id_at_another_operator_is_none(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    log_call(house, seat, bet, 1, operator=House().operator)
    assert (show(boss, bet.row).context["repeats"], tell_round(boss, bet.row)) == (None, [f"Bet {bet.reference}"])


def test_story_tells_repetitions_with_their_movement_and_in_no_line_of_their_own(
    boss: Client, house: House, seat: Seat
) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    win = house.post("win", seat, "4.00", round_ref=bet.round_ref, at=ago(minutes=2))
    log_repeats(house, seat, win, 1200)
    log_repeats(house, seat, bet, 1)
    assert tell_round(boss, bet.row) == [
        f"Bet {bet.reference} Repeated once +1.000 s",
        f"Win {win.reference} Repeated 1,200 times last +20 min",
    ]


def test_flood_of_repetitions_hides_nothing_that_went_wrong(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=30))
    repeats = log_repeats(house, seat, bet, 250)
    wrong = log_call(house, seat, bet, 300, error_code="OP_40", response=REFUSED)
    answer = show(boss, bet.row)
    assert [call for call, _ in answer.context["calls"]] == [*repeats[:REPEATS_SHOWN], wrong]
    assert [words(line.what) for line in answer.context["story"]] == ["Bet", "OP_40"]
    page = words(answer.content.decode())
    assert "Repeated 250 times" in page
    assert "The first 50 are below, all of them in the exchange log." in page
    assert f'operators/exchange/?q={bet.reference}"' in answer.content.decode()


def test_cancels_page_tells_its_own_repetitions_and_what_was_asked_about_what_it_reversed(
    boss: Client, house: House, seat: Seat
) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    log_repeats(house, seat, bet, 2)
    house.undo(seat, bet.reference, at=ago(minutes=1))
    log_call(house, seat, bet, 150, command="cancel", response=CANCELED)
    cancel = LedgerRow.objects.get(reverses__reference=bet.reference)
    answer = show(boss, cancel)
    assert answer.context["repeats"].count == 1
    assert [told for _, told in answer.context["calls"]] == ["balance 90.00", "balance 90.00", "CANCELED"]
    assert show(boss, bet.row).context["repeats"].count == 2
    assert tell_round(boss, bet.row) == [
        f"Bet {bet.reference} Repeated 2 times last +2.000 s",
        f"Cancel of {bet.reference} Repeated once +30.0 s",
    ]


def test_tombstones_page_tells_the_calls_that_it_refused(boss: Client, house: House, seat: Seat) -> None:
    tombstone: Transaction = house.leave_tombstone(seat)
    late = Exchange.objects.create(
        at=now(),
        operator=house.operator,
        direction="in",
        command="changebalance",
        http_status=200,
        error_code="OP_49",
        milliseconds=1,
        transaction_ref=tombstone.reference or "",
    )
    answer = boss.get(reverse("admin:wallet_transaction_change", args=[tombstone.pk]))
    assert answer.context["calls"] == [(late, "")]
    assert reverse("admin:operators_exchange_change", args=[late.pk]) in answer.content.decode()


def test_exchange_log_calls_a_repetition_one(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    (repeat,) = log_repeats(house, seat, bet, 1)
    listed = boss.get(reverse("admin:operators_exchange_changelist"), {"q": bet.reference})
    assert "OK, repeated" in listed.content.decode()
    page = words(boss.get(reverse("admin:operators_exchange_change", args=[repeat.pk])).content.decode())
    assert "The platform repeated a call whose work was done already." in page


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"error_code": "OP_31"}, False),
        ({"direction": "out"}, False),
        ({"http_status": 403}, False),
        ({"http_status": None}, False),
    ],
)
def test_only_a_platforms_call_that_went_well_is_a_repetition(
    boss: Client, house: House, seat: Seat, facts: dict[str, Any], expected: bool
) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=3))
    call = log_call(house, seat, bet, 1, **facts)
    assert (call.is_repeat, show(boss, bet.row).context["repeats"] is not None) == (expected, expected)


def test_who_may_not_read_the_exchange_log_sees_repetitions_without_a_way_there(
    staff: Any, house: House, seat: Seat
) -> None:
    bet = house.post("bet", seat, "10.00", at=ago(minutes=30))
    log_repeats(house, seat, bet, REPEATS_SHOWN + 1)
    page = show(staff("wallet.view_ledgerrow"), bet.row).content.decode()
    assert "Repeated 51 times" in page
    assert "operators/exchange/" not in page
