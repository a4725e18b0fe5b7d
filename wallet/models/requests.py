"""What one member of staff asks for and another approves, and how much each role may move so."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from wallet.enums import RequestKind, RequestReason, RequestState

MOVES_MONEY = Q(kind__in=[RequestKind.ADJUSTMENT, RequestKind.FORCED_CANCEL])
BY_A_SECOND = [RequestState.APPROVED, RequestState.REJECTED, RequestState.OVERTAKEN]


class ApprovalRequest(models.Model):
    """An adjustment, a forced cancel or a forced close, asked for by one person and decided on by another.

    Triggers keep what was asked and what was decided. `amount` is what it adds to the account, negative for a debit;
    a close moves nothing.
    """

    kind = models.TextField(choices=RequestKind.choices)
    state = models.TextField(choices=RequestState.choices, default=RequestState.OPEN)
    player = models.ForeignKey("wallet.Player", models.PROTECT, related_name="approval_requests")
    account = models.ForeignKey(
        "wallet.Account", models.PROTECT, related_name="approval_requests", null=True, blank=True, db_index=False
    )
    transaction = models.ForeignKey(
        "wallet.Transaction", models.PROTECT, related_name="cancel_requests", null=True, blank=True, db_constraint=False
    )
    round = models.ForeignKey(
        "wallet.Round", models.PROTECT, related_name="close_requests", null=True, blank=True, db_constraint=False
    )
    amount = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    currency = models.CharField(max_length=4)
    reason = models.TextField(choices=RequestReason.choices)
    note = models.CharField(max_length=500)
    requested_by = models.CharField(max_length=160)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=500, blank=True)
    booked = models.ForeignKey(
        "wallet.Transaction",
        models.PROTECT,
        related_name="approvals",
        null=True,
        blank=True,
        db_constraint=False,
        help_text="The movement that the approval made.",
    )

    class Meta:
        verbose_name = "request"
        permissions = [
            ("request_adjustment", "Can request adjustments of balances"),
            ("approve_adjustment", "Can approve and reject adjustments of balances"),
            ("request_forced_cancel", "Can request that a transaction be canceled"),
            ("approve_forced_cancel", "Can approve and reject forced cancels"),
            ("request_forced_close", "Can request that a round be closed"),
            ("approve_forced_close", "Can approve and reject forced closes"),
        ]
        constraints = [
            models.CheckConstraint(
                name="wallet_approvalrequest_names_its_object",
                condition=Q(
                    kind=RequestKind.ADJUSTMENT,
                    account__isnull=False,
                    transaction__isnull=True,
                    round__isnull=True,
                    amount__isnull=False,
                )
                & ~Q(amount=0)
                | Q(
                    kind=RequestKind.FORCED_CANCEL,
                    account__isnull=False,
                    transaction__isnull=False,
                    round__isnull=True,
                    amount__isnull=False,
                )
                | Q(
                    kind=RequestKind.FORCED_CLOSE,
                    account__isnull=True,
                    transaction__isnull=True,
                    round__isnull=False,
                    amount__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="wallet_approvalrequest_explained", condition=~Q(note="") & ~Q(requested_by="")
            ),
            models.CheckConstraint(
                name="wallet_approvalrequest_expires_later", condition=Q(expires_at__gt=F("requested_at"))
            ),
            models.CheckConstraint(
                name="wallet_approvalrequest_ended_by_someone",
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True, decided_by="")
                | (~Q(state=RequestState.OPEN) & Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="wallet_approvalrequest_two_people",
                condition=~Q(state__in=BY_A_SECOND) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="wallet_approvalrequest_withdrawn_by_requester",
                condition=~Q(state=RequestState.WITHDRAWN) | Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="wallet_approvalrequest_approved_is_booked",
                condition=Q(state=RequestState.APPROVED, booked__isnull=False) & MOVES_MONEY
                | Q(booked__isnull=True) & (~Q(state=RequestState.APPROVED) | ~MOVES_MONEY),
            ),
            models.UniqueConstraint(
                name="wallet_approvalrequest_one_for_transaction",
                fields=["transaction"],
                condition=Q(state=RequestState.OPEN),
            ),
            models.UniqueConstraint(
                name="wallet_approvalrequest_one_for_round", fields=["round"], condition=Q(state=RequestState.OPEN)
            ),
        ]
        indexes = [
            models.Index("expires_at", name="wallet_approvalrequest_open", condition=Q(state=RequestState.OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Ceiling(models.Model):
    """How much a role may move in one currency; without such a row it may move nothing in it.

    With one request, and by what one person requests, and likewise approves, in a day.
    """

    role = models.CharField(max_length=150, help_text="The group's name.")
    currency = models.CharField(max_length=4)
    request_up_to = models.DecimalField(max_digits=24, decimal_places=8, validators=[MinValueValidator(0)])
    approve_up_to = models.DecimalField(max_digits=24, decimal_places=8, validators=[MinValueValidator(0)])
    daily_up_to = models.DecimalField(max_digits=24, decimal_places=8, validators=[MinValueValidator(0)])
    changed_by = models.CharField(max_length=160, blank=True, help_text="Empty for one that came with the system.")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_ceiling_once", fields=["role", "currency"]),
            models.CheckConstraint(
                name="wallet_ceiling_not_negative",
                condition=Q(request_up_to__gte=0, approve_up_to__gte=0, daily_up_to__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.currency}"
