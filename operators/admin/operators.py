"""Operator accounts: made, guarded, switched on and off, and their secrets rotated without ever being shown."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import MadeByStaffAdmin, actor, posted
from config.display import chip, ident
from config.theme import ChoicesDropdownFilter, RelatedDropdownFilter, act
from operators.admin.forms import ConsentForm, NewOperatorForm, OperatorForm, SecretForm
from operators.admin.settings import SettingsActs, show_settings
from operators.models import Operator, OperatorState, Protocol
from operators.selectors.refusals import Refusal
from operators.services import (
    activate_operator,
    create_operator,
    retire_previous_secret,
    rotate_secret,
    suspend_operator,
    terminate_operator,
    update_operator,
)
from operators.services.connection_tests import run_connection_test

MAY_CHANGE = ["operators.change_operator"]
STATE_LOOKS = {
    OperatorState.ACTIVE: "success",
    OperatorState.SUSPENDED: "warning",
    OperatorState.TERMINATED: "danger",
}

TESTS = {
    Protocol.GENERIC: "Asks the platform for its list of lobbies, once.",
    Protocol.HIZI: "Asks the platform for its list of currencies twice, signed in each of the two ways that its "
    "document can be read, and keeps the one that is accepted for all calls.",
    Protocol.GMAG: "Asks the game data host for the first round of one past minute, once.",
    Protocol.AGENT: "Asks the platform for its list of providers, once.",
}


@admin.register(Operator)
class OperatorAdmin(SettingsActs, MadeByStaffAdmin):
    """Our accounts at platforms. Secrets are not even read for these pages."""

    list_display = ("name", "operator_ref_shown", "protocol", "casino", "state_shown", "guard", "secret_shown")
    list_select_related = ("casino",)
    list_filter = (
        ("casino", RelatedDropdownFilter),
        ("protocol", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
    )
    ordering = ("casino__name", "name")
    search_fields = ("name", "operator_ref")
    change_form_template = "admin/operators/operator/change_form.html"
    actions_detail = (
        "edit",
        "edit_settings",
        "test",
        "activate",
        "suspend",
        "rotate",
        "retire",
        "demand_second_person",
        "terminate",
    )
    empty_text = "No operator yet."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operator]:
        """Say whether there are secrets without reading them."""
        operators: QuerySet[Operator] = super().get_queryset(request).defer("secret", "previous_secret")
        return operators.annotate(
            has_secret=Case(When(secret="", then=Value(False)), default=Value(True)),
            is_rotating=Case(When(previous_secret="", then=Value(False)), default=Value(True)),
        )

    def tell(self, operator: Operator) -> dict[str, Any]:
        """Show the settings beside the account."""
        return show_settings(operator)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer what would change something."""
        operator = self.get_object(request, str(object_id))
        useless = find_useless_acts(operator) if operator else set()
        acts = super().get_actions_detail(request, object_id)
        return [act for act in acts if act.action_name.removeprefix("operators_operator_") not in useless]

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for an operator, and create it, suspended."""
        form = self.build_form(request, NewOperatorForm)

        def do() -> tuple[Operator, str]:
            operator = create_operator(**form.cleaned_data, by=actor(request))
            return operator, f"{operator} is created. It takes no part in play until it is activated."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=None,
            title="New operator",
            submit="Create",
            lead="A casino's account at a platform. It is suspended until somebody activates it.",
        )

    @act("Edit", path="edit", icon="edit", permissions=MAY_CHANGE)
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what to change of an operator, and change it."""
        operator = self.find_row(request, object_id)
        form = self.build_form(request, OperatorForm, operator)

        def do() -> tuple[Operator, str]:
            return update_operator(operator=operator, **form.cleaned_data, by=actor(request)), "The changes are saved."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=operator,
            title="Edit operator",
            submit="Save",
            lead="Changes reach the wallet within five seconds. The secret is changed by its rotation.",
        )

    @act("Test connection", path="test-connection", icon="network_check", permissions=MAY_CHANGE)
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, call the platform once, and tell on the same page how it went."""
        operator = self.find_row(request, object_id)
        form, result = forms.Form(posted(request)), None
        if form.is_valid():
            try:
                result = run_connection_test(operator=operator, by=actor(request), now=timezone.now())
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        context = {
            "form": form,
            "title": "Test connection",
            "lead": describe_test(operator),
            "result": result,
            "tested_at": timezone.now(),
        }
        return self.show(request, "admin/operators/operator/connection_test.html", context, row=operator)

    @act("Activate", path="activate", icon="play_arrow", permissions=MAY_CHANGE)
    def activate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for consent where there is no allow list, and let an operator take part in play."""
        operator = self.find_row(request, object_id)
        form = (forms.Form if operator.ip_allow_list else ConsentForm)(posted(request))

        def do() -> tuple[Operator, str]:
            consent = form.cleaned_data.get("consent_by", "")
            activate_operator(operator=operator, consent_by=consent, by=actor(request), now=timezone.now())
            return operator, f"{operator} is active."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=operator,
            title="Activate operator",
            submit="Activate",
            lead="Launches and bets are taken. The signatures alone do not keep a stranger who has seen one out: the "
            "callers' addresses do.",
        )

    @act("Suspend", path="suspend", icon="pause", permissions=MAY_CHANGE)
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and stop launches and new bets."""
        lead = "No launch and no new bet. Wins, refunds, cancels and repeated calls still arrive, as late money must."
        return self.confirm(request, object_id, suspend_operator, title="Suspend operator", submit="Suspend", lead=lead)

    @act(
        "Terminate",
        path="terminate",
        icon="block",
        permissions=MAY_CHANGE,
        danger=True,
    )
    def terminate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and refuse all of an operator's calls."""
        lead = (
            "Every call is refused at the door, late wins among them. Suspend it first and wait until nothing is open."
        )
        return self.confirm(
            request, object_id, terminate_operator, title="Terminate operator", submit="Terminate", lead=lead
        )

    @act("Rotate secret", path="rotate-secret", icon="key", permissions=MAY_CHANGE)
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the new secret, and make it the current one."""
        operator = self.find_row(request, object_id)
        form = SecretForm(posted(request))

        def do() -> tuple[Operator, str]:
            rotate_secret(operator=operator, secret=form.cleaned_data["secret"], by=actor(request))
            return operator, "The new secret is in use; the one before it still verifies until it is retired."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=operator,
            title="Rotate secret",
            submit="Use the new secret",
            lead="Calls that verify under the secret before it are still taken until you retire that one.",
        )

    @act("Retire previous secret", path="retire-secret", icon="key_off", permissions=MAY_CHANGE)
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and stop taking the previous secret."""
        lead = "Only the current secret verifies from now on. Make sure that the platform uses it."
        return self.confirm(
            request, object_id, retire_previous_secret, title="Retire previous secret", submit="Retire", lead=lead
        )

    def confirm(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[..., Operator],
        *,
        title: str,
        submit: str,
        lead: str,
    ) -> HttpResponse:
        """Ask whether to, and call a service that needs nothing else."""
        operator = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[Operator, str]:
            return service(operator=operator, by=actor(request)), f"{title}: done."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=operator, title=title, submit=submit, lead=lead, danger=True
        )

    @admin.display(description="Operator id", ordering="operator_ref")
    def operator_ref_shown(self, operator: Operator) -> SafeString:
        return ident(operator.operator_ref)

    @admin.display(description="State", ordering="state")
    def state_shown(self, operator: Operator) -> SafeString:
        return chip(operator.get_state_display(), STATE_LOOKS[OperatorState(operator.state)])

    @admin.display(description="Callers")
    def guard(self, operator: Operator) -> SafeString:
        if operator.ip_allow_list:
            networks = len(operator.ip_allow_list)
            return chip(f"{networks} network{pluralize(networks)}", "success")
        return chip("Any address", "warning" if operator.open_to_all_consent_by else "danger")

    @admin.display(description="Secret")
    def secret_shown(self, operator: Any) -> SafeString:
        if not operator.has_secret:
            return chip("None", "danger")
        return chip("Being rotated", "warning") if operator.is_rotating else chip("Set", "success")


def describe_test(operator: Operator) -> str:
    """Say what the connection test does."""
    return TESTS[Protocol(operator.protocol)] + (
        " It goes out even where the platform is being left alone after failures, and is not repeated. Nothing is "
        "written at the platform."
    )


def find_useless_acts(operator: Any) -> set[str]:
    """Return the acts that would change nothing, or that the secret's rotation does not allow now."""
    useless = {OperatorState.ACTIVE: {"activate"}, OperatorState.SUSPENDED: {"suspend"}}
    found = set(useless.get(OperatorState(operator.state), {"terminate", "suspend"}))
    return found | ({"rotate"} if operator.is_rotating else {"retire"})
