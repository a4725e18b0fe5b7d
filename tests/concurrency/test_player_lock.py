"""Whatever writes to a player's account, or says what became of a movement, waits for what is in flight."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction

from tests.databases import postgres_url
from tests.wallet.platform import numbers
from tests.wallet.world import STAFF, Seat, World
from wallet import ledger
from wallet.models import Transaction
from wallet.services.busy import LedgerBusy
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.players import block_player, exclude_player
from wallet.services.requests import request_adjustment, request_forced_cancel, request_forced_close

pytestmark = pytest.mark.xdist_group("races")
AN_HOUR = WantedLimit(kind="session_time", period="session", currency="", amount=Decimal(60))


def list_acts(world: World, seat: Seat, by: str) -> dict[str, Callable[[], object]]:
    """Each of the functions that take the player's lock, ready to be called."""
    now, number = datetime.now(UTC), str(next(numbers))
    world.bet(seat, "10.00", transaction_id=number, round_id=number)
    bet = Transaction.objects.get(owner_id=world.operator.pk, reference=number)
    caller = ledger.Caller(world.operator.pk, world.casino.pk, False, False, Decimal(1000))
    why: dict[str, Any] = {"note": "x", "by": by, "now": now}
    player: dict[str, Any] = {"caller": caller, "user_id": seat.user_id}
    adjusting = request_adjustment(player=seat.player, currency="EUR", amount=Decimal(1), reason="goodwill", **why)
    canceling = request_forced_cancel(target=bet, reason="game_fault", **why)
    closing = request_forced_close(played=world.round(number), reason="stuck", **why)
    win = ledger.Movement(
        "win", seat.user_id, None, f"{number}w", number, False, "200", "EUR", Decimal(1), False, None, None
    )
    cash: dict[str, Any] = {
        "casino_id": world.casino.pk,
        "user_id": seat.user_id,
        "currency": "EUR",
        "amount": Decimal(1),
    }
    return {
        "movement": lambda: ledger.change_balance(caller=caller, movement=win, now=now),
        "status": lambda: ledger.get_status(**player, reference=number),
        "end of a round": lambda: ledger.finish_round(**player, round_ref=number, now=now),
        "deposit": lambda: ledger.move_cash(**cash, kind="deposit", reference=f"{number}d", context="{}", now=now),
        "withdrawal": lambda: ledger.move_cash(
            **cash, kind="withdrawal", reference=f"{number}x", context="{}", now=now
        ),
        "first limit": lambda: ledger.limit_account(player_id=seat.player.pk, currency="EUR", now=now),
        "adjustment": lambda: ledger.adjust(request_id=adjusting.pk, by=STAFF, now=now),
        "forced cancel": lambda: ledger.force_cancel(request_id=canceling.pk, by=STAFF, now=now),
        "forced close": lambda: ledger.force_close(request_id=closing.pk, by=STAFF, now=now),
        "cancel": lambda: ledger.cancel_transaction(
            **player, reference=f"{number}c", round_ref=number, round_finished=False, now=now
        ),
        "session time": lambda: set_limits(player=seat.player, wanted=[AN_HOUR], by=by, now=now),
        "exclusion": lambda: exclude_player(player=seat.player, until=now + timedelta(days=1), by=by, now=now),
        "block": lambda: block_player(player=seat.player, reason="x", by=by, now=now),
    }


def find_what_waits(acts: dict[str, Callable[[], object]]) -> list[str]:
    waited = []
    for name, act in acts.items():
        try:
            act()
        except (ledger.LedgerTimeout, LedgerBusy):
            waited.append(name)
    return waited


def test_every_function_that_writes_waits_for_the_player_and_none_does_afterwards(world: World, seat: Seat) -> None:
    anna = User.objects.create_user(f"anna-{next(numbers)}")
    anna.groups.add(Group.objects.get(name="finance"))
    acts = list_acts(world, seat, f"staff:{anna.username}")
    with psycopg.connect(postgres_url()) as holder, connection.cursor() as cursor:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [seat.player.pk])
        cursor.execute("SET lock_timeout = '30ms'")
        with world.unmoved():
            assert find_what_waits(acts) == list(acts)
        cursor.execute("RESET lock_timeout")
    assert find_what_waits(acts) == []
    # The bet of 10.00 went through before; then a win, a deposit, a withdrawal, an adjustment, and the bet undone.
    assert seat.balance == Decimal("102.00")


def test_bet_does_not_wait_for_a_request_that_is_being_made(world: World, seat: Seat) -> None:
    anna = User.objects.create_user(f"anna-{next(numbers)}")
    anna.groups.add(Group.objects.get(name="finance"))
    number = str(next(numbers))
    world.bet(seat, "10.00", transaction_id=number, round_id=number)

    def bet() -> str:
        try:
            return world.bet(seat, "10.00").verdict
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        why: dict[str, Any] = {"note": "x", "by": f"staff:{anna.username}", "now": datetime.now(UTC)}
        request_forced_close(played=world.round(number), reason="stuck", **why)
        assert pool.submit(bet).result(10) == "OK"
