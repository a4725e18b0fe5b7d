"""Calls to platforms that must still happen."""

from django.db import models
from django.db.models import F, Q

from operators.models import Operator
from wallet.enums import CallState, Settlement


class WaitingCall(models.Model):
    """A call to a platform that must still happen, or whose outcome must still be learned.

    What `kind` sends and how it learns an outcome, the registry of kinds says. Calls of one `lane` go one by one.
    """

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="waiting_calls", db_index=False)
    kind = models.CharField(max_length=64)
    reference = models.CharField(
        max_length=127, db_collation="C", help_text="Ours: the same kind and reference is the same call."
    )
    arguments = models.JSONField(default=dict)
    lane = models.CharField(max_length=200, blank=True, db_collation="C")
    user_ref = models.CharField("player", max_length=127, blank=True, db_collation="C")
    round_ref = models.CharField("round id", max_length=127, blank=True, db_collation="C")
    state = models.TextField(choices=CallState.choices, default=CallState.WAITING)
    attempts = models.IntegerField(default=0, help_text="How often it was to be sent.")
    polls = models.IntegerField(default=0, help_text="How often its outcome was asked for.")
    since = models.DateTimeField(help_text="From when its age counts.")
    next_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict, help_text="Noted before it was sent, to tell later whether it was done.")
    may_have_left = models.BooleanField(default=False, help_text="An attempt may have reached the platform.")
    error_code = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_index=True)
    created_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True)
    settle_as = models.TextField(choices=Settlement.choices, blank=True)
    settle_reason = models.CharField(max_length=500, blank=True)
    settle_asked_by = models.CharField(max_length=150, blank=True)
    settle_asked_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_waitingcall_once", fields=["operator", "kind", "reference"]),
            models.CheckConstraint(
                name="wallet_waitingcall_ended_has_time",
                condition=Q(state__in=[CallState.DONE, CallState.SETTLED], ended_at__isnull=False)
                | (~Q(state__in=[CallState.DONE, CallState.SETTLED]) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="wallet_waitingcall_sending_is_leased",
                condition=~Q(state=CallState.SENDING) | Q(claim__isnull=False, leased_until__isnull=False),
            ),
            models.CheckConstraint(
                name="wallet_waitingcall_settlement_explained",
                condition=Q(settle_as="", settle_asked_by="", settle_reason="")
                | (~Q(settle_as="") & ~Q(settle_asked_by="") & ~Q(settle_reason="")),
            ),
            models.CheckConstraint(
                name="wallet_waitingcall_settled_by_second",
                condition=Q(settled_by="") & ~Q(state=CallState.SETTLED)
                | (~Q(settled_by="") & ~Q(settle_asked_by="") & ~Q(settled_by=F("settle_asked_by"))),
            ),
        ]
        indexes = [
            models.Index(
                "next_at",
                name="wallet_waitingcall_due",
                condition=Q(state__in=[CallState.WAITING, CallState.UNKNOWN]),
            ),
            models.Index("leased_until", name="wallet_waitingcall_leased", condition=Q(state=CallState.SENDING)),
            models.Index(
                "operator",
                "lane",
                "id",
                name="wallet_waitingcall_lane",
                condition=~Q(state__in=[CallState.DONE, CallState.SETTLED]),
            ),
            models.Index("operator", "round_ref", name="wallet_waitingcall_round", condition=~Q(round_ref="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
