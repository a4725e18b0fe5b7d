"""The kinds and states that the wallet's tables hold, named as the SQL functions name them."""

from django.db import models


class AccountKind(models.TextChoices):
    """What an account is for: one of a player's, or one of the system's."""

    PLAYER = "player", "Player"
    HOUSE = "house", "House"
    PROMOTIONS = "promotions", "Promotions"
    CASHIER = "cashier", "Cashier"
    IN_TRANSIT = "in_transit", "In transit"
    ADJUSTMENTS = "adjustments", "Adjustments"


class Source(models.TextChoices):
    """Where a movement was asked for; its reference is unique within the source and its owner."""

    PLATFORM = "platform", "Platform"
    CASHIER = "cashier", "Cashier"


class Kind(models.TextChoices):
    """What a transaction is."""

    BET = "bet", "Bet"
    WIN = "win", "Win"
    REFUND = "refund", "Refund"
    CANCEL = "cancel", "Cancel"
    TOMBSTONE = "tombstone", "Tombstone"
    DEPOSIT = "deposit", "Deposit"
    WITHDRAWAL = "withdrawal", "Withdrawal"


class RoundState(models.TextChoices):
    """How far a round has come."""

    OPEN = "open", "Open"
    CLOSING = "closing", "Closing"
    FINISHED = "finished", "Finished"


class Mode(models.TextChoices):
    """Whether a launch plays for money."""

    REAL = "real", "Real money"
    FUN = "fun", "Fun"


class UsernameState(models.TextChoices):
    """Whether a platform has the player of a name that we made up."""

    ASKED = "asked", "Asked for"
    CREATED = "created", "Created"
    ABANDONED = "abandoned", "Taken by somebody else"


class ClosingReason(models.TextChoices):
    """Why we, not the platform, wrote a round's end."""

    SETTLED = "settled", "What it waited for is settled"
    AGE = "age", "Old, with nothing pending"
    STRANDED = "stranded", "Too old for what is still pending"


class CallState(models.TextChoices):
    """How far a call that must still happen has come."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    UNKNOWN = "unknown", "Outcome unknown"
    STRANDED = "stranded", "Stranded"
    DONE = "done", "Done"
    SETTLED = "settled", "Settled by staff"


class Settlement(models.TextChoices):
    """As what two people settle a call."""

    DONE = "done", "It was done"
    NOT_DONE = "not_done", "It was not done"


class Tag(models.TextChoices):
    """What is odd about a movement that was booked all the same."""

    WITHOUT_BET = "without_bet", "No bet in the round"
    LARGE_WITHOUT_BET = "large_without_bet", "Large win in a round without a bet"
    ROUND_FINISHED = "round_finished", "Round was already finished"
    ROUND_REOPENED = "round_reopened", "Reopened a round that we had closed"
    PLAYER_BLOCKED = "player_blocked", "Player was blocked"
    REFUND_AFTER_CANCEL = "refund_after_cancel", "Refund after a cancel in the round"
    PROMOTIONAL_STAKE = "promotional_stake", "Promotional bet that was charged"
    OVERDRAWN = "overdrawn", "Left the account below zero"
    UNMAPPED_GAME = "unmapped_game", "Game was not in the catalogue"
