"""A call that waits, in whatever state a test wants it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from operators.models import Operator
from tests.operators.making import STAFF
from wallet.enums import CallState
from wallet.models import WaitingCall
from wallet.services.agent_calls import DEPOSIT

CLAIM = UUID("00000000-0000-4000-8000-000000000001")


def make_call(operator: Operator, state: str = CallState.WAITING, **more: Any) -> WaitingCall:
    """A deposit of 25.00 EUR."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "kind": DEPOSIT,
        "reference": "payment-1",
        "arguments": {"username": "olga0123456789ab", "currency": "EUR", "amount": "25"},
        "may_have_left": state in {CallState.UNKNOWN, CallState.DONE},
        "claim": CLAIM if state == CallState.SENDING else None,
        "leased_until": now if state == CallState.SENDING else None,
        "ended_at": now if state == CallState.DONE else None,
        "since": now,
        "created_at": now,
        "created_by": STAFF,
    }
    return WaitingCall.objects.create(operator=operator, state=state, **{**facts, **more})
