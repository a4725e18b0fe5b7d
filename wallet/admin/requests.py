"""What waits for a second person, and what became of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, UtcRangeFilter, actor, posted
from config.display import age, amount_text, chip, link, moment, money, page
from config.theme import ChoicesDropdownFilter, Textarea, TextFilter, act
from operators.selectors.refusals import Refusal
from operators.services.second_person import SecondPersonNeeded, demand_second_person
from wallet.admin import columns
from wallet.admin.filters import PlayerFilter
from wallet.enums import RequestKind, RequestState, RoundState
from wallet.models import ApprovalRequest, Transaction
from wallet.selectors.open_rounds import list_pending
from wallet.services.approvals import (
    approve_request,
    reject_request,
    withdraw_request,
)
from wallet.services.ceilings import find_leeway

LOOKS = {
    RequestState.OPEN: "warning",
    RequestState.APPROVED: "success",
    RequestState.REJECTED: "danger",
    RequestState.WITHDRAWN: "",
    RequestState.OVERTAKEN: "info",
    RequestState.EXPIRED: "",
}
OPEN_FIRST = Case(When(state=RequestState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
TWO_LINES = '{}<br><span class="quiet">{}</span>'
Service = Callable[..., ApprovalRequest]


class DecisionForm(forms.Form):
    """What there is to say of a decision."""

    note = forms.CharField(
        max_length=500, required=False, widget=Textarea(attrs={"rows": 3}), help_text="Kept under your name."
    )


class RejectionForm(DecisionForm):
    """Why a request is rejected."""

    note = forms.CharField(max_length=500, widget=Textarea(attrs={"rows": 3}), help_text="The requester reads it.")


class PersonFilter(TextFilter):
    """What one member of staff asked for or decided."""

    title = "member of staff"
    parameter_name = "who"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
        """Keep the person's."""
        value = (self.value() or "").strip()
        if not value:
            return queryset
        name = f"staff:{value.removeprefix('staff:')}"
        return queryset.filter(Q(requested_by=name) | Q(decided_by=name))


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(RecordAdmin, ActAdmin):
    """Requests, those that wait first, the newest of each before the older."""

    list_display = (*("asked", "what", "player_shown", "amount_shown", "why", "state_shown"),)
    list_select_related = ("player", "round", "transaction")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        PersonFilter,
        PlayerFilter,
        ("requested_at", UtcRangeFilter),
    )
    ordering = (OPEN_FIRST, "-pk")
    change_form_template = "admin/wallet/approvalrequest/change_form.html"
    actions_detail = ("approve", "reject", "withdraw")
    empty_text = "No request fits. They are made on the pages of players, transactions and rounds."

    def tell(self, asked: ApprovalRequest) -> dict[str, Any]:
        """Show a request whole, with what approving it would do."""
        waiting = ApprovalRequest.objects.filter(player=asked.player_id, state=RequestState.OPEN).exclude(pk=asked.pk)
        return {
            "state_chip": state_chip(asked),
            "about": about(asked),
            "foretold": foretell(asked) if asked.state == RequestState.OPEN else "",
            "left": age(asked.expires_at - timezone.now()),
            "others": [
                (link(page("wallet_approvalrequest", each.pk), each), about(each), each.requested_by)
                for each in waiting.select_related("player", "round", "transaction").order_by("pk")
            ],
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Tell the requester apart from the others."""
        own = context["original"].requested_by == actor(request)
        return super().render_change_form(request, context | {"is_own": own}, *args, **options)

    def has_decide_permission(self, request: HttpRequest, object_id: str = "") -> bool:
        """Let those decide who may on its kind."""
        asked = self.get_object(request, str(object_id))
        return asked is not None and request.user.has_perm(f"wallet.approve_{asked.kind}")

    def has_withdraw_permission(self, request: HttpRequest, object_id: str = "") -> bool:
        """Let the requester take it back."""
        asked = self.get_object(request, str(object_id))
        return asked is not None and bool(asked.requested_by == actor(request))

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer the requester to withdraw what waits, and the others to decide."""
        asked = self.get_object(request, str(object_id))
        if asked is None or asked.state != RequestState.OPEN:
            return []
        useful = ("_withdraw",) if asked.requested_by == actor(request) else ("_approve", "_reject")
        return [each for each in super().get_actions_detail(request, object_id) if each.action_name.endswith(useful)]

    @act("Approve", path="approve", icon="check", permissions=["decide"], danger=True)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what it does, and do it."""
        asked = self.find_row(request, object_id)
        lead = f"{describe(asked)} {foretell(asked)} {tell_ceiling(request, asked)}"
        return self.turn_back(request, asked) or self.decide(
            request, asked, DecisionForm, approve_request, title="Approve", lead=lead, danger=True
        )

    @act("Reject", path="reject", icon="close", permissions=["decide"])
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and leave it undone."""
        asked = self.find_row(request, object_id)
        lead = f"{describe(asked)} Nothing is done; the request stays on record."
        return self.turn_back(request, asked) or self.decide(
            request, asked, RejectionForm, reject_request, title="Reject", lead=lead
        )

    @act("Withdraw", path="withdraw", icon="undo", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take back what one asked for."""
        asked = self.find_row(request, object_id)
        lead = f"{describe(asked)} Nothing is done; the request stays on record."
        return self.decide(request, asked, DecisionForm, withdraw_request, title="Withdraw", lead=lead)

    def turn_back(self, request: HttpRequest, asked: ApprovalRequest) -> HttpResponse | None:
        """Lead a requester who would decide on the own request back to it, before any form is shown."""
        if request.method == "POST":
            return None
        try:
            demand_second_person(asked_by=asked.requested_by, by=actor(request))
        except SecondPersonNeeded as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.page_of(asked))
        return None

    def decide(
        self,
        request: HttpRequest,
        asked: ApprovalRequest,
        form_class: type[DecisionForm],
        service: Service,
        *,
        title: str,
        lead: str,
        danger: bool = False,
    ) -> HttpResponse:
        """Show what is decided on, and call a service."""
        form = form_class(posted(request))

        def do() -> tuple[ApprovalRequest, str]:
            done = service(request=asked, note=form.cleaned_data["note"], by=actor(request), now=timezone.now())
            return done, f"{done}: {done.get_state_display().lower()}."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=asked, title=f"{title} {asked}", submit=title, lead=lead, danger=danger
        )

    @admin.display(description="Requested")
    def asked(self, asked: ApprovalRequest) -> SafeString:
        return format_html(TWO_LINES, moment(asked.requested_at), asked.requested_by)

    @admin.display(description="What")
    def what(self, asked: ApprovalRequest) -> SafeString:
        return format_html(TWO_LINES, asked.get_kind_display(), about(asked))

    @admin.display(description="Player")
    def player_shown(self, asked: ApprovalRequest) -> SafeString:
        return columns.player_link(asked.player)

    @admin.display(description="Balance changes by")
    def amount_shown(self, asked: ApprovalRequest) -> SafeString:
        return money(asked.amount, asked.currency, signed=True)

    @admin.display(description="Why")
    def why(self, asked: ApprovalRequest) -> SafeString:
        return format_html(TWO_LINES, asked.get_reason_display(), asked.note)

    @admin.display(description="State")
    def state_shown(self, asked: ApprovalRequest) -> SafeString:
        left = f"{age(asked.expires_at - timezone.now())} left"
        return format_html(TWO_LINES, state_chip(asked), f"by {asked.decided_by}" if asked.decided_by else left)


def state_chip(asked: ApprovalRequest) -> SafeString:
    """Write what became of a request."""
    return chip(asked.get_state_display(), LOOKS[RequestState(asked.state)])


def about(asked: ApprovalRequest) -> SafeString:
    """Write what a request names beside the player: a transaction, or a round."""
    if asked.transaction is not None:
        return format_html(
            "{} {}", columns.kind_chip(asked.transaction.kind), columns.transaction_link(asked.transaction)
        )
    return columns.round_link(asked.round) if asked.round is not None else SafeString()


def describe(asked: ApprovalRequest) -> str:
    """Say who asked for what, and why."""
    about = asked.player.user_id
    if asked.transaction is not None:
        about = f"{asked.transaction}, player {about}"
    elif asked.round is not None:
        about = f"{asked.round}, player {about}"
    change = f" of {amount_text(asked.amount, signed=True)} {asked.currency}" if asked.amount is not None else ""
    told = f"{asked.get_kind_display()}{change} ({about}), requested by {asked.requested_by}"
    return f"{told}. {asked.get_reason_display()}: “{asked.note}”."


def foretell(asked: ApprovalRequest) -> str:
    """Say what approving a request would do as things stand."""
    if asked.round is not None:
        if asked.round.state == RoundState.FINISHED:
            return "The round was finished since: nothing would be done."
        pending = list_pending([asked.round.pk]).get(asked.round.pk, [])
        waits = f"though it still waits for {', '.join(pending)}" if pending else "with nothing pending in it"
        return f"The round would be finished, {waits}; no money moves."
    if asked.transaction_id and Transaction.objects.filter(reverses=asked.transaction_id).exists():
        return "The transaction was canceled since: nothing would be done."
    if asked.account is None or asked.account.balance is None or asked.amount is None:
        return ""
    return foretell_balance(asked.account.balance, asked.amount, asked.currency, RequestKind(asked.kind))


def foretell_balance(balance: Decimal, change: Decimal, currency: str, kind: RequestKind) -> str:
    """Say what a change makes of a balance."""
    after = balance + change
    told = f"The balance would go from {amount_text(balance)} to {amount_text(after)} {currency}"
    if after >= 0 or change >= 0:
        return f"{told}."
    if kind == RequestKind.ADJUSTMENT:
        return f"{told}, below zero: a debit of more than there is, is refused."
    return f"{told}, below zero: the movement is flagged, and bets are refused until it is positive."


def tell_ceiling(request: HttpRequest, asked: ApprovalRequest) -> str:
    """Say how much the person may approve now."""
    if asked.amount is None:
        return ""
    casino, now = asked.player.casino, timezone.now()
    leeway = find_leeway(by=actor(request), step="approve", currency=asked.currency, casino=casino, now=now)
    return f"You may approve up to {amount_text(leeway.most if leeway else Decimal())} {asked.currency}."
