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
    ADJUSTMENT = "adjustment", "Adjustment"


class Kind(models.TextChoices):
    """What a transaction is."""

    BET = "bet", "Bet"
    WIN = "win", "Win"
    REFUND = "refund", "Refund"
    CANCEL = "cancel", "Cancel"
    TOMBSTONE = "tombstone", "Tombstone"
    DEPOSIT = "deposit", "Deposit"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    CREDIT = "credit", "Credit by staff"
    DEBIT = "debit", "Debit by staff"


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
    FORCED = "forced", "Forced by two members of staff"


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


class RequestKind(models.TextChoices):
    """What takes a second person's approval."""

    ADJUSTMENT = "adjustment", "Adjustment"
    FORCED_CANCEL = "forced_cancel", "Forced cancel"
    FORCED_CLOSE = "forced_close", "Forced close"


class RequestState(models.TextChoices):
    """What became of a request."""

    OPEN = "open", "Waits"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    OVERTAKEN = "overtaken", "Overtaken by events"
    EXPIRED = "expired", "Expired"


class RequestReason(models.TextChoices):
    """Why a member of staff asks for it."""

    GOODWILL = "goodwill", "Goodwill"
    CORRECTION = "correction", "Correction of an error of ours"
    GAME_FAULT = "game_fault", "Fault of a game or its platform"
    PLATFORM_ASKED = "platform_asked", "The platform asked for it"
    CHARGEBACK = "chargeback", "Chargeback"
    FRAUD = "fraud", "Fraud or abuse"
    AUTHORITY = "authority", "Order of an authority"
    STUCK = "stuck", "Nothing more will come for it"


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


class LimitKind(models.TextChoices):
    """What a player may limit."""

    WAGER = "wager", "Stakes"
    NET_LOSS = "net_loss", "Net loss"
    DEPOSIT = "deposit", "Deposits"
    SESSION_TIME = "session_time", "Session time"


class LimitPeriod(models.TextChoices):
    """What a limit is for: a calendar period in the casino's time zone, or one sitting."""

    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"
    SESSION = "session", "Session"


class RefusalReason(models.TextChoices):
    """Why a bet or deposit was refused for the player's own protection."""

    WAGER = "wager", "Limit of stakes"
    NET_LOSS = "net_loss", "Limit of net loss"
    DEPOSIT = "deposit", "Limit of deposits"
    SESSION_TIME = "session_time", "Session time is up"
    EXCLUSION = "exclusion", "Player is excluded"


class ExclusionKind(models.TextChoices):
    """How a player asked to be kept out."""

    COOL_OFF = "cool_off", "Cool-off"
    SELF_EXCLUSION = "self_exclusion", "Self-exclusion"
