"""The cashier: money that a casino takes in from its players, and pays out to them."""

import json
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from operators.models import Casino
from operators.selectors.refusals import Refusal
from wallet import ledger
from wallet.enums import Kind
from wallet.ledger import CashPosting, LedgerTimeout, LedgerUnavailable
from wallet.selectors import UnknownPlayer

__all__ = ["LedgerTimeout", "LedgerUnavailable"]

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999999999.99")


class InvalidAmount(Refusal):
    """The amount is not above zero, or does not fit 16 digits and two decimals."""

    code = "invalid_amount"


class NoSuchAccount(Refusal):
    """The player has no account in the currency."""

    code = "no_such_account"


class BalanceTooLow(Refusal):
    """The account does not hold what is to be paid out."""

    code = "insufficient_funds"


class ReferenceReused(Refusal):
    """The casino used the reference before, for something else."""

    code = "reference_reused"


class DepositLimitReached(Refusal):
    """The deposit would pass a limit that the player has set."""

    code = "deposit_limit_reached"
    player_detail = "This deposit would pass your deposit limit."


class DepositorBarred(Refusal):
    """The player is blocked, and pays in nothing; what the account holds may be paid out."""

    code = "player_blocked"
    player_detail = "Deposits are not possible at the moment. Please ask the support."


class DepositorExcluded(Refusal):
    """The player is excluded, and pays in nothing; what the account holds may be paid out."""

    code = "player_excluded"
    player_detail = "Deposits are not possible at the moment. Please ask the support."


class CashMovement(NamedTuple):
    """The transaction that holds the reference, whether this call made it, and the account's balance now."""

    transaction_id: int
    applied: bool
    balance: Decimal


def deposit(
    *, casino: Casino, user_id: str, amount: Decimal, currency: str, reference: str, by: str, now: datetime
) -> CashMovement:
    """Pay money into a player's account, once for each of the casino's references.

    :raises InvalidAmount, UnknownPlayer, NoSuchAccount, ReferenceReused, DepositorBarred, DepositorExcluded,
        DepositLimitReached: nothing is booked; what the player's limits or exclusion refused is kept as proof.
    :raises LedgerTimeout, LedgerUnavailable: repeating the call with the same reference is safe.
    """
    return _move(
        Kind.DEPOSIT,
        casino=casino,
        user_id=user_id,
        amount=amount,
        currency=currency,
        reference=reference,
        by=by,
        now=now,
    )


def withdraw(
    *, casino: Casino, user_id: str, amount: Decimal, currency: str, reference: str, by: str, now: datetime
) -> CashMovement:
    """Pay money out of a player's account, once for each of the casino's references.

    :raises InvalidAmount, UnknownPlayer, NoSuchAccount, BalanceTooLow, ReferenceReused: nothing is booked.
    :raises LedgerTimeout, LedgerUnavailable: repeating the call with the same reference is safe.
    """
    return _move(
        Kind.WITHDRAWAL,
        casino=casino,
        user_id=user_id,
        amount=amount,
        currency=currency,
        reference=reference,
        by=by,
        now=now,
    )


def _move(
    kind: Kind, *, casino: Casino, user_id: str, amount: Decimal, currency: str, reference: str, by: str, now: datetime
) -> CashMovement:
    check_amount(amount)
    posting = ledger.move_cash(
        casino_id=casino.pk,
        kind=kind.value,
        user_id=user_id,
        reference=reference,
        currency=currency,
        amount=amount.quantize(CENT),
        context=json.dumps({"by": by}),
        now=now,
    )
    _raise_refusal(posting, user_id, currency, reference)
    if posting.transaction_id is None or posting.balance is None:
        raise LedgerUnavailable(f"the ledger answered {posting.outcome} without a transaction")
    return CashMovement(posting.transaction_id, posting.outcome == "applied", posting.balance)


def check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or not 0 < amount <= LARGEST or amount != amount.quantize(CENT):
        raise InvalidAmount(
            "The amount must be above zero, with at most 16 digits before the point and two after it.",
            fields={"amount": f"{amount} does not fit."},
        )


def _raise_refusal(posting: CashPosting, user_id: str, currency: str, reference: str) -> None:
    match posting.outcome:
        case "unknown_player":
            raise UnknownPlayer(f"The casino has no player “{user_id}”.")
        case "invalid_currency":
            raise NoSuchAccount(
                f"The player has no account in {currency}.", fields={"currency": "There is no account in it."}
            )
        case "insufficient_funds":
            raise BalanceTooLow("The account does not hold that much.", fields={"amount": "It is above the balance."})
        case "player_blocked":
            raise DepositorBarred("The player is blocked.", fields={"user_id": "The player is blocked."})
        case "player_excluded":
            raise DepositorExcluded("The player is excluded.", fields={"user_id": "The player is excluded."})
        case "limit_reached":
            raise DepositLimitReached(
                "The deposit would pass a limit that the player has set.",
                fields={"amount": "It would pass a deposit limit."},
            )
        case "duplicate_transaction":
            raise ReferenceReused(
                f"The reference “{reference}” was used before, for another player, kind, amount or currency.",
                fields={"reference": "It was used with other data."},
            )
