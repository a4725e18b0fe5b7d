"""Document 001's error codes, for each way in which a command can end badly."""

from dataclasses import dataclass

from wallet.serializers.generic import Malformed
from wallet.services import play

INTERNAL_ERROR = "OP_50"
TIMEOUT = "OP_47"

REFUSALS: dict[type[play.Refusal], str] = {
    play.InvalidToken: "OP_21",
    play.LaunchNotAllowed: "OP_22",
    play.InvalidCurrency: "OP_30",
    play.InsufficientFunds: "OP_31",
    play.LimitReached: "OP_32",
    play.PlayerBlocked: "OP_33",
    play.UnknownPlayer: "OP_34",
    play.GameDisabled: "OP_35",
    play.DuplicateTransaction: "OP_40",
    play.UnknownTransaction: "OP_41",
    play.UnknownRound: "OP_41",
    play.RoundFinished: "OP_49",
    play.TransactionCanceled: "OP_49",
}
# Where the platform takes a time-out for a "no" and cancels; the other commands are repeated after OP_50.
CANCELED_AFTER_TIMEOUT = {"authenticate", "balance", "BET"}


class InvalidHash(Exception):
    """The hash in the body is not the one that the shown secret makes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An error code, its message, and whether the platform is left without knowing the outcome."""

    code: str
    message: str
    in_doubt: bool = False


def verdict_of(fault: Exception, act: str) -> Verdict:
    """Return how a fault is told; `act` is the command, or the transaction type of a changebalance."""
    if isinstance(fault, play.Refusal):
        return Verdict(REFUSALS[type(fault)], str(fault))
    if isinstance(fault, Malformed):
        return Verdict(INTERNAL_ERROR, f"Malformed request: {fault}")
    if isinstance(fault, InvalidHash):
        return Verdict("OP_20", "Invalid hash")
    if isinstance(fault, play.LedgerTimeout) and act in CANCELED_AFTER_TIMEOUT:
        return Verdict(TIMEOUT, "Timeout", in_doubt=True)
    return Verdict(INTERNAL_ERROR, "Internal error", in_doubt=True)
