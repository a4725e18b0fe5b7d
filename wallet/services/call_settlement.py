"""What staff do with calls that wait: have them tried again, or settle them, for which it takes two people."""

from datetime import datetime

from django.db import transaction

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from operators.services.exchanges import resolve_exchanges
from operators.services.second_person import demand_second_person
from wallet.enums import CallState, Settlement
from wallet.models import WaitingCall

UNDER_WAY = (CallState.WAITING, CallState.UNKNOWN, CallState.STRANDED)


class CallEnded(Refusal):
    """The call was done or settled."""

    code = "call_ended"


class CallBusy(Refusal):
    """The call is being sent or asked about at this moment."""

    code = "call_busy"


class NothingToApprove(Refusal):
    """Nobody has asked for the call to be settled."""

    code = "nothing_to_approve"


class NeverLeft(Refusal):
    """What never left cannot have been done."""

    code = "never_left"


def try_again(*, call: WaitingCall, by: str, now: datetime) -> WaitingCall:
    """Have a call tried at once, and for its whole time again; a wish to settle it is dropped.

    What never left is sent. What may have left is only asked about; with a reference that means repeating it.

    :raises CallEnded, CallBusy:
    """
    with transaction.atomic():
        _lock(call, now)
        call.state = CallState.UNKNOWN if call.may_have_left else CallState.WAITING
        call.since = call.next_at = now
        _drop_settlement(call)
        call.save()
        write_audit_entry(by=by, action="try_call_again", subject=call, details={"state": call.state})
    return call


def ask_settlement(*, call: WaitingCall, settle_as: str, reason: str, by: str, now: datetime) -> WaitingCall:
    """Ask that a call be settled as done or not done; it is not sent meanwhile, but still asked about.

    :raises CallEnded, CallBusy, NeverLeft:
    """
    with transaction.atomic():
        _lock(call, now)
        if settle_as == Settlement.DONE and not call.may_have_left:
            raise NeverLeft("It never left, so it was not done.", fields={"settle_as": "It never left."})
        call.settle_as, call.settle_reason = Settlement(settle_as), reason
        call.settle_asked_by, call.settle_asked_at = by, now
        call.save()
        details = {"as": settle_as, "reason": reason}
        write_audit_entry(by=by, action="ask_settlement", subject=call, details=details)
    return call


def approve_settlement(*, call: WaitingCall, by: str, now: datetime) -> WaitingCall:
    """Settle a call as somebody else asked.

    :raises CallEnded, CallBusy, NothingToApprove, SecondPersonNeeded:
    """
    with transaction.atomic():
        _lock(call, now)
        if not call.settle_as:
            raise NothingToApprove("Nobody has asked for it to be settled.")
        demand_second_person(asked_by=call.settle_asked_by, by=by)
        call.state, call.ended_at, call.next_at, call.settled_by = CallState.SETTLED, now, None, by
        call.save()
        details = {"as": call.settle_as, "reason": call.settle_reason, "asked_by": call.settle_asked_by}
        write_audit_entry(by=by, action="approve_settlement", subject=call, details=details)
        resolve_exchanges(operator_id=call.operator_id, about=call.reference)
    return call


def refuse_settlement(*, call: WaitingCall, by: str, now: datetime) -> WaitingCall:
    """Leave a call as it is; whoever asked may take it back so, too.

    :raises CallEnded, CallBusy, NothingToApprove:
    """
    with transaction.atomic():
        _lock(call, now)
        if not call.settle_as:
            raise NothingToApprove("Nobody has asked for it to be settled.")
        details = {"as": call.settle_as, "reason": call.settle_reason, "asked_by": call.settle_asked_by}
        _drop_settlement(call)
        call.save()
        write_audit_entry(by=by, action="refuse_settlement", subject=call, details=details)
    return call


def _lock(call: WaitingCall, now: datetime) -> None:
    call.refresh_from_db(from_queryset=WaitingCall.objects.select_for_update(of=("self",)))
    if call.state not in {*UNDER_WAY, CallState.SENDING}:
        raise CallEnded("It is done or settled: nothing is left to do.")
    if call.state == CallState.SENDING or (call.leased_until is not None and call.leased_until > now):
        raise CallBusy("It is being sent or asked about just now: try again in a moment.")


def _drop_settlement(call: WaitingCall) -> None:
    call.settle_as = call.settle_reason = call.settle_asked_by = ""
    call.settle_asked_at = None
