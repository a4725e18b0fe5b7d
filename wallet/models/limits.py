"""Limits of play, how much of them is used, exclusions, and what was refused on their account.

Changes, exclusions and refusals stay as they were written: triggers refuse whatever else is done to them.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from operators.models import Operator
from wallet.enums import ExclusionKind, Kind, LimitKind, LimitPeriod, RefusalReason

LOOSENING_DELAY = timedelta(hours=24)


class LimitChange(models.Model):
    """One change of a limit; a limit's newest one says what holds: `amount` from `effective_at` on, `was` until then.

    Amounts are money in the account's currency, or minutes for session time; none stands for no limit.
    """

    player = models.ForeignKey("wallet.Player", models.PROTECT, related_name="limit_changes", db_index=False)
    currency = models.CharField(max_length=4, blank=True, help_text="Empty for session time, which is the player's.")
    kind = models.TextField(choices=LimitKind.choices)
    period = models.TextField(choices=LimitPeriod.choices)
    was = models.DecimalField("from", max_digits=24, decimal_places=8, null=True)
    amount = models.DecimalField("to", max_digits=24, decimal_places=8, null=True)
    asked_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(name="wallet_limitchange_by_someone", condition=~Q(by="")),
            models.CheckConstraint(
                name="wallet_limitchange_not_negative", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="wallet_limitchange_of_its_period",
                condition=Q(kind=LimitKind.SESSION_TIME, period=LimitPeriod.SESSION, currency="")
                | ~(Q(kind=LimitKind.SESSION_TIME) | Q(period=LimitPeriod.SESSION) | Q(currency="")),
            ),
            models.CheckConstraint(
                name="wallet_limitchange_loosened_later",
                condition=Q(effective_at__gte=F("asked_at") + LOOSENING_DELAY)
                | Q(amount__isnull=False, was__isnull=True, effective_at__gte=F("asked_at"))
                | Q(amount__isnull=False, was__isnull=False, amount__lte=F("was"), effective_at__gte=F("asked_at")),
            ),
        ]
        indexes = [
            models.Index(
                F("player"), F("currency"), F("kind"), F("period"), F("id").desc(), name="wallet_limitchange_newest"
            ),
        ]
        permissions = [("set_limits", "Can set limits of play on a player's behalf")]

    def __str__(self) -> str:
        return f"{LimitKind(self.kind).label} a {LimitPeriod(self.period).label.lower()}"

    @property
    def takes_back(self) -> bool:
        """Whether it leaves the limit as it is, and ends a change that was pending."""
        return self.was == self.amount

    def in_force(self, now: datetime) -> Decimal | None:
        """Return what holds, if this is the limit's newest change."""
        return self.amount if self.effective_at <= now else self.was

    def is_pending(self, now: datetime) -> bool:
        """Whether it is yet to take effect."""
        return self.effective_at > now


class LimitUse(models.Model):
    """What an account with limits has used of a period so far, as the ledger's trigger counts it."""

    account = models.ForeignKey(
        "wallet.Account", models.PROTECT, related_name="limit_use", db_constraint=False, db_index=False
    )
    period = models.TextField(choices=LimitPeriod.choices)
    zone = models.TextField("time zone", help_text="The casino's, when the period began.")
    started_at = models.DateTimeField()
    wager = models.DecimalField(max_digits=24, decimal_places=8)
    net_loss = models.DecimalField(max_digits=24, decimal_places=8)
    deposit = models.DecimalField(max_digits=24, decimal_places=8)

    class Meta:
        constraints = [models.UniqueConstraint(name="wallet_limituse_once", fields=["account", "period"])]

    def __str__(self) -> str:
        return f"{self.period} since {self.started_at:%Y-%m-%d %H:%M}"


class LimitRefusal(models.Model):
    """A bet or deposit that a limit or an exclusion refused: what held then, and how often it came."""

    player = models.ForeignKey("wallet.Player", models.PROTECT, related_name="limit_refusals", db_constraint=False)
    account = models.ForeignKey(
        "wallet.Account", models.PROTECT, related_name="limit_refusals", db_constraint=False, db_index=False
    )
    operator = models.ForeignKey(
        Operator, models.PROTECT, related_name="limit_refusals", db_constraint=False, db_index=False, null=True
    )
    kind = models.TextField(
        "asked for", choices=[(Kind.BET.value, Kind.BET.label), (Kind.DEPOSIT.value, Kind.DEPOSIT.label)]
    )
    reference = models.CharField(max_length=127, db_collation="C", help_text="The platform's or the cashier's own id.")
    amount = models.DecimalField(max_digits=24, decimal_places=8)
    reason = models.TextField(choices=RefusalReason.choices)
    period = models.TextField(choices=LimitPeriod.choices, blank=True)
    allowed = models.DecimalField("limit", max_digits=24, decimal_places=8, null=True)
    used = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    until = models.DateTimeField(null=True, help_text="The exclusion's end, or the end of the session time.")
    at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1, help_text="How often the same was asked.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="wallet_limitrefusal_once",
                fields=["account", "operator", "kind", "reference", "reason", "period"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{RefusalReason(self.reason).label}: {self.kind} {self.reference}"


class Exclusion(models.Model):
    """A player's wish not to be able to play until a time; the player's row has the latest end of all."""

    player = models.ForeignKey("wallet.Player", models.PROTECT, related_name="exclusions")
    kind = models.TextField(choices=ExclusionKind.choices)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(name="wallet_exclusion_by_someone", condition=~Q(by="")),
            models.CheckConstraint(name="wallet_exclusion_lasts", condition=Q(until__gt=F("asked_at"))),
        ]

    def __str__(self) -> str:
        return f"{ExclusionKind(self.kind).label} until {self.until:%Y-%m-%d %H:%M} UTC"
