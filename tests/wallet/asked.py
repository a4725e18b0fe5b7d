"""Requests as rows, for tests that need one rather than its making."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests.wallet.world import STAFF, Seat
from wallet.enums import RequestKind, RequestReason
from wallet.models import ApprovalRequest


def make_request(seat: Seat, **facts: Any) -> ApprovalRequest:
    """A credit of 1.00 that waits, with other facts where they are given."""
    usual = {
        "kind": RequestKind.ADJUSTMENT,
        "player": seat.player,
        "account": seat.account,
        "amount": Decimal(1),
        "currency": seat.currency,
        "reason": RequestReason.GOODWILL,
        "note": "x",
        "requested_by": STAFF,
        "requested_at": timezone.now(),
        "expires_at": timezone.now() + timedelta(days=1),
    }
    return ApprovalRequest.objects.create(**(usual | facts))
