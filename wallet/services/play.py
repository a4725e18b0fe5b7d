"""What platforms ask of the wallet: identify a player, move money, look back, cancel, end a round.

Each service is one call to the ledger, raises a `Refusal` where the answer is no, and leaves nothing behind then,
save for the tombstone that `cancel_transaction` keeps. All of them may be repeated: what was done is done once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from geoblock.models import Asked
from geoblock.rules import VendorCountries
from geoblock.selectors.judgements import judge
from geoblock.selectors.rules import get_lists_of
from geoblock.services.launches import note_blocked_launch
from wallet import ledger
from wallet.enums import Mode
from wallet.ledger import Caller, Identity, LedgerTimeout, LedgerUnavailable, Movement

__all__ = ["Caller", "Identity", "LedgerTimeout", "LedgerUnavailable", "Movement"]


class Refusal(Exception):
    """The wallet said no; the class says why, the message says it to whoever reads the log."""


class UnknownPlayer(Refusal):
    """The casino has no player of that id."""


class InvalidCurrency(Refusal):
    """The player has no account in the currency, or the session is for another one."""


class InvalidToken(Refusal):
    """The token opens no live session of this player, operator and game."""


class LaunchNotAllowed(Refusal):
    """The session is live, but its player, game or operator may no longer play."""


class PlayerBlocked(Refusal):
    """The player is blocked or self-excluded."""


class LimitReached(Refusal):
    """The bet would pass a limit that the player has set, or the session time is up."""


class GameDisabled(Refusal):
    """The casino has switched the game off, or the operator is suspended."""


class RoundFinished(Refusal):
    """The platform itself has ended the round; no bet can join it any more."""


class InsufficientFunds(Refusal):
    """The account does not hold the stake."""


class DuplicateTransaction(Refusal):
    """The transaction id is known, with other data."""


class TransactionCanceled(Refusal):
    """The transaction id was canceled, before or after it arrived."""


class UnknownTransaction(Refusal):
    """The player has no such transaction."""


class UnknownRound(Refusal):
    """The player has no such round."""


# Each refusal by the ledger's word for it, and the message that platforms get.
REFUSALS: dict[str, tuple[type[Refusal], str]] = {
    "unknown_player": (UnknownPlayer, "Player is not found"),
    "invalid_currency": (InvalidCurrency, "Invalid currency"),
    "invalid_token": (InvalidToken, "Invalid token"),
    "launch_not_allowed": (LaunchNotAllowed, "Authorization failed"),
    "player_blocked": (PlayerBlocked, "Player is blocked"),
    "limit_reached": (LimitReached, "Limits reached"),
    "game_disabled": (GameDisabled, "Game is disabled"),
    "round_finished": (RoundFinished, "Operation failed: the round is finished"),
    "insufficient_funds": (InsufficientFunds, "Insufficient funds"),
    "duplicate_transaction": (DuplicateTransaction, "Duplicated transaction ID"),
    "transaction_canceled": (TransactionCanceled, "Operation failed: the transaction was canceled"),
    "unknown_transaction": (UnknownTransaction, "Transaction not found"),
    "unknown_round": (UnknownRound, "Round not found"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """The balance after a movement; `replayed` where it had been booked before, so that nothing moved now."""

    balance: Decimal
    replayed: bool


def _raise_refusal(outcome: str) -> None:
    if outcome in REFUSALS:
        refusal, message = REFUSALS[outcome]
        raise refusal(message)


def post_movement(*, caller: Caller, movement: Movement, now: datetime) -> Moved:
    """Book a bet, win or refund once and return the balance; a repetition returns it as it is now, and says so.

    :raises Refusal: UnknownPlayer, TransactionCanceled, DuplicateTransaction, InvalidCurrency; for a bet also
        InvalidToken, PlayerBlocked, GameDisabled, LimitReached, RoundFinished, InsufficientFunds. Nothing is booked
        then; what the player's limits or exclusion refused is kept as proof.
    :raises LedgerTimeout: a lock was not to be had in time; nothing is booked.
    :raises LedgerUnavailable: the database failed; repeating the call is safe.
    """
    posting = ledger.change_balance(caller=caller, movement=movement, now=now)
    _raise_refusal(posting.outcome)
    return Moved(_balance(posting.balance), posting.outcome == "replayed")


def cancel_transaction(
    *, caller: Caller, user_id: str, reference: str, round_ref: str, round_finished: bool, now: datetime
) -> bool:
    """Reverse exactly one transaction; return whether it was canceled before, so that nothing moved now.

    :raises UnknownPlayer: nothing is kept.
    :raises UnknownTransaction: a tombstone is kept, unless the transaction is another player's.
    """
    outcome = ledger.cancel_transaction(
        caller=caller,
        user_id=user_id,
        reference=reference,
        round_ref=round_ref,
        round_finished=round_finished,
        now=now,
    )
    _raise_refusal(outcome)
    return outcome == "canceled_before"


def finish_round(*, caller: Caller, user_id: str, round_ref: str, now: datetime) -> None:
    """End a round at the platform's word; ending it again is fine.

    :raises UnknownPlayer, UnknownRound:
    """
    _raise_refusal(ledger.finish_round(caller=caller, user_id=user_id, round_ref=round_ref, now=now))


def get_transaction_status(*, caller: Caller, user_id: str, reference: str) -> bool:
    """Return whether a transaction was canceled since it was booked.

    :raises UnknownPlayer, UnknownTransaction:
    """
    outcome = ledger.get_status(caller=caller, user_id=user_id, reference=reference)
    _raise_refusal(outcome)
    return outcome == "canceled"


def authenticate(*, caller: Caller, token: str, excepted_countries: Iterable[str], now: datetime) -> Identity:
    """Return whose session a token opens, and the balance. The address that the launch came from is judged once more.

    :param excepted_countries: where the operator account may open what vendors restrict.
    :raises InvalidToken, LaunchNotAllowed:
    """
    identity = ledger.authenticate(caller=caller, token=token, now=now)
    _raise_refusal(identity.outcome)
    judged = judge(
        in_force=get_lists_of(identity.rules_id, identity.global_rules_id),
        vendor=VendorCountries(
            frozenset(identity.prohibited_countries or ()),
            frozenset(identity.restricted_countries or ()),
            frozenset(excepted_countries),
        ),
        address=identity.address,
        is_real=True,
    )
    if not judged.decision.allowed:
        note_blocked_launch(
            judged,
            asked=Asked.AUTHENTICATE,
            casino_id=caller.casino_id,
            operator_id=caller.operator_id,
            user_id=identity.user_id,
            mode=Mode.REAL,
            opened=identity.opened,
            now=now,
        )
        _raise_refusal("launch_not_allowed")
    return identity


def get_balance(*, caller: Caller, token: str, user_id: str, currency: str, now: datetime) -> Decimal:
    """Return the balance of a live session's account.

    :raises InvalidToken, UnknownPlayer, InvalidCurrency, PlayerBlocked: in this order.
    """
    posting = ledger.get_balance(caller=caller, token=token, user_id=user_id, currency=currency, now=now)
    _raise_refusal(posting.outcome)
    return _balance(posting.balance)


def _balance(balance: Decimal | None) -> Decimal:
    if balance is None:
        raise LedgerUnavailable("the ledger answered without a balance")
    return balance
