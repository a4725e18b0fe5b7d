"""Waiting calls in the admin: seen, tried again, and settled by two people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.house import House
from tests.admin.reading import words_of
from tests.wallet.calls import make_call
from wallet.enums import CallState
from wallet.models import RoundClosing, WaitingCall

LIST = reverse("admin:wallet_waitingcall_changelist")
ASKED = {"settle_as": "not_done", "reason": "Their page shows nothing."}


def page(client: Client, call: WaitingCall) -> str:
    return words_of(client.get(reverse("admin:wallet_waitingcall_change", args=[call.pk])))


def act(client: Client, call: WaitingCall, name: str, **data: Any) -> Any:
    answer = client.post(reverse(f"admin:wallet_waitingcall_{name}", args=[call.pk]), data)
    call.refresh_from_db()
    return answer


@pytest.fixture
def call(house: House) -> WaitingCall:
    error = {"error_code": "TIMEOUT", "error": "the platform did not answer in time"}
    return make_call(house.operator, CallState.UNKNOWN, attempts=1, polls=3, facts={"balance": "7.5"}, **error)


def test_list_and_page_say_how_it_stands(boss: Client, call: WaitingCall) -> None:
    listed = words_of(boss.get(LIST))
    assert "deposit" in listed
    assert "Outcome unknown 1 / 3" in listed
    shown = page(boss, call)
    assert "TIMEOUT: the platform did not answer in time" in shown
    assert "1 time, 3 times" in shown
    assert '"amount": "25"' in shown
    assert '"balance": "7.5"' in shown


def test_call_is_found_by_its_reference_and_state(boss: Client, house: House, call: WaitingCall) -> None:
    other = make_call(house.operator, CallState.STRANDED, reference="payment-2")
    found = boss.get(LIST, {"q": "payment-2"}).context["cl"].result_list
    assert list(found) == [other]
    assert list(boss.get(LIST, {"state__exact": "unknown"}).context["cl"].result_list) == [call]


def test_two_people_settle_it(boss: Client, staff: Callable[..., Client], call: WaitingCall) -> None:
    assert act(boss, call, "settle", **ASKED).status_code == 302
    assert "asked for by staff:boss, waits for somebody else's approval" in page(boss, call)
    answer = act(boss, call, "approve")
    assert "somebody else has to approve it" in words_of(answer)
    assert call.state == "unknown"
    second = staff("wallet.view_waitingcall", "wallet.change_waitingcall")
    assert "staff:boss says “It was not done”: Their page shows nothing." in words_of(
        second.get(reverse("admin:wallet_waitingcall_approve", args=[call.pk]))
    )
    assert act(second, call, "approve").status_code == 302
    assert (call.state, call.settled_by) == ("settled", "staff:anna")
    assert "approved by staff:anna" in page(boss, call)


def test_settlement_is_refused(boss: Client, call: WaitingCall) -> None:
    act(boss, call, "settle", **ASKED)
    act(boss, call, "refuse")
    assert (call.state, call.settle_as) == ("unknown", "")


def test_settlement_needs_a_reason(boss: Client, call: WaitingCall) -> None:
    assert act(boss, call, "settle", settle_as="done", reason="").status_code == 200
    assert call.settle_as == ""


def test_stranded_call_is_tried_again(boss: Client, house: House) -> None:
    call = make_call(house.operator, CallState.STRANDED)
    asked = words_of(boss.get(reverse("admin:wallet_waitingcall_again", args=[call.pk])))
    assert "It never left us, so it is sent." in asked
    act(boss, call, "again")
    assert (call.state, call.next_at is None) == ("waiting", False)


@pytest.mark.parametrize(
    ("state", "more", "offered"),
    [
        (CallState.WAITING, {}, {"again", "settle"}),
        (CallState.STRANDED, {}, {"again", "settle"}),
        (
            CallState.UNKNOWN,
            {"settle_as": "done", "settle_reason": "x", "settle_asked_by": "y"},
            {"again", "approve", "refuse"},
        ),
        (CallState.DONE, {}, set()),
    ],
)
def test_page_offers_what_can_be_done(
    boss: Client, house: House, state: str, more: dict[str, str], offered: set[str]
) -> None:
    call = make_call(house.operator, state, **more)
    content = boss.get(reverse("admin:wallet_waitingcall_change", args=[call.pk])).content.decode()
    links = {name: reverse(f"admin:wallet_waitingcall_{name}", args=[call.pk]) for name in PAGES}
    assert {name for name, address in links.items() if f'"{address}"' in content} == offered


PAGES = ("again", "settle", "approve", "refuse")


def test_page_of_a_round_says_why_we_closed_it(boss: Client, house: House) -> None:
    seat = house.seat()
    played = house.round(house.post("bet", seat, "1.00").round_ref)
    RoundClosing.objects.create(
        round=played, at=played.opened_at, by="staff:boris", reason="forced", details={"pending": ["7", "9"]}
    )
    shown = words_of(boss.get(reverse("admin:wallet_round_change", args=[played.pk])))
    assert "Forced by two members of staff: 7, 9, by staff:boris" in shown


def test_first_page_says_what_waits_for_a_person(boss: Client, house: House) -> None:
    index = reverse("admin:index")
    make_call(house.operator, CallState.DONE, reference="payment-0")
    assert "to platforms" not in words_of(boss.get(index))
    make_call(house.operator, CallState.UNKNOWN)
    said = words_of(boss.get(index))
    assert "Of 1 nobody knows yet whether it was done : the platform is being asked." in said
    make_call(house.operator, CallState.STRANDED, reference="payment-2")
    assert "1 call to platforms waits for a person" in words_of(boss.get(index))


def test_first_page_says_nothing_of_it_to_those_who_may_not_look(staff: Callable[..., Client], house: House) -> None:
    make_call(house.operator, CallState.STRANDED)
    assert "to platforms" not in words_of(staff("wallet.view_player").get(reverse("admin:index")))
