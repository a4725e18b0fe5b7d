"""One person asks twice at the same moment, and only one of the two fits into the day's ceiling.

The control takes away the lock on the person: both then see the same sum, and together pass the ceiling.
"""

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet

from tests.concurrency.at_once import at_once
from tests.wallet.world import Seat, World
from wallet.services.ceilings import AboveCeiling, check_ceiling
from wallet.services.requests import request_adjustment

pytestmark = pytest.mark.xdist_group("races")


@pytest.fixture
def clerk(committed_db: None) -> str:
    name = f"clerk-{secrets.token_hex(4)}"
    User.objects.create_user(name).groups.add(Group.objects.get(name="finance"))
    return f"staff:{name}"


def ask(seat: Seat, by: str) -> str:
    facts: dict[str, Any] = {"currency": "EUR", "reason": "goodwill", "note": "x", "by": by, "now": datetime.now(UTC)}
    try:
        request_adjustment(player=seat.player, amount=Decimal(10_000), **facts)
    except AboveCeiling as refusal:
        return refusal.code
    return "asked"


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "without the lock"])
def test_two_requests_at_once_do_not_pass_the_days_ceiling_together(
    world: World, clerk: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    seats = [world.seat(), world.seat()]
    assert [ask(seats[0], clerk) for _ in range(4)] == ["asked"] * 4
    barrier = Barrier(2)

    def check_together(**facts: Any) -> None:
        check_ceiling(**facts)
        with suppress(BrokenBarrierError):
            barrier.wait(0.5)

    monkeypatch.setattr("wallet.services.requests.check_ceiling", check_together)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
    acts = [partial(ask, seat, clerk) for seat in seats]
    assert sorted(at_once(acts)) == (["above_ceiling", "asked"] if locked else ["asked", "asked"])
