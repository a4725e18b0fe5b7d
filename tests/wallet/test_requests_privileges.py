"""Approvals by the role that the application connects as, which may write neither the ledger nor what was asked for."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from tests.wallet.platform import numbers
from tests.wallet.test_privileges import refusal_of, role, world
from tests.wallet.world import World
from wallet import ledger
from wallet.models import ApprovalRequest, Transaction
from wallet.services.approvals import approve_request
from wallet.services.requests import request_adjustment, request_forced_cancel, request_forced_close

__all__ = ["role", "world"]

pytestmark = pytest.mark.xdist_group("races")


def hire() -> str:
    """A new member of finance."""
    person = User.objects.create_user(f"clerk-{token_hex(4)}")
    person.groups.add(Group.objects.get(name="finance"))
    return f"staff:{person.username}"


def test_two_people_do_all_three_and_one_does_nothing(world: World) -> None:
    seat, anna, boris, number = world.seat(), hire(), hire(), next(numbers)
    world.bet(seat, "10.00", transaction_id=number, round_id=number)
    bet = Transaction.objects.get(owner_id=world.operator.pk, reference=str(number))
    why: dict[str, Any] = {"reason": "game_fault", "note": "x", "by": anna, "now": datetime.now(UTC)}
    made = [
        request_adjustment(player=seat.player, currency="EUR", amount=Decimal("5.00"), **why),
        request_forced_cancel(target=bet, **why),
        request_forced_close(played=world.round(number), **why),
    ]
    functions: tuple[Callable[..., Any], ...] = (ledger.adjust, ledger.force_cancel, ledger.force_close)
    for asked, function in zip(made, functions, strict=True):
        with world.unmoved():
            assert function(request_id=asked.pk, by=anna, now=datetime.now(UTC)).outcome == "not_approved"
        approve_request(request=asked, by=boris, now=datetime.now(UTC))
    assert (seat.balance, world.round(number).state) == (Decimal("105.00"), "finished")
    for statement in ("UPDATE {} SET amount = 1000", "UPDATE {} SET state = 'open'", "DELETE FROM {}", "TRUNCATE {}"):
        assert refusal_of(statement.format(ApprovalRequest._meta.db_table)) != ""
