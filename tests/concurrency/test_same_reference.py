"""A reference that another player's movement takes while it is asked for: the second call sees what the first did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.concurrency.at_once import wait_for_waiters
from tests.databases import postgres_url
from tests.wallet.platform import numbers
from tests.wallet.world import World
from wallet import ledger

pytestmark = pytest.mark.xdist_group("races")
WIN = """
SELECT outcome FROM wallet_change_balance(
    %s, %s, false, false, 'win', %s, NULL, %s, %s, false, '200', 'EUR', 5, false, 1000, NULL, NULL, now()
)
"""
DEPOSIT = "SELECT outcome FROM wallet_move_cash(%s, 'deposit', %s, %s, 'EUR', 5, '{}', now())"


def meanwhile(statement: str, facts: list[object], act: Callable[[], Any]) -> Any:
    """What an act answers that begins while a statement is not committed yet, and has to wait for it."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with psycopg.connect(postgres_url()) as first, ThreadPoolExecutor(1) as pool:
        assert first.execute(statement, facts).fetchone() == ("applied",)
        answer = pool.submit(run)
        wait_for_waiters()
        first.commit()
        return answer.result(10)


def test_cancel_that_meets_another_players_booking_of_the_same_id_is_unknown_and_leaves_it(world: World) -> None:
    theirs, mine, number = world.seat(), world.seat(), str(next(numbers))
    answer = meanwhile(
        WIN,
        [world.operator.pk, world.casino.pk, theirs.user_id, number, number],
        lambda: world.cancel(mine, number).verdict,
    )
    assert (answer, theirs.balance, mine.balance) == ("OP_41", Decimal("105.00"), Decimal("100.00"))
    assert world.status(theirs, number).data["transaction_status"] == "OK"


def test_deposit_that_meets_another_players_under_the_same_reference_is_refused(world: World) -> None:
    theirs, mine, reference = world.seat(), world.seat(), f"pay-{next(numbers)}"
    answer = meanwhile(
        DEPOSIT,
        [world.casino.pk, theirs.user_id, reference],
        lambda: (
            ledger.move_cash(
                casino_id=world.casino.pk,
                kind="deposit",
                user_id=mine.user_id,
                reference=reference,
                currency="EUR",
                amount=Decimal(5),
                context="{}",
                now=datetime.now(UTC),
            ).outcome
        ),
    )
    assert (answer, theirs.balance, mine.balance) == ("duplicate_transaction", Decimal("105.00"), Decimal("100.00"))
