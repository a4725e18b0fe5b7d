"""Calls to platforms that must still happen: rows, claimed one by one, sent outside of any transaction.

A row says before each step what may be true after it, so that a worker can be killed anywhere: what may have left is
never taken for unsent. What was not answered is asked about, by its kind, and never sent again for want of an answer.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from operators.models import Operator
from operators.platforms.base import OutcomeUnknown, PlatformFailure
from operators.selectors.refusals import Refusal
from operators.services.exchanges import resolve_exchanges
from wallet.enums import CallState
from wallet.models import WaitingCall
from wallet.services.call_kinds import KINDS, Done, Facts, check_arguments, get_kind
from wallet.services.delays import Delay, read_delay

logger = logging.getLogger(__name__)

# Longer than a task may run: who holds a lease that is over is dead.
LEASE = timedelta(minutes=6)
SWEEP_SECONDS = 60.0
WORKER_LOST, PROGRAM_FAILED = "WORKER_LOST", "PROGRAM_FAILED"
ENDED = (CallState.DONE, CallState.SETTLED)
# One lane's rows become visible in the order of their keys: the next one's key is drawn when this one's is committed.
LOCK_LANE = "SELECT pg_advisory_xact_lock(hashtextextended('wallet_waitingcall ' || %s, %s))"


class CallDiffers(Refusal):
    """The kind and reference name a call already, and it is another one."""

    code = "call_differs"


def queue_call(
    *,
    operator: Operator,
    kind: str,
    reference: str,
    arguments: Mapping[str, Any],
    lane: str = "",
    user_ref: str = "",
    round_ref: str = "",
    by: str,
    now: datetime,
) -> WaitingCall:
    """Have a call made once, in the caller's transaction: it is sent after that is committed, if it is.

    Asking again with the same reference returns the call that is there. `arguments` is JSON, amounts as text.

    :raises CallDiffers: it is there with other arguments.
    :raises UnknownKind, msgspec.ValidationError: it could not be sent.
    """
    check_arguments(kind, arguments)
    facts = {"arguments": dict(arguments), "lane": lane, "user_ref": user_ref, "round_ref": round_ref}
    fresh = WaitingCall(operator=operator, kind=kind, reference=reference, **facts)
    fresh.since = fresh.next_at = fresh.created_at = now
    fresh.created_by = by
    with transaction.atomic():
        if lane:
            with connection.cursor() as cursor:
                cursor.execute(LOCK_LANE, [lane, operator.pk])
        WaitingCall.objects.bulk_create([fresh], ignore_conflicts=True)
        call = WaitingCall.objects.select_related("operator").get(operator=operator, kind=kind, reference=reference)
    if call.arguments != facts["arguments"]:
        raise CallDiffers(f"{call} is there already, with other arguments.", fields={"reference": "It is taken."})
    return call


def make_due_calls(*, now: datetime) -> int:
    """Send or ask about what is due, for a minute at most; return how many steps were made."""
    clock = _Clock(now)
    release_lost_calls(now=now)
    strand_old_calls(now=now)
    made = 0
    while clock.elapsed < SWEEP_SECONDS and (call := claim_call(now=clock.now)) is not None:
        step(call, now=clock.now)
        made += 1
    return made


def claim_call(*, now: datetime) -> WaitingCall | None:
    """Take the call that has been due for longest, for as long as the lease goes; None where nothing is due."""
    with transaction.atomic(durable=True):
        call = _list_due(now).select_for_update(of=("self",), skip_locked=True).first()
        if call is None:
            return None
        if call.state == CallState.WAITING:
            call.state = CallState.SENDING
            call.attempts += 1
        else:
            call.polls += 1
        call.claim, call.leased_until = uuid4(), now + LEASE
        call.save(update_fields=["state", "attempts", "polls", "claim", "leased_until"])
    return call


def step(call: WaitingCall, *, now: datetime) -> None:
    """Do with a claimed call what is next: send it, or ask what became of it.

    A fault of the program is the call's own: it is logged, and the calls after it go on.
    """
    try:
        if call.state == CallState.SENDING:
            _send(call, now)
        else:
            _poll(call, now)
    except Exception as fault:
        logger.exception("call %s failed in the program itself", call.pk)
        _write(call, **_after_fault(call, fault, now))


def release_lost_calls(*, now: datetime) -> int:
    """Take back calls whose worker has died: those that may have left become unknown. Return how many."""
    lost = WaitingCall.objects.filter(state=CallState.SENDING, leased_until__lt=now)
    told = {"next_at": now, "leased_until": None, "error_code": WORKER_LOST}
    left = lost.filter(may_have_left=True).update(
        state=CallState.UNKNOWN, error="The worker died while it was being sent: it may have left.", **told
    )
    return left + lost.filter(may_have_left=False).update(
        state=CallState.WAITING, error="The worker died before it was sent.", **told
    )


def strand_old_calls(*, now: datetime) -> int:
    """Leave calls to people that are older than their operators' rounds may grow; return how many."""
    open_calls = WaitingCall.objects.filter(state__in=[CallState.WAITING, CallState.UNKNOWN]).filter(_free(now))
    operators = Operator.objects.filter(pk__in=open_calls.values("operator")).order_by("pk")
    return sum(
        open_calls.filter(operator=operator, since__lte=now - read_delay(operator.settings).longest_age).update(
            state=CallState.STRANDED, next_at=None
        )
        for operator in operators
    )


class _Clock:
    """The caller's clock, going on."""

    def __init__(self, now: datetime) -> None:
        self._now, self._started = now, time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    @property
    def now(self) -> datetime:
        return self._now + timedelta(seconds=self.elapsed)


def _free(now: datetime) -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)


def _list_due(now: datetime) -> QuerySet[WaitingCall]:
    """What may be claimed: no call before an earlier one of its lane, none that somebody is about to settle."""
    earlier = WaitingCall.objects.filter(operator=OuterRef("operator"), lane=OuterRef("lane"), pk__lt=OuterRef("pk"))
    may_be_sent = Q(state=CallState.WAITING, settle_as="") & (Q(lane="") | ~Exists(earlier.exclude(state__in=ENDED)))
    due = WaitingCall.objects.filter(_free(now), may_be_sent | Q(state=CallState.UNKNOWN), next_at__lte=now)
    return due.filter(kind__in=list(KINDS)).select_related("operator").order_by("next_at", "pk")


def _send(call: WaitingCall, now: datetime) -> None:
    kind, delay = get_kind(call.kind), read_delay(call.operator.settings)
    try:
        facts = kind.prepare(call, now)
    except PlatformFailure as failure:
        _write(call, **_after_failure(failure, delay, call.attempts, now))
        return
    # From here on it may leave. Whoever finds the lease over has to take it for sent.
    if not _note(call, facts):
        return
    call.facts, call.may_have_left = facts, True
    try:
        result = kind.send(call, now)
    except OutcomeUnknown as failure:
        _write(call, **_unknown(failure, delay, 1, now))
    except PlatformFailure as failure:
        _write(call, may_have_left=False, **_after_failure(failure, delay, call.attempts, now))
    else:
        _write(call, **_done(result, now))


def _poll(call: WaitingCall, now: datetime) -> None:
    kind, delay = get_kind(call.kind), read_delay(call.operator.settings)
    try:
        found = kind.poll(call, now)
    except PlatformFailure as failure:
        _write(call, **_unknown(failure, delay, call.polls, now))
        return
    if isinstance(found, Done):
        _write(call, **_done(found.result, now))
    else:
        next_at = now + delay.pause_after(call.polls)
        _write(call, state=CallState.UNKNOWN, next_at=next_at, error_code=found.code, error=found.said)


def _after_failure(failure: PlatformFailure, delay: Delay, tries: int, now: datetime) -> Facts:
    """The platform has not done it: it waits for another try, or for a person where that would not help."""
    told: Facts = {"error_code": failure.code[:64], "error": failure.detail}
    if failure.permanent or not delay.retries:
        return told | {"state": CallState.STRANDED, "next_at": None}
    pause = max(delay.pause_after(tries), timedelta(seconds=min(failure.retry_after or 0, 3600)))
    return told | {"state": CallState.WAITING, "next_at": now + pause}


def _after_fault(call: WaitingCall, fault: Exception, now: datetime) -> Facts:
    """What may have left is asked about; what did not waits for another try, or for a person."""
    delay = read_delay(call.operator.settings)
    told: Facts = {
        "error_code": PROGRAM_FAILED,
        "error": f"The program failed over it ({type(fault).__name__}): the log says more.",
    }
    next_at = now + delay.pause_after(max(call.attempts, call.polls))
    if call.may_have_left:
        return told | {"state": CallState.UNKNOWN, "next_at": next_at}
    if not delay.retries:
        return told | {"state": CallState.STRANDED, "next_at": None}
    return told | {"state": CallState.WAITING, "next_at": next_at}


def _unknown(failure: PlatformFailure, delay: Delay, tries: int, now: datetime) -> Facts:
    told = {"error_code": failure.code[:64], "error": failure.detail}
    return told | {"state": CallState.UNKNOWN, "next_at": now + delay.pause_after(tries)}


def _done(result: Facts, now: datetime) -> Facts:
    told = {"next_at": None, "error_code": "", "error": ""}
    return told | {"state": CallState.DONE, "result": result, "ended_at": now}


def _note(call: WaitingCall, facts: Facts) -> bool:
    """Write that a call may leave now, unless the lease was over before it did."""
    ours = WaitingCall.objects.filter(pk=call.pk, claim=call.claim, state=CallState.SENDING)
    return bool(ours.update(facts=facts, may_have_left=True))


def _write(call: WaitingCall, **facts: Any) -> None:
    """Write what became of a call, unless somebody else has claimed or settled it since the lease was over.

    A lost lease that nobody has taken up is no reason to forget an answer.
    """
    ours = WaitingCall.objects.filter(pk=call.pk, claim=call.claim, state__in=[CallState.SENDING, CallState.UNKNOWN])
    if not ours.update(leased_until=None, **facts):
        logger.warning("call %s is no longer ours: that it is %s is not written", call.pk, facts["state"])
    elif facts["state"] == CallState.DONE:
        resolve_exchanges(operator_id=call.operator_id, about=call.reference)
