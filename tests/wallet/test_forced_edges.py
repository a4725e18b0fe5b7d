"""What the functions that two people set off do not do: another request's act, another kind's cancel, a new end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction

from tests.wallet.world import Seat, World
from wallet import ledger
from wallet.enums import RequestKind
from wallet.models import ApprovalRequest, Round, RoundClosing, Transaction
from wallet.services.approvals import approve_request, withdraw_request
from wallet.services.busy import LedgerBusy
from wallet.services.requests import (
    RoundIsFinished,
    request_adjustment,
    request_forced_cancel,
    request_forced_close,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EARLIER = NOON - timedelta(hours=1)
ANNA, BORIS = "staff:anna", "staff:boris"
WHY: dict[str, Any] = {"note": "x", "by": ANNA, "now": NOON}
ACTS: dict[RequestKind, Callable[..., ledger.Approved | ledger.ForcedClose]] = {
    RequestKind.ADJUSTMENT: ledger.adjust,
    RequestKind.FORCED_CANCEL: ledger.force_cancel,
    RequestKind.FORCED_CLOSE: ledger.force_close,
}


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    for name in ("anna", "boris"):
        User.objects.create_user(name).groups.add(Group.objects.get_or_create(name="finance")[0])


def booked(world: World, reference: int) -> Transaction:
    return Transaction.objects.get(owner_id=world.operator.pk, source="platform", reference=str(reference))


def ask_for_each(world: World, seat: Seat) -> dict[RequestKind, ApprovalRequest]:
    return {
        RequestKind.ADJUSTMENT: request_adjustment(
            player=seat.player, currency="EUR", amount=Decimal(5), reason="goodwill", **WHY
        ),
        RequestKind.FORCED_CANCEL: request_forced_cancel(target=booked(world, 7), reason="game_fault", **WHY),
        RequestKind.FORCED_CLOSE: request_forced_close(played=world.round(8), reason="stuck", **WHY),
    }


def test_each_function_carries_out_requests_of_its_own_kind_alone(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    requests = ask_for_each(world, seat)
    with world.unmoved():
        for kind, act in ACTS.items():
            for other in set(ACTS) - {kind}:
                assert act(request_id=requests[other].pk, by=BORIS, now=NOON).outcome == "not_approved"


def test_cancel_itself_is_not_canceled_whatever_is_asked(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    made = request_forced_cancel(target=booked(world, 7), reason="game_fault", **WHY)
    world.cancel(seat, 7, 8)
    facts: dict[str, Any] = {**ApprovalRequest.objects.filter(pk=made.pk).values().get()}
    made = ApprovalRequest.objects.create(**facts | {"id": None, "transaction_id": seat.rows[-1].pk})
    with world.unmoved(), pytest.raises(ledger.LedgerUnavailable, match="returned no rows"), transaction.atomic():
        ledger.force_cancel(request_id=made.pk, by=BORIS, now=NOON)


@pytest.mark.parametrize(
    ("note", "fault"), [(" ", "Say what happened."), ("x" * 501, "Ensure this value has at most 500 characters")]
)
def test_note_says_something_and_is_no_longer_than_it_may_be(seat: Seat, note: str, fault: str) -> None:
    facts: dict[str, Any] = {"player": seat.player, "currency": "EUR", "reason": "goodwill", **WHY}
    with pytest.raises(ValidationError) as refusal:
        request_adjustment(**facts | {"note": note}, amount=Decimal(5))
    assert [words[: len(fault)] for words in refusal.value.message_dict["note"]] == [fault]
    assert request_adjustment(**facts | {"note": "x" * 500}, amount=Decimal(5)).note == "x" * 500


def test_what_was_withdrawn_may_be_asked_for_again(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    acts: list[Callable[[], ApprovalRequest]] = [
        lambda: request_forced_cancel(target=booked(world, 7), reason="game_fault", **WHY),
        lambda: request_forced_close(played=world.round(8), reason="stuck", **WHY),
    ]
    for ask in acts:
        withdraw_request(request=ask(), by=ANNA, now=NOON)
        assert ask().state == "open"


def test_round_that_was_finished_since_it_was_read_is_not_asked_to_be_closed(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    played = world.round(8)
    world.finish_round(seat, 8)
    assert played.state == "open"
    with pytest.raises(RoundIsFinished):
        request_forced_close(played=played, reason="stuck", **WHY)


@pytest.mark.parametrize(
    ("held", "ended"),
    [
        ({"end_asked_at": EARLIER}, ("platform", EARLIER)),
        ({"state": "closing", "finished_at": EARLIER, "finished_by": "upkeep"}, ("upkeep", EARLIER)),
        ({}, (BORIS, NOON)),
    ],
    ids=["asked for", "closing", "open"],
)
def test_forced_close_keeps_the_time_and_the_author_of_an_end_that_there_is(
    world: World, seat: Seat, held: dict[str, object], ended: tuple[str, datetime]
) -> None:
    world.bet(seat, "5.00", round_id=8)
    Round.objects.filter(pk=world.round(8).pk).update(**held)
    made = request_forced_close(played=world.round(8), reason="stuck", **WHY)
    approve_request(request=made, by=BORIS, now=NOON)
    played = world.round(8)
    assert (played.state, played.end_asked_at, played.finished_by, played.finished_at) == ("finished", None, *ended)


@pytest.mark.parametrize("kind", ACTS)
def test_ledger_refuses_the_requester_though_the_service_forgot_to(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch, kind: RequestKind
) -> None:
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    made = ask_for_each(world, seat)[kind]
    monkeypatch.setattr("wallet.services.approvals.demand_second_person", lambda **_: None)
    with world.unmoved(), pytest.raises(LedgerBusy):
        approve_request(request=made, by=ANNA, now=NOON)
    made.refresh_from_db()
    assert (made.state, RoundClosing.objects.count()) == ("open", 0)
