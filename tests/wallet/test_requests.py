"""What takes two people: asked for by one, decided on by another, done once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, User

from operators.models import AuditEntry
from tests.operators.making import NOW
from tests.wallet.world import Seat, World
from wallet.models import ApprovalRequest, Round, RoundClosing, Transaction
from wallet.services.approvals import (
    NotTheRequester,
    RequestEnded,
    RequestExpired,
    RequestOvertaken,
    SecondPersonNeeded,
    approve_request,
    expire_requests,
    reject_request,
    withdraw_request,
)
from wallet.services.requests import request_adjustment, request_forced_cancel, request_forced_close

pytestmark = pytest.mark.django_db
ANNA, BORIS = "staff:anna", "staff:boris"


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    finance = Group.objects.get_or_create(name="finance")[0]
    for name in ("anna", "boris"):
        User.objects.create_user(name).groups.add(finance)


def test_adjustment(world: World, seat: Seat) -> None:
    made = request_adjustment(
        account=seat.account, amount=Decimal("25.00"), reason="goodwill", note="Waited long", by=ANNA, now=NOW
    )
    with pytest.raises(SecondPersonNeeded):
        approve_request(request=made, by=ANNA, now=NOW)
    approve_request(request=made, by=BORIS, now=NOW)
    assert seat.balance == Decimal("125.00")
