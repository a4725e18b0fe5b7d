"""What staff do with calls that wait: try again, and settle with a second person's approval."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from operators.models import AuditEntry, Operator
from operators.selectors.refusals import Refusal
from operators.services.second_person import SecondPersonNeeded
from tests.operators.making import NOW, make_casino, make_operator
from tests.wallet.calls import CLAIM, make_call
from wallet.enums import CallState, Settlement
from wallet.models import WaitingCall
from wallet.services.call_settlement import (
    CallBusy,
    CallEnded,
    NeverLeft,
    NothingToApprove,
    approve_settlement,
    ask_settlement,
    refuse_settlement,
    try_again,
)
from wallet.services.waiting_calls import claim_call, strand_old_calls

pytestmark = pytest.mark.django_db

ANNA, BORIS = "staff:anna", "staff:boris"
LATER = NOW + timedelta(hours=1)
Act = Callable[..., WaitingCall]
ask: Act = partial(ask_settlement, settle_as=Settlement.NOT_DONE, reason="Their page shows nothing.", by=ANNA, now=NOW)
approve: Act = partial(approve_settlement, by=BORIS, now=LATER)
refuse: Act = partial(refuse_settlement, by=BORIS, now=LATER)
again: Act = partial(try_again, by=ANNA, now=LATER)


@pytest.fixture
def operator() -> Operator:
    return make_operator(make_casino(), settings={"shouldWeDelay": True})


def facts(call: WaitingCall) -> tuple[str, datetime | None, datetime]:
    call.refresh_from_db()
    return call.state, call.next_at, call.since


def refused(kind: type[Refusal], act: Act, call: WaitingCall) -> None:
    """A refusal, after which nothing has changed."""
    before, entries = WaitingCall.objects.filter(pk=call.pk).values().get(), AuditEntry.objects.count()
    with pytest.raises(kind):
        act(call=call)
    assert WaitingCall.objects.filter(pk=call.pk).values().get() == before
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("state", "left", "then"),
    [
        ("waiting", False, "waiting"),
        ("stranded", False, "waiting"),
        ("unknown", True, "unknown"),
        ("stranded", True, "unknown"),
    ],
)
def test_what_never_left_is_sent_again_and_what_may_have_left_is_asked_about(
    operator: Operator, state: str, left: bool, then: str
) -> None:
    call = make_call(operator, state, may_have_left=left)
    again(call=call)
    assert facts(call) == (then, LATER, LATER)
    assert (AuditEntry.objects.latest("pk").action, AuditEntry.objects.latest("pk").by) == ("try_call_again", ANNA)
    claimed = claim_call(now=LATER)
    assert claimed is not None
    assert (claimed.state, claimed.attempts, claimed.polls) == (
        ("sending", 1, 0) if then == "waiting" else ("unknown", 0, 1)
    )


def test_a_call_that_is_tried_again_has_its_whole_time_again(operator: Operator) -> None:
    call = make_call(operator, CallState.STRANDED, since=NOW - timedelta(days=3))
    again(call=call)
    assert strand_old_calls(now=LATER + timedelta(hours=23)) == 0
    assert strand_old_calls(now=LATER + timedelta(hours=24)) == 1


@pytest.mark.parametrize("state", [CallState.UNKNOWN, CallState.STRANDED])
@pytest.mark.parametrize("settle_as", [Settlement.DONE, Settlement.NOT_DONE])
def test_two_people_settle_a_call(operator: Operator, state: str, settle_as: str) -> None:
    call = make_call(operator, state, may_have_left=True)
    ask(call=call, settle_as=settle_as)
    assert call.state == state
    approve(call=call)
    call.refresh_from_db()
    assert (call.state, call.settle_as, call.ended_at) == ("settled", settle_as, LATER)
    assert (call.settle_asked_by, call.settled_by) == (ANNA, BORIS)
    entries = AuditEntry.objects.order_by("-pk")[:2]
    assert [(entry.by, entry.action) for entry in entries] == [(BORIS, "approve_settlement"), (ANNA, "ask_settlement")]
    assert entries[0].details == {"as": settle_as, "reason": "Their page shows nothing.", "asked_by": ANNA}


def test_nobody_approves_what_they_asked_for(operator: Operator) -> None:
    call = make_call(operator, CallState.UNKNOWN)
    ask(call=call)
    refused(SecondPersonNeeded, partial(approve, by=ANNA), call)


def test_what_nobody_asked_for_cannot_be_approved_or_refused(operator: Operator) -> None:
    call = make_call(operator, CallState.UNKNOWN)
    refused(NothingToApprove, approve, call)
    refused(NothingToApprove, refuse, call)


def test_what_never_left_is_not_settled_as_done(operator: Operator) -> None:
    refused(NeverLeft, partial(ask, settle_as=Settlement.DONE), make_call(operator))


@pytest.mark.parametrize("act", [ask, approve, refuse, again])
def test_what_is_done_or_settled_stays(operator: Operator, act: Act) -> None:
    refused(CallEnded, act, make_call(operator, CallState.DONE))
    settled = make_call(operator, CallState.UNKNOWN, reference="payment-2")
    ask(call=settled)
    approve(call=settled)
    refused(CallEnded, act, settled)


@pytest.mark.parametrize("act", [ask, approve, refuse, again])
def test_what_is_under_way_at_this_moment_is_left_alone(operator: Operator, act: Act) -> None:
    refused(CallBusy, act, make_call(operator, CallState.SENDING, leased_until=LATER + timedelta(minutes=1)))
    lease: dict[str, Any] = {"claim": CLAIM, "leased_until": LATER + timedelta(minutes=1)}
    refused(CallBusy, act, make_call(operator, CallState.UNKNOWN, reference="payment-2", **lease))


def test_a_call_that_somebody_is_about_to_settle_is_not_sent_but_still_asked_about(operator: Operator) -> None:
    waits = make_call(operator, next_at=NOW)
    unknown = make_call(operator, CallState.UNKNOWN, reference="payment-2", next_at=NOW)
    ask(call=waits)
    ask(call=unknown)
    assert claim_call(now=LATER) == unknown
    assert claim_call(now=LATER) is None
    refuse(call=waits)
    assert claim_call(now=LATER) == waits


def test_trying_again_drops_the_wish_to_settle(operator: Operator) -> None:
    call = make_call(operator, CallState.STRANDED)
    ask(call=call)
    again(call=call)
    refused(NothingToApprove, approve, call)
