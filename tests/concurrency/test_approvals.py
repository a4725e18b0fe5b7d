"""Two people approve the same request at the same moment: one does it, the other is told so.

The control takes the row's lock away: both then take the request for open, and only the database's own guards are left
to refuse the second, with a fault that is no answer for a person.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, BrokenBarrierError
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from operators.models import AuditEntry
from operators.selectors.refusals import Refusal
from tests.concurrency.at_once import at_once
from tests.databases import postgres_url
from tests.wallet.platform import numbers
from tests.wallet.world import Seat, World
from wallet.models import ApprovalRequest, Transaction
from wallet.services.approvals import approve_request, expire_requests
from wallet.services.ceilings import check_ceiling
from wallet.services.requests import request_adjustment, request_forced_cancel

pytestmark = pytest.mark.xdist_group("races")
Decide = Callable[[], str]


@pytest.fixture
def people(committed_db: None) -> list[str]:
    """Three of finance, as the audit trail names them."""
    names = [f"{name}-{secrets.token_hex(4)}" for name in ("anna", "boris", "carl")]
    for name in names:
        User.objects.create_user(name).groups.add(Group.objects.get(name="finance"))
    return [f"staff:{name}" for name in names]


@pytest.fixture(autouse=True)
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who found the request open wait for one another, a moment long."""
    barrier = Barrier(2)

    def check_together(**facts: Any) -> None:
        check_ceiling(**facts)
        with suppress(BrokenBarrierError):
            barrier.wait(0.5)

    monkeypatch.setattr("wallet.services.approvals.check_ceiling", check_together)


@pytest.fixture(params=[True, False], ids=["locked", "without the lock"])
def locked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """The control reads rows without FOR UPDATE."""
    if not request.param:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
    return bool(request.param)


def approve(request: ApprovalRequest, by: str) -> Decide:
    """What an approval comes to: `approved`, the refusal's code, or a fault."""
    own = ApprovalRequest.objects.get(pk=request.pk)

    def decide() -> str:
        try:
            return str(approve_request(request=own, by=by, now=datetime.now(UTC)).state)
        except Refusal as refusal:
            return refusal.code
        except DatabaseError:
            return "a fault"

    return decide


def ask(kind: str, world: World, seat: Seat, by: str, ago: timedelta = timedelta(0)) -> ApprovalRequest:
    facts: dict[str, Any] = {"note": "x", "by": by, "now": datetime.now(UTC) - ago}
    if kind == "adjustment":
        return request_adjustment(
            player=seat.player, currency="EUR", amount=Decimal("10.00"), reason="goodwill", **facts
        )
    world.bet(seat, "10.00", transaction_id=(number := next(numbers)))
    bet = Transaction.objects.get(owner_id=world.operator.pk, reference=str(number))
    return request_forced_cancel(target=bet, reason="game_fault", **facts)


@pytest.mark.parametrize("kind", ["adjustment", "cancel"])
def test_one_of_two_approvals_is_carried_out_and_the_other_refused(
    world: World, seat: Seat, people: list[str], locked: bool, kind: str
) -> None:
    anna, boris, carl = people
    made = ask(kind, world, seat, anna)
    ended = sorted(at_once([approve(made, boris), approve(made, carl)]))
    unlocked = ["approved", "ledger_busy"] if kind == "adjustment" else ["a fault", "approved"]
    assert ended == (["approved", "request_ended"] if locked else unlocked)
    made.refresh_from_db()
    approved = AuditEntry.objects.filter(by__in=people, action__startswith="approve_")
    balance = Decimal("110.00") if kind == "adjustment" else Decimal("100.00")
    assert (made.state, seat.balance, approved.count()) == ("approved", balance, 1)


def test_an_approval_that_waits_too_long_for_the_player_does_nothing_and_may_be_repeated(
    world: World, seat: Seat, people: list[str]
) -> None:
    anna, boris, _ = people
    made = ask("adjustment", world, seat, anna)
    with psycopg.connect(postgres_url()) as holder, connection.cursor() as cursor:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [seat.player.pk])
        cursor.execute("SET lock_timeout = '50ms'")
        assert approve(made, boris)() == "ledger_busy"
        cursor.execute("RESET lock_timeout")
        assert (ApprovalRequest.objects.get(pk=made.pk).state, seat.balance) == ("open", Decimal("100.00"))
    assert (approve(made, boris)(), seat.balance) == ("approved", Decimal("110.00"))


def test_request_that_somebody_is_deciding_on_holds_up_no_expiry_and_does_not_expire(
    world: World, people: list[str]
) -> None:
    held, late = (ask("adjustment", world, world.seat(), people[0], ago=timedelta(days=8)) for _ in range(2))
    with psycopg.connect(postgres_url()) as holder, connection.cursor() as cursor:
        holder.execute("SELECT FROM wallet_approvalrequest WHERE id = %s FOR UPDATE", [held.pk])
        cursor.execute("SET lock_timeout = '50ms'")
        assert expire_requests(now=datetime.now(UTC)) == 1
        cursor.execute("RESET lock_timeout")
    states = [ApprovalRequest.objects.get(pk=made.pk).state for made in (held, late)]
    assert (states, expire_requests(now=datetime.now(UTC))) == (["open", "expired"], 1)


def test_member_of_staff_may_be_given_a_role_while_a_request_of_theirs_is_made(
    world: World, seat: Seat, people: list[str]
) -> None:
    anna = User.objects.get(username=people[0].removeprefix("staff:"))

    def give() -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            anna.groups.add(Group.objects.get(name="support"))
            return anna.groups.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        ask("adjustment", world, seat, people[0])
        assert pool.submit(give).result(10) == 2
