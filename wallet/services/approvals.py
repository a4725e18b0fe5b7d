"""The second person's word on a request: approving does what was asked for in the same transaction, once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from operators.services.second_person import demand_second_person
from wallet import ledger
from wallet.enums import ClosingReason, RequestKind, RequestState
from wallet.ledger import LedgerUnavailable
from wallet.models import ApprovalRequest, RoundClosing
from wallet.selectors.open_rounds import list_pending
from wallet.services.busy import unless_busy
from wallet.services.cashier import BalanceTooLow
from wallet.services.ceilings import check_ceiling
from wallet.services.requests import describe_request

BY = "upkeep"


class RequestEnded(Refusal):
    """The request does not wait any more."""

    code = "request_ended"


class NotTheRequester(Refusal):
    """Only whoever asked takes it back."""

    code = "not_the_requester"


class RequestOvertaken(Refusal):
    """What happened since leaves nothing to do; the request is closed so."""

    code = "request_overtaken"


class RequestExpired(Refusal):
    """Nobody decided in time; the request is closed so."""

    code = "request_expired"


def approve_request(*, request: ApprovalRequest, note: str = "", by: str, now: datetime) -> ApprovalRequest:
    """Do what somebody else asked for.

    :raises RequestEnded, SecondPersonNeeded, AboveCeiling: nothing is changed.
    :raises BalanceTooLow: a debit that the account does not hold; the request stays open.
    :raises RequestExpired, RequestOvertaken: the request is closed as such.
    :raises LedgerBusy: nothing is changed; it may be tried again.
    """
    with unless_busy(), transaction.atomic():
        _lock_for_decision(request, by)
        refusal = _approve(request, note, by, now)
    if refusal:
        raise refusal
    return request


def reject_request(*, request: ApprovalRequest, note: str, by: str, now: datetime) -> ApprovalRequest:
    """Leave undone what somebody else asked for.

    :raises RequestEnded, SecondPersonNeeded:
    """
    with transaction.atomic():
        _lock_for_decision(request, by)
        _end(request, RequestState.REJECTED, note=note, by=by, now=now)
    return request


def withdraw_request(*, request: ApprovalRequest, note: str = "", by: str, now: datetime) -> ApprovalRequest:
    """Take back what one asked for oneself.

    :raises RequestEnded, NotTheRequester:
    """
    with transaction.atomic():
        _lock(request)
        if by != request.requested_by:
            raise NotTheRequester(f"{request.requested_by} asked for it: you can reject it.")
        _end(request, RequestState.WITHDRAWN, note=note, by=by, now=now)
    return request


def expire_requests(*, now: datetime) -> int:
    """Close the requests that nobody decided on in time; return how many."""
    with transaction.atomic():
        waiting = ApprovalRequest.objects.filter(state=RequestState.OPEN, expires_at__lte=now).order_by("pk")
        late = list(waiting.select_for_update(of=("self",), skip_locked=True))
        for request in late:
            _end(request, RequestState.EXPIRED, note="", by=BY, now=now)
    return len(late)


def _lock_for_decision(request: ApprovalRequest, by: str) -> None:
    _lock(request)
    demand_second_person(asked_by=request.requested_by, by=by)


def _lock(request: ApprovalRequest) -> None:
    request.refresh_from_db(from_queryset=ApprovalRequest.objects.select_for_update(of=("self",)))
    if request.state != RequestState.OPEN:
        raise RequestEnded(f"It does not wait any more: {request.get_state_display().lower()} by {request.decided_by}.")


def _approve(request: ApprovalRequest, note: str, by: str, now: datetime) -> Refusal | None:
    """End an open request as approved, or as what it is instead; the refusal is for whoever wanted to approve it."""
    if now >= request.expires_at:
        _end(request, RequestState.EXPIRED, note=note, by=by, now=now)
        return RequestExpired("Nobody decided on it in time: it has expired. Ask for it again.")
    if request.amount is not None:
        casino, amount, currency = request.player.casino, request.amount, request.currency
        check_ceiling(by=by, step="approve", amount=amount, currency=currency, casino=casino, now=now)
    overtaken = PERFORM[RequestKind(request.kind)](request, by, now)
    state = RequestState.OVERTAKEN if overtaken else RequestState.APPROVED
    _end(request, state, note=overtaken or note, by=by, now=now)
    return RequestOvertaken(overtaken) if overtaken else None


def _end(request: ApprovalRequest, state: RequestState, *, note: str, by: str, now: datetime) -> None:
    request.state, request.decided_by, request.decided_at, request.decision_note = state, by, now, note.strip()
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "booked"])
    details = describe_decision(request)
    write_audit_entry(by=by, action=f"{VERBS[state]}_{request.kind}", subject=request.player, details=details)


def describe_decision(request: ApprovalRequest) -> dict[str, Any]:
    """Return what the audit trail says of a decision; it names the requester too, in its reason as well."""
    details = describe_request(request)
    details["reason"] = f"Requested by {request.requested_by}. {details['reason']}"
    return details | {"requested_by": request.requested_by, "decision_note": request.decision_note}


def _adjust(request: ApprovalRequest, by: str, now: datetime) -> str:
    done = ledger.adjust(request_id=request.pk, by=by, now=now)
    if done.outcome == "insufficient_funds":
        raise BalanceTooLow("The account does not hold that much now. The request stays open.")
    request.booked_id = _booked(done)
    return ""


def _cancel(request: ApprovalRequest, by: str, now: datetime) -> str:
    done = ledger.force_cancel(request_id=request.pk, by=by, now=now)
    if done.outcome == "transaction_canceled":
        return "The transaction was canceled since: nothing is left to do."
    request.booked_id = _booked(done)
    return ""


def _close(request: ApprovalRequest, by: str, now: datetime) -> str:
    done = ledger.force_close(request_id=request.pk, by=by, now=now)
    if done.outcome == "round_finished":
        return "The round was finished since: nothing is left to do."
    if request.round is None or done.outcome != "applied":
        raise LedgerUnavailable(f"the ledger answered {done.outcome}")
    pending = list_pending([request.round.pk]).get(request.round.pk, [])
    details = describe_request(request)
    details |= {"requested_by": request.requested_by, "was": done.was, "pending": pending}
    RoundClosing.objects.create(round=request.round, at=now, by=by, reason=ClosingReason.FORCED, details=details)
    return ""


def _booked(done: ledger.Approved) -> int:
    if done.transaction_id is None:
        raise LedgerUnavailable(f"the ledger answered {done.outcome} without a transaction")
    return done.transaction_id


PERFORM: Mapping[RequestKind, Callable[[ApprovalRequest, str, datetime], str]] = {
    RequestKind.ADJUSTMENT: _adjust,
    RequestKind.FORCED_CANCEL: _cancel,
    RequestKind.FORCED_CLOSE: _close,
}
VERBS = {
    RequestState.APPROVED: "approve",
    RequestState.REJECTED: "reject",
    RequestState.WITHDRAWN: "withdraw",
    RequestState.OVERTAKEN: "overtake",
    RequestState.EXPIRED: "expire",
}
