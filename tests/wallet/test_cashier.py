"""The cashier: each reference moves money once, and a refusal moves none."""

import json
from decimal import Decimal
from typing import Any

import pytest

from operators.models import Casino
from tests.operators.making import NOW, make_casino, make_player
from wallet.models import Account, LedgerRow, Player, Transaction
from wallet.selectors import UnknownPlayer
from wallet.services.cashier import (
    BalanceTooLow,
    CashMovement,
    InvalidAmount,
    NoSuchAccount,
    ReferenceReused,
    deposit,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(casino: Casino) -> Player:
    return make_player(casino, "olga", currencies=["EUR", "USD"])


def pay(act: Any, casino: Casino, amount: str, reference: str, /, **more: Any) -> CashMovement:
    facts = {"user_id": "olga", "currency": "EUR", "by": "api-key:ab12cd34", "now": NOW}
    movement: CashMovement = act(
        **{"casino": casino, "amount": Decimal(amount), "reference": reference, **facts, **more}
    )
    return movement


def holdings(player: Player) -> tuple[int, int, dict[str, Decimal | None]]:
    balances = dict(Account.objects.filter(player=player).values_list("currency", "balance"))
    return Transaction.objects.count(), LedgerRow.objects.count(), balances


def test_a_deposit_is_booked_against_the_cashier(casino: Casino, olga: Player) -> None:
    movement = pay(deposit, casino, "25.5", "dep-1")
    assert (movement.applied, movement.balance) == (True, Decimal("25.5"))
    row = LedgerRow.objects.select_related("credit", "debit", "transaction").get(transaction_id=movement.transaction_id)
    assert (row.credit.player, row.credit.currency, row.debit.kind, row.debit.casino) == (
        olga,
        "EUR",
        "cashier",
        casino,
    )
    assert (row.amount, row.balance, row.kind, row.created_at) == (Decimal("25.5"), Decimal("25.5"), "deposit", NOW)
    assert json.loads(row.context or "") == {"by": "api-key:ab12cd34"}
    assert (row.transaction.reference, row.transaction.source) == ("dep-1", "cashier")


def test_a_repeated_deposit_moves_nothing_and_tells_the_balance_now(casino: Casino, olga: Player) -> None:
    first = pay(deposit, casino, "25.50", "dep-1")
    pay(withdraw, casino, "5.50", "wd-1")
    before = holdings(olga)
    assert pay(deposit, casino, "25.5", "dep-1") == (first.transaction_id, False, Decimal("20.00"))
    assert holdings(olga) == before


@pytest.mark.parametrize(
    ("act", "more"),
    [
        (deposit, {"amount": Decimal("25.51")}),
        (deposit, {"currency": "USD"}),
        (deposit, {"user_id": "piet"}),
        (withdraw, {}),
    ],
)
def test_a_reference_used_with_other_data_is_refused(
    casino: Casino, olga: Player, act: Any, more: dict[str, Any]
) -> None:
    make_player(casino, "piet")
    pay(deposit, casino, "25.50", "ref-1")
    before = holdings(olga)
    with pytest.raises(ReferenceReused) as refusal:
        pay(act, casino, "25.50", "ref-1", **more)
    assert refusal.value.fields == {"reference": "It was used with other data."}
    assert holdings(olga) == before


def test_two_casinos_may_use_the_same_reference(casino: Casino, olga: Player) -> None:
    other = make_casino()
    make_player(other, "olga")
    pay(deposit, casino, "10", "dep-1")
    assert pay(deposit, other, "20", "dep-1").balance == Decimal(20)
    assert holdings(olga)[2]["EUR"] == Decimal(10)


def test_a_withdrawal_above_the_balance_is_refused_and_may_succeed_later(casino: Casino, olga: Player) -> None:
    pay(deposit, casino, "10", "dep-1")
    before = holdings(olga)
    with pytest.raises(BalanceTooLow):
        pay(withdraw, casino, "10.01", "wd-1")
    assert holdings(olga) == before
    pay(deposit, casino, "0.01", "dep-2")
    assert pay(withdraw, casino, "10.01", "wd-1").balance == Decimal(0)


def test_an_unknown_player_is_refused(casino: Casino, olga: Player) -> None:
    before = holdings(olga)
    with pytest.raises(UnknownPlayer):
        pay(deposit, casino, "10", "dep-1", user_id="nobody")
    assert holdings(olga) == before


def test_a_currency_without_account_is_refused(casino: Casino, olga: Player) -> None:
    before = holdings(olga)
    with pytest.raises(NoSuchAccount):
        pay(deposit, casino, "10", "dep-1", currency="SEK")
    assert holdings(olga) == before


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "10000000000000000", "1E+40", "NaN", "sNaN", "Infinity"])
def test_an_amount_that_does_not_fit_is_refused(casino: Casino, olga: Player, amount: str) -> None:
    before = holdings(olga)
    with pytest.raises(InvalidAmount):
        pay(deposit, casino, amount, "dep-1")
    assert holdings(olga) == before


def test_the_largest_amount_fits(casino: Casino, olga: Player) -> None:
    assert pay(deposit, casino, "9999999999999999.99", "dep-1").balance == Decimal("9999999999999999.99")
