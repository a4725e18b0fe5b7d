"""What cannot be written to the audit trail is not done, nor any part of it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection

from operators.models import AuditEntry
from tests.operators.making import NOW
from tests.wallet.world import Seat, World
from wallet.models import ApprovalRequest, Ceiling, LimitChange, LimitUse, Transaction
from wallet.services.approvals import approve_request, expire_requests, reject_request, withdraw_request
from wallet.services.ceilings import set_ceiling
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.requests import request_adjustment, request_forced_cancel, request_forced_close

ANNA, BORIS, CARL = "staff:anna", "staff:boris", "staff:carl"
WEEK = timedelta(days=7)
FULL = (
    "CREATE TRIGGER full_trail BEFORE INSERT ON operators_auditentry FOR EACH STATEMENT"
    " EXECUTE FUNCTION wallet_refuse_change('the disk is full')"
)
Act = Callable[[], object]


@pytest.fixture
def acts(world: World, seat: Seat) -> dict[str, Act]:
    """Each act that leaves an entry, ready to be done."""
    group = Group.objects.get_or_create(name="finance")[0]
    for name in ("anna", "boris"):
        User.objects.create_user(name).groups.add(group)
    world.bet(seat, "10.00", transaction_id=7, round_id=8)
    bet = Transaction.objects.get(owner_id=world.operator.pk, reference="7")
    limit = WantedLimit("wager", "day", Decimal(50), "EUR")
    why: dict[str, Any] = {"note": "Case 4711", "by": ANNA, "now": NOW}
    wanted: dict[str, Any] = {"player": seat.player, "currency": "EUR", "amount": Decimal(5), "reason": "goodwill"}
    made = request_adjustment(**wanted, **why)
    decided: dict[str, Any] = {"request": made, "note": "x", "now": NOW + WEEK / 2}
    return {
        "limit": lambda: set_limits(player=seat.player, wanted=[limit], by=ANNA, now=NOW),
        "adjustment": lambda: request_adjustment(**wanted, **why),
        "forced cancel": lambda: request_forced_cancel(target=bet, reason="game_fault", **why),
        "forced close": lambda: request_forced_close(played=world.round(8), reason="stuck", **why),
        "approval": lambda: approve_request(**decided, by=BORIS),
        "rejection": lambda: reject_request(**decided, by=BORIS),
        "withdrawal": lambda: withdraw_request(**decided, by=ANNA),
        "expiry": lambda: expire_requests(now=NOW + WEEK),
        "ceiling": lambda: set_ceiling(
            role="finance",
            currency="EUR",
            request_up_to=Decimal(1),
            approve_up_to=Decimal(1),
            daily_up_to=Decimal(1),
            by=CARL,
            now=NOW,
        ),
    }


def read_all(world: World) -> list[object]:
    """What the acts write, besides the ledger."""
    models = (AuditEntry, ApprovalRequest, Ceiling, LimitChange, LimitUse)
    return [world.snapshot(), *(list(model._default_manager.order_by("pk").values()) for model in models)]


def test_act_whose_entry_cannot_be_written_is_undone_as_a_whole(world: World, acts: dict[str, Act]) -> None:
    before = read_all(world)
    with connection.cursor() as cursor:
        cursor.execute(FULL)
    for act in acts.values():
        with pytest.raises(DatabaseError, match="the disk is full"):
            act()
        assert read_all(world) == before


@pytest.mark.parametrize(
    "name", ["limit", "adjustment", "forced cancel", "forced close", "approval", "expiry", "ceiling"]
)
def test_the_same_act_leaves_its_entry_where_it_can_be_written(acts: dict[str, Act], name: str) -> None:
    before = AuditEntry.objects.count()
    acts[name]()
    assert AuditEntry.objects.count() == before + 1
