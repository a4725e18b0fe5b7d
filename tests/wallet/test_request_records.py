"""What the audit trail calls the end of a request, whichever it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.contrib.auth.models import Group, User

from operators.models import AuditEntry
from tests.wallet.world import Seat, World
from wallet.models import ApprovalRequest
from wallet.services.approvals import approve_request, expire_requests, reject_request, withdraw_request
from wallet.services.requests import request_adjustment

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANNA, BORIS = "staff:anna", "staff:boris"
ENDS: dict[str, tuple[str, Callable[..., object]]] = {
    "approve_adjustment": (BORIS, partial(approve_request, by=BORIS, now=NOW)),
    "reject_adjustment": (BORIS, partial(reject_request, note="No receipt", by=BORIS, now=NOW)),
    "withdraw_adjustment": (ANNA, partial(withdraw_request, by=ANNA, now=NOW)),
    "expire_adjustment": ("upkeep", lambda request: expire_requests(now=request.expires_at)),
}


@pytest.fixture
def made(world: World, seat: Seat) -> ApprovalRequest:
    for name in ("anna", "boris"):
        User.objects.create_user(name).groups.add(Group.objects.get_or_create(name="finance")[0])
    return request_adjustment(
        player=seat.player, currency="EUR", amount=Decimal(5), reason="goodwill", note="x", by=ANNA, now=NOW
    )


@pytest.mark.parametrize("action", ENDS)
def test_each_end_of_a_request_is_on_record_by_its_own_name(made: ApprovalRequest, action: str) -> None:
    by, end = ENDS[action]
    end(request=made)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action, entry.details["request"]) == (by, action, made.pk)


def test_request_waits_for_seven_days(made: ApprovalRequest) -> None:
    assert made.expires_at - made.requested_at == timedelta(days=7)
