"""Players and their accounts, sessions and rounds, and the append-only ledger.

Hot tables carry no foreign-key constraint to rows that every bet shares (operator, house account, game): its check
would lock those rows. The SQL functions resolve the keys themselves, triggers refuse to delete what is pointed at, and
`verify_ledger` proves that nothing points at nothing.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from catalog.models import Game
from operators.documents import ExactDecoder, ExactEncoder
from operators.models import Casino, Operator
from wallet.enums import (
    AccountKind,
    ClosingReason,
    Kind,
    Mode,
    RoundState,
    Source,
    UsernameState,
)
from wallet.models.calls import WaitingCall
from wallet.models.care import PlayerNote, RoundNote, RoundWatch, StuckRound
from wallet.models.limits import Exclusion, LimitChange, LimitRefusal, LimitUse
from wallet.models.proofs import ArchivedRun, ArchivedSide, ArchivedSum, LedgerArchive, LedgerDigest
from wallet.models.requests import ApprovalRequest, Ceiling
from wallet.models.sums import QuarterSum

__all__ = [
    "Account",
    "ApprovalRequest",
    "ArchivedRun",
    "ArchivedSide",
    "ArchivedSum",
    "Ceiling",
    "Exclusion",
    "LaunchPage",
    "LedgerArchive",
    "LedgerDigest",
    "LedgerRow",
    "LedgerVerification",
    "LimitChange",
    "LimitRefusal",
    "LimitUse",
    "PlatformUsername",
    "Player",
    "PlayerNote",
    "QuarterSum",
    "Round",
    "RoundClosing",
    "RoundNote",
    "RoundWatch",
    "Session",
    "StuckRound",
    "Transaction",
    "WaitingCall",
    "country_code",
    "currency_code",
    "without_pipe",
]

without_pipe = RegexValidator(r"\A[^|\x00-\x1f]*\Z", "The character | and control characters are not allowed.")
country_code = RegexValidator(r"\A[A-Z]{2}\Z", "Enter an ISO 3166-1 code of two capital letters.")
currency_code = RegexValidator(
    r"\A[A-Z0-9]{3,4}\Z", "Enter a currency code of three or four capital letters or digits."
)


class Player(models.Model):
    """A person who plays at a casino."""

    casino = models.ForeignKey(Casino, models.PROTECT, related_name="players")
    user_id = models.CharField(max_length=70, db_collation="C", validators=[MinLengthValidator(1), without_pipe])
    user_name = models.CharField(max_length=255, validators=[without_pipe])
    display_name = models.CharField(max_length=100, blank=True, validators=[without_pipe])
    country = models.CharField(max_length=2, validators=[country_code])
    group = models.CharField(max_length=100, blank=True, validators=[without_pipe])
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.CharField(max_length=500, blank=True)
    blocked_by = models.CharField(max_length=150, blank=True)
    excluded_until = models.DateTimeField("self-excluded until", null=True, blank=True)
    is_test = models.BooleanField(
        "test player",
        default=False,
        db_default=False,
        help_text="One of the staff's own, left out of figures and reports.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_player_once", fields=["casino", "user_id"]),
            models.CheckConstraint(name="wallet_player_user_id", condition=Q(user_id__regex=r"^[^|]{1,70}$")),
            models.CheckConstraint(
                name="wallet_player_block_explained",
                condition=Q(blocked_at__isnull=True, blocked_by="", blocked_reason="")
                | (Q(blocked_at__isnull=False) & ~Q(blocked_by="") & ~Q(blocked_reason="")),
            ),
        ]
        indexes = [
            models.Index("user_name", name="wallet_player_name"),
            models.Index("id", name="wallet_player_test", condition=Q(is_test=True)),
            models.Index("country", "id", name="wallet_player_country"),
            models.Index("id", name="wallet_player_blocked", condition=Q(blocked_at__isnull=False)),
            models.Index("id", name="wallet_player_excluded", condition=Q(excluded_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} ({self.user_name})"

    @property
    def is_blocked(self) -> bool:
        """Whether staff or the casino have blocked the player."""
        return self.blocked_at is not None


class Account(models.Model):
    """One player's money in one currency, or a system account's side of the transfers.

    Only players' accounts carry a balance; the ledger's trigger alone writes it. System accounts are summed when asked.
    What an account must look like is checked by a trigger when it is opened and cannot change after that: PostgreSQL
    would weigh a check constraint again at every bet.
    """

    casino = models.ForeignKey(Casino, models.PROTECT, related_name="accounts")
    kind = models.TextField(choices=AccountKind.choices)
    player = models.ForeignKey(Player, models.PROTECT, null=True, blank=True, related_name="accounts")
    operator = models.ForeignKey(Operator, models.PROTECT, null=True, blank=True, related_name="accounts")
    currency = models.CharField(max_length=4, validators=[currency_code])
    balance = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    last_number = models.BigIntegerField(default=0, help_text="How many ledger rows the account has.")
    head_hash = models.BinaryField(default=bytes(32), help_text="The hash of its last ledger row.")
    limited = models.BooleanField(
        default=False, db_default=False, help_text="Limits of play are weighed, and their use is counted."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="wallet_account_player_once", fields=["player", "currency"], condition=Q(kind="player")
            ),
            models.UniqueConstraint(
                name="wallet_account_system_once",
                fields=["casino", "operator", "kind", "currency"],
                condition=~Q(kind="player"),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.currency}"


class Session(models.Model):
    """One launch: the token a platform shows when it bets, kept only as a SHA-256 digest."""

    token_digest = models.BinaryField(unique=True, editable=False)
    player = models.ForeignKey(Player, models.PROTECT, related_name="sessions")
    account = models.ForeignKey(Account, models.PROTECT, related_name="sessions", db_index=False)
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="sessions", db_index=False)
    game = models.ForeignKey(Game, models.PROTECT, null=True, blank=True, related_name="sessions", db_index=False)
    lobby_ref = models.CharField("lobby id", max_length=127, blank=True)
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.REAL)
    device = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=16, blank=True)
    ip = models.GenericIPAddressField("player's IP")
    effective_settings = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        encoder=ExactEncoder,
        decoder=ExactDecoder,
        help_text="What the operator's settings came to when it was opened; they hold until it ends.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    sitting_since = models.DateTimeField(null=True, blank=True, help_text="From when limited time counts.")
    sitting_until = models.DateTimeField(null=True, blank=True, help_text="It takes no bets from then on.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="wallet_session_sitting",
                condition=Q(sitting_since__isnull=True, sitting_until__isnull=True)
                | Q(sitting_since__isnull=False, sitting_until__isnull=False, sitting_until__gte=F("sitting_since")),
            ),
            models.CheckConstraint(
                name="wallet_session_game_or_lobby",
                condition=Q(game__isnull=False, lobby_ref="") | (Q(game__isnull=True) & ~Q(lobby_ref="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk}"


class PlatformUsername(models.Model):
    """The name by which an `agent` platform knows a player; written down before the platform is told of it."""

    player = models.ForeignKey(Player, models.PROTECT, related_name="platform_usernames")
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="platform_usernames", db_index=False)
    username = models.CharField(max_length=30, db_collation="C")
    state = models.TextField(choices=UsernameState.choices)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_platformusername_once", fields=["operator", "username"]),
            models.UniqueConstraint(
                name="wallet_platformusername_one_in_use",
                fields=["player", "operator"],
                condition=~Q(state=UsernameState.ABANDONED),
            ),
            models.CheckConstraint(
                name="wallet_platformusername_form", condition=Q(username__regex=r"^[a-z0-9]{4,30}$")
            ),
            models.CheckConstraint(
                name="wallet_platformusername_settled_has_time",
                condition=Q(state=UsernameState.ASKED, settled_at__isnull=True)
                | (~Q(state=UsernameState.ASKED) & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.username


class LaunchPage(models.Model):
    """The page that a platform answered a launch with: a stranger's text, kept for minutes, for a sandboxed frame."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="launch_page")
    html = models.TextField()
    home_url = models.URLField(
        max_length=500, blank=True, db_default="", help_text="As the launch named it: its site may frame the page, too."
    )
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Launch page of session {self.session_id}"


class Round(models.Model):
    """What one player staked and won in one round of a platform's."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="rounds", db_constraint=False, db_index=False)
    player = models.ForeignKey(Player, models.PROTECT, related_name="rounds", db_constraint=False, db_index=False)
    round_ref = models.CharField("round id", max_length=127, db_collation="C")
    game = models.ForeignKey(
        Game, models.PROTECT, related_name="rounds", db_constraint=False, db_index=False, null=True, blank=True
    )
    currency = models.CharField(max_length=4)
    state = models.TextField(choices=RoundState.choices)
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.TextField(blank=True, help_text="“platform”, or who of us closed it.")
    end_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="The platform ended it then, but it stays open while something is pending."
    )
    bet_count = models.IntegerField(default=0)
    win_count = models.IntegerField(default=0, help_text="Wins and refunds.")
    cancel_count = models.IntegerField(default=0)
    bet_sum = models.DecimalField(max_digits=24, decimal_places=8, default=0)
    win_sum = models.DecimalField(max_digits=24, decimal_places=8, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_round_once", fields=["player", "operator", "round_ref"]),
        ]
        # An index on the state would make every end of a round a costlier write: StuckRound has what stays open.
        indexes = [models.Index("round_ref", name="wallet_round_ref")]

    def __str__(self) -> str:
        return f"Round {self.round_ref}"


class RoundClosing(models.Model):
    """One end of a round that we wrote: why, by whom, and what was still pending."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="closings", db_constraint=False)
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=150)
    reason = models.TextField(choices=ClosingReason.choices)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(name="wallet_roundclosing_by_someone", condition=~Q(by=""))]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} at {self.at:%Y-%m-%d %H:%M:%S}"


class Transaction(models.Model):
    """What was asked, once: the unique keys and the fingerprint of a movement, or a tombstone without one."""

    source = models.TextField(choices=Source.choices)
    owner_id = models.BigIntegerField(help_text="The operator, for a platform's; else the casino.")
    reference = models.CharField(
        max_length=127, db_collation="C", null=True, help_text="The source's own id; none for a cancel."
    )
    kind = models.TextField(choices=Kind.choices)
    player = models.ForeignKey(Player, models.PROTECT, related_name="transactions", db_constraint=False, db_index=False)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="transactions", db_constraint=False, db_index=False, null=True
    )
    amount = models.DecimalField(max_digits=24, decimal_places=8)
    round = models.ForeignKey(Round, models.PROTECT, related_name="transactions", db_constraint=False, null=True)
    game = models.ForeignKey(
        Game, models.PROTECT, related_name="transactions", db_constraint=False, db_index=False, null=True
    )
    reverses = models.ForeignKey(
        "self", models.PROTECT, related_name="reversals", db_constraint=False, db_index=False, null=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_transaction_once", fields=["owner_id", "reference", "source"]),
            models.UniqueConstraint(
                name="wallet_transaction_reversed_once", fields=["reverses"], condition=Q(reverses__isnull=False)
            ),
        ]
        # Of what is rare alone, so that they cost bets and wins nothing.
        indexes = [
            models.Index("kind", "id", name="wallet_transaction_rare", condition=~Q(kind__in=[Kind.BET, Kind.WIN])),
            models.Index("source", "id", name="wallet_transaction_own", condition=~Q(source=Source.PLATFORM)),
            models.Index("player", name="wallet_transaction_tombstone", condition=Q(kind=Kind.TOMBSTONE)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference or f'of transaction {self.reverses_id}'}"


class LedgerRow(models.Model):
    """A transfer between a player's account and a system account, chained to the player's row before it."""

    transaction = models.OneToOneField(
        Transaction, models.PROTECT, primary_key=True, related_name="ledger_row", db_constraint=False
    )
    account = models.ForeignKey(Account, models.PROTECT, related_name="ledger_rows", db_constraint=False)
    number = models.BigIntegerField(help_text="Its place among the account's rows, from 1.")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", db_constraint=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", db_constraint=False)
    kind = models.TextField(choices=Kind.choices)
    amount = models.DecimalField(max_digits=24, decimal_places=8)
    balance = models.DecimalField("balance after", max_digits=24, decimal_places=8)
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="ledger_rows", db_constraint=False, null=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="ledger_rows", db_constraint=False, null=True)
    game = models.ForeignKey(Game, models.PROTECT, related_name="ledger_rows", db_constraint=False, null=True)
    reverses = models.ForeignKey(
        Transaction, models.PROTECT, related_name="reversing_rows", db_constraint=False, null=True
    )
    created_at = models.DateTimeField()
    platform_at = models.DateTimeField(null=True, help_text="The platform's own time stamp.")
    tags = ArrayField(models.TextField(), null=True, help_text="What was odd about it.")
    context = models.TextField(null=True, help_text="The request's context, as it came.")
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "wallet_ledgerrow"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.transaction_id}"


class LedgerVerification(models.Model):
    """One run of `verify_ledger`: how much it read and what it found."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    accounts = models.BigIntegerField()
    rows = models.BigIntegerField()
    difference_count = models.IntegerField()
    differences = models.JSONField(default=list, help_text="The first of them, in words.")

    def __str__(self) -> str:
        return f"Verification of {self.started_at:%Y-%m-%d %H:%M}"
