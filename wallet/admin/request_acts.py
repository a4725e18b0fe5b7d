"""Acts on players, transactions and rounds that only ask: a second person approves on the request's own page."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.admin import ActAdmin, actor, posted
from config.display import amount_text, page
from config.theme import NumberInput, Select, Textarea, act
from operators.selectors.refusals import Refusal
from wallet.enums import AccountKind, RequestKind, RoundState, Source
from wallet.models import Account, ApprovalRequest, Player, Round, Transaction
from wallet.services.ceilings import find_leeway
from wallet.services.requests import (
    CANCELABLE,
    REASONS,
    request_adjustment,
    request_forced_cancel,
    request_forced_close,
)

ASKED = "Somebody else has to approve it now."


class ReasonedForm(forms.Form):
    """Why something is asked for."""

    kind: RequestKind
    reason = forms.ChoiceField(choices=[], widget=Select())
    note = forms.CharField(
        max_length=500,
        widget=Textarea(attrs={"rows": 3}),
        help_text="What happened, and where one can see it. The second person reads it, and it stays on record.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"] = forms.ChoiceField(
            choices=[("", "Choose a reason"), *((reason.value, reason.label) for reason in REASONS[self.kind])],
            widget=Select(),
        )


class AdjustmentForm(ReasonedForm):
    """Which account is credited or debited, with how much, and why."""

    kind = RequestKind.ADJUSTMENT
    direction = forms.ChoiceField(
        choices=[("credit", "Credit: the player gets it"), ("debit", "Debit: it is taken from the player")],
        widget=Select(),
        label="Credit or debit",
    )
    amount = forms.DecimalField(
        min_value=Decimal("0.01"), max_digits=18, decimal_places=2, widget=NumberInput(attrs={"step": "0.01"})
    )
    field_order = ("account", "direction", "amount", "reason", "note")

    def __init__(self, *args: Any, accounts: list[Account], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(account.currency, f"{account.currency}, holds {held_text(account)}") for account in accounts]
        self.fields["account"] = forms.ChoiceField(choices=choices, widget=Select())
        self.order_fields(self.field_order)

    @property
    def signed_amount(self) -> Decimal:
        """By how much the balance is to change."""
        amount: Decimal = self.cleaned_data["amount"]
        return amount if self.cleaned_data["direction"] == "credit" else -amount


class CancelForm(ReasonedForm):
    """Why a transaction is to be canceled."""

    kind = RequestKind.FORCED_CANCEL


class CloseForm(ReasonedForm):
    """Why a round is to be closed."""

    kind = RequestKind.FORCED_CLOSE


class AskingAdmin(ActAdmin):
    """Leads to the request that was made."""

    def page_of(self, row: Model | None) -> str:
        """Return the address of a request's page, if it is one."""
        return page("wallet_approvalrequest", row.pk) if isinstance(row, ApprovalRequest) else super().page_of(row)


class AdjustmentAct(AskingAdmin):
    """Players' accounts are adjusted."""

    @act("Adjust balance", path="adjust", icon="balance", permissions=["wallet.request_adjustment"])
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which account, how much and why, and leave it to a second person."""
        player: Player = self.find_row(request, object_id)
        accounts = list(player.accounts.filter(kind=AccountKind.PLAYER).order_by("currency"))
        form = AdjustmentForm(posted(request), accounts=accounts)

        def do() -> tuple[ApprovalRequest, str]:
            made = request_adjustment(
                player=player,
                currency=form.cleaned_data["account"],
                amount=form.signed_amount,
                **why(form),
                by=actor(request),
                now=timezone.now(),
            )
            return made, f"The adjustment is asked for. {ASKED}"

        lead = f"The balance changes when a second person approves it. {tell_ceilings(request, player, accounts)}"
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=player, title="Adjust balance", submit="Ask for approval", lead=lead
        )


class CancelAct(AskingAdmin):
    """Transactions are canceled, from their own pages or from those of their ledger rows."""

    @act("Cancel transaction", path="cancel", icon="undo", permissions=["wallet.request_forced_cancel"], danger=True)
    def force_cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and leave it to a second person."""
        row = self.find_row(request, object_id)
        target = find_transaction(row.pk)
        form = CancelForm(posted(request))

        def do() -> tuple[ApprovalRequest, str]:
            made = request_forced_cancel(target=target, **why(form), by=actor(request), now=timezone.now())
            return made, f"The cancel is asked for. {ASKED}"

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=row, title="Cancel transaction", submit="Ask for approval", lead=LEAD_CANCEL, danger=True
        )

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer to cancel what can be canceled."""
        offered = super().get_actions_detail(request, object_id)
        row = self.get_object(request, str(object_id))
        known = Transaction.objects.filter(pk=row.pk if row else 0, source=Source.PLATFORM, kind__in=CANCELABLE)
        if known.filter(reversals=None).exists():
            return offered
        return [each for each in offered if not each.action_name.endswith("_force_cancel")]


class CloseAct(AskingAdmin):
    """Rounds that nobody ends are closed."""

    @act("Close round", path="close", icon="stop_circle", permissions=["wallet.request_forced_close"], danger=True)
    def force_close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and leave it to a second person."""
        played: Round = self.find_row(request, object_id)
        form = CloseForm(posted(request))

        def do() -> tuple[ApprovalRequest, str]:
            made = request_forced_close(played=played, **why(form), by=actor(request), now=timezone.now())
            return made, f"The close is asked for. {ASKED}"

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=played, title="Close round", submit="Ask for approval", lead=LEAD_CLOSE, danger=True
        )

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer to close what is not finished."""
        offered = super().get_actions_detail(request, object_id)
        played: Round | None = self.get_object(request, str(object_id))
        if played is not None and played.state != RoundState.FINISHED:
            return offered
        return [each for each in offered if not each.action_name.endswith("_force_close")]


LEAD_CANCEL = (
    "The movement is taken back when a second person approves it, be the balance below zero afterwards. The platform is"
    " not told: if it cancels it too, nothing more moves, and a bet that it sends again is refused."
)
LEAD_CLOSE = (
    "The round is finished when a second person approves it, whatever is pending in it. No money moves. Wins that are"
    " late are still credited; a late bet opens it again."
)


def find_transaction(key: int) -> Transaction:
    """Return a transaction with its account."""
    return Transaction.objects.select_related("account").get(pk=key)


def why(form: forms.Form) -> dict[str, str]:
    """Return what a form says of the reason."""
    return {"reason": form.cleaned_data["reason"], "note": form.cleaned_data["note"]}


def held_text(account: Account) -> str:
    """Write what an account holds."""
    return f"{amount_text(account.balance or Decimal())} {account.currency}"


def tell_ceilings(request: HttpRequest, player: Player, accounts: list[Account]) -> str:
    """Say how much the person may ask for now."""
    by, casino, now = actor(request), player.casino, timezone.now()
    allowed = []
    for account in accounts:
        leeway = find_leeway(by=by, step="request", currency=account.currency, casino=casino, now=now)
        if leeway and leeway.most:
            allowed.append(f"{amount_text(leeway.most)} {account.currency}")
    if not allowed:
        return "You may request nothing in this player's currencies today: an administrator sets the ceilings."
    return f"You may request up to {' or '.join(allowed)}."
