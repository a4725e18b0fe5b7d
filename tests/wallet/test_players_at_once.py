"""Several callers at once: a player is registered once, a reference moves money once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import connection, transaction

from operators.models import AuditEntry, Casino
from tests.concurrency.at_once import wait_for_waiters
from tests.operators.making import NOW, make_casino, make_player
from wallet.models import Account, Player, Transaction
from wallet.services.cashier import BalanceTooLow, CashMovement, deposit, withdraw
from wallet.services.players import Registration, register_player

CALLERS = 8
Result = TypeVar("Result")
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def casino(committed_db: None) -> Casino:
    return make_casino(slug=f"at-once-{uuid4().hex[:12]}")


def call_at_once(act: Callable[[int], Result]) -> list[Result]:
    """The same call from several threads, each with a connection of its own, let go together."""
    start = Barrier(CALLERS)

    def run(number: int) -> Result:
        start.wait(10)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(run, range(CALLERS)))


def test_a_player_registered_by_many_at_once_is_created_once(casino: Casino) -> None:
    def register(number: int) -> Registration:
        facts: dict[str, Any] = {"user_id": "olga", "user_name": "Olga P", "country": "DE", "by": f"thread:{number}"}
        return register_player(casino=casino, currencies=["EUR", "USD"] if number % 2 else ["EUR", "SEK"], **facts)

    made = call_at_once(register)
    assert Counter(created for _, created in made) == {True: 1, False: CALLERS - 1}
    player = Player.objects.get(casino=casino)
    assert {registration.player.pk for registration in made} == {player.pk}
    assert sorted(Account.objects.filter(player=player).values_list("currency", flat=True)) == ["EUR", "SEK", "USD"]
    created = AuditEntry.objects.filter(action="create_player", subject__startswith=f"player {player.pk}:")
    assert created.count() == 1


def test_an_account_that_another_is_just_opening_is_waited_for(casino: Casino) -> None:
    def register(*currencies: str) -> Registration:
        facts: dict[str, Any] = {"user_id": "olga", "user_name": "Olga P", "country": "DE", "by": "api-key:ab12cd34"}
        return register_player(casino=casino, currencies=currencies, **facts)

    def register_beside() -> Registration:
        try:
            return register("SEK", "USD")
        finally:
            connection.close()

    player = register("EUR").player
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            register("SEK")
            beside = pool.submit(register_beside)
            wait_for_waiters()
        assert beside.result(10) == (player, False)
    assert sorted(player.accounts.values_list("currency", flat=True)) == ["EUR", "SEK", "USD"]


def test_a_reference_sent_by_many_at_once_moves_money_once(casino: Casino) -> None:
    player = make_player(casino)

    def pay(number: int) -> CashMovement:
        facts: dict[str, Any] = {"user_id": "olga", "amount": Decimal("25.00"), "currency": "EUR", "now": NOW}
        return deposit(casino=casino, reference="pay-1", by=f"thread:{number}", **facts)

    moved = call_at_once(pay)
    assert Counter(movement.applied for movement in moved) == {True: 1, False: CALLERS - 1}
    assert {movement.balance for movement in moved} == {Decimal("25.00")}
    assert (Transaction.objects.filter(player=player).count(), player.accounts.get().balance) == (1, Decimal("25.00"))


def test_withdrawals_at_once_take_no_more_than_there_is(casino: Casino) -> None:
    player = make_player(casino)
    facts: dict[str, Any] = {"casino": casino, "user_id": "olga", "currency": "EUR", "by": "thread", "now": NOW}
    deposit(amount=Decimal("30.00"), reference="pay-1", **facts)

    def pay_out(number: int) -> bool:
        try:
            return withdraw(amount=Decimal("10.00"), reference=f"out-{number}", **facts).applied
        except BalanceTooLow:
            return False

    assert Counter(call_at_once(pay_out)) == {True: 3, False: CALLERS - 3}
    assert player.accounts.get().balance == Decimal(0)
