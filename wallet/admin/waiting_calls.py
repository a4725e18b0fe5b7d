"""Calls to platforms that must still happen: looked at, tried again, and settled by two people."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, actor, posted
from config.display import NOTHING, age, chip, ident, laid_out, moment
from config.theme import ChoicesDropdownFilter, RelatedDropdownFilter, Select, Textarea, act
from operators.selectors.refusals import Refusal
from wallet.enums import CallState, Settlement
from wallet.models import WaitingCall
from wallet.services.call_settlement import (
    UNDER_WAY,
    approve_settlement,
    ask_settlement,
    refuse_settlement,
    try_again,
)

LOOKS = {
    CallState.WAITING: "info",
    CallState.SENDING: "info",
    CallState.UNKNOWN: "warning",
    CallState.STRANDED: "danger",
    CallState.DONE: "success",
    CallState.SETTLED: "",
}
MAY_CHANGE = "wallet.change_waitingcall"
CALM = "Nothing waits: every call to a platform that had to happen has happened."


class SettlementForm(forms.Form):
    """As what a call is settled, and how one knows."""

    settle_as = forms.ChoiceField(choices=Settlement.choices, widget=Select(), label="As")
    reason = forms.CharField(
        max_length=500,
        widget=Textarea(attrs={"rows": 3}),
        help_text="How you know: whom you asked at the platform, what its own page shows. The second person reads it.",
    )


@admin.register(WaitingCall)
class WaitingCallAdmin(RecordAdmin, ActAdmin):
    """Calls in the order in which they were queued, the newest first."""

    list_display = (
        *("queued", "kind", "operator_shown", "reference_shown", "state_shown", "tries", "next_try", "trouble"),
    )
    list_select_related = ("operator",)
    list_filter = (("state", ChoicesDropdownFilter), ("operator", RelatedDropdownFilter))
    ordering = ("-pk",)
    search_fields = ("reference__exact", "user_ref__exact", "round_ref__exact")
    search_help_text = "Reference, player id or round id, exact"
    change_form_template = "admin/wallet/waitingcall/change_form.html"
    actions_detail = ("again", "settle", "approve", "refuse")
    empty_text = CALM

    def tell(self, call: WaitingCall) -> dict[str, Any]:
        """Show a call whole."""
        return {
            "state_chip": state_chip(call),
            "waited": age(timezone.now() - call.since),
            "arguments": laid_out(call.arguments),
            "facts": laid_out(call.facts) if call.facts else "",
            "result": laid_out(call.result) if call.result is not None else "",
        }

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer what can be done with the call as it is."""
        call = self.get_object(request, str(object_id))
        offered = {"again", "settle"} if call and call.state in UNDER_WAY else set()
        if call and offered and call.settle_as:
            offered = {"again", "approve", "refuse"}
        acts = super().get_actions_detail(request, object_id)
        return [act for act in acts if act.action_name.rpartition("_")[2] in offered]

    @act("Try again", path="again", icon="replay", permissions=[MAY_CHANGE])
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and have a call tried now."""
        call = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[WaitingCall, str]:
            try_again(call=call, by=actor(request), now=timezone.now())
            return call, "The call is tried within seconds."

        lead = "It never left us, so it is sent." if not call.may_have_left else LEFT
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=call, title="Try again", submit="Try again", lead=lead
        )

    @act("Settle", path="settle", icon="gavel", permissions=[MAY_CHANGE], danger=True)
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask as what and why, and leave it to a second person."""
        call = self.find_row(request, object_id)
        form = SettlementForm(posted(request))

        def do() -> tuple[WaitingCall, str]:
            ask_settlement(call=call, **form.cleaned_data, by=actor(request), now=timezone.now())
            return call, "Somebody else has to approve it now. It is not sent meanwhile."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=call,
            title="Settle",
            submit="Ask for approval",
            danger=True,
            lead="A settled call is neither sent nor asked about any more. It takes a second person to approve it.",
        )

    @act("Approve settlement", path="approve", icon="check", permissions=[MAY_CHANGE], danger=True)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what was asked for, and settle."""
        call = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[WaitingCall, str]:
            approve_settlement(call=call, by=actor(request), now=timezone.now())
            return call, "The call is settled."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=call,
            title="Approve settlement",
            submit="Approve",
            danger=True,
            lead=describe_settlement(call),
        )

    @act("Refuse settlement", path="refuse", icon="close", permissions=[MAY_CHANGE])
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what was asked for, and leave the call as it is."""
        call = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[WaitingCall, str]:
            refuse_settlement(call=call, by=actor(request), now=timezone.now())
            return call, "The call stays as it is."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=call, title="Refuse settlement", submit="Refuse", lead=describe_settlement(call)
        )

    @admin.display(description="Queued")
    def queued(self, call: WaitingCall) -> SafeString:
        return moment(call.created_at)

    @admin.display(description="Operator")
    def operator_shown(self, call: WaitingCall) -> str:
        return call.operator.name

    @admin.display(description="Reference")
    def reference_shown(self, call: WaitingCall) -> SafeString:
        return ident(call.reference)

    @admin.display(description="State")
    def state_shown(self, call: WaitingCall) -> SafeString:
        if call.settle_as and not call.settled_by:
            return format_html("{} {}", state_chip(call), chip("Waits for approval", "warning"))
        return state_chip(call)

    @admin.display(description="Sent / asked about")
    def tries(self, call: WaitingCall) -> str:
        return f"{call.attempts} / {call.polls}"

    @admin.display(description="Next")
    def next_try(self, call: WaitingCall) -> str | SafeString:
        if call.next_at is None:
            return NOTHING
        left = call.next_at - timezone.now()
        return f"in {age(left)}" if left > timedelta(seconds=1) else "now"

    @admin.display(description="Last error")
    def trouble(self, call: WaitingCall) -> str | SafeString:
        return call.error_code or NOTHING


LEFT = "It may have reached the platform, so it is asked about; only what carries a reference of ours is sent again."


def state_chip(call: WaitingCall) -> SafeString:
    """Write how far a call has come."""
    return chip(CallState(call.state).label, LOOKS[CallState(call.state)])


def describe_settlement(call: WaitingCall) -> str:
    """Say as what a call is to be settled, who asked for it and why."""
    if not call.settle_as:
        return "Nobody has asked for it to be settled."
    return f"{call.settle_asked_by} says “{Settlement(call.settle_as).label}”: {call.settle_reason}"
