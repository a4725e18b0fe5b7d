"""The versions of operators' settings in the admin: what each changed, bringing one back, a second person's word."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, actor, posted
from config.display import chip, link, moment, page
from config.theme import ChoicesCheckboxFilter, RelatedDropdownFilter, Textarea, act
from operators.documents import Difference, write_json
from operators.models import SettingsVersion, VersionState
from operators.schemas import describe_value, find_option, is_dangerous, name_path
from operators.selectors.refusals import Refusal
from operators.selectors.settings import find_version_in_force, list_differences
from operators.services.settings import approve_settings, bring_back_settings, reject_settings

MAY_CHANGE = ["operators.change_operator"]
LOOKS = {VersionState.TAKEN: "success", VersionState.PENDING: "warning", VersionState.REJECTED: "danger"}


class WhyForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(max_length=500, widget=Textarea(attrs={"rows": 3}), help_text="Kept under your name.")


@admin.register(SettingsVersion)
class SettingsVersionAdmin(RecordAdmin, ActAdmin):
    """Versions, the newest first."""

    list_display = ("named", "operator_shown", "state_shown", "saved_by", "time", "reason")
    list_display_links = ("named",)
    list_select_related = ("operator",)
    list_filter = (("operator", RelatedDropdownFilter), ("state", ChoicesCheckboxFilter))
    ordering = ("-pk",)
    change_form_template = "admin/operators/settingsversion/change_form.html"
    actions_detail = ("approve", "reject", "withdraw", "bring_back")
    empty_text = "No version fits. Each save of an operator's settings makes one."

    def tell(self, version: SettingsVersion) -> dict[str, Any]:
        """Show a version whole."""
        in_force = find_version_in_force(version.operator)
        return {
            "state_chip": state_chip(version),
            "in_force": in_force is not None and in_force.pk == version.pk,
            "differences": [show_difference(each) for each in list_differences(version)],
        }

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer what can be done to the version."""
        version = self.get_object(request, str(object_id))
        useful: tuple[str, ...] = ("_bring_back",)
        if version is not None and version.state == VersionState.PENDING:
            useful = ("_withdraw",) if version.saved_by == actor(request) else ("_approve", "_reject")
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.action_name.endswith(useful)]

    @act("Approve", path="approve", icon="check", permissions=MAY_CHANGE)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and put a pending version in force."""
        version = self.find_row(request, object_id)
        lead = "The version is in force at once. Whoever saved it cannot approve it."
        return self.decide(request, version, approve_settings, title="Approve settings", submit="Approve", lead=lead)

    @act("Reject", path="reject", icon="close", permissions=MAY_CHANGE)
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and drop a pending version."""
        version = self.find_row(request, object_id)
        lead = "The settings stay as they are; the version stays on record."
        return self.decide(request, version, reject_settings, title="Reject settings", submit="Reject", lead=lead)

    @act("Withdraw", path="withdraw", icon="undo", permissions=MAY_CHANGE)
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and drop a pending version of one's own."""
        version = self.find_row(request, object_id)
        lead = "The settings stay as they are, and others can be saved; the version stays on record."
        return self.decide(request, version, reject_settings, title="Withdraw settings", submit="Withdraw", lead=lead)

    @act("Bring back", path="bring-back", icon="restore", permissions=MAY_CHANGE)
    def bring_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, and save a version's settings anew."""
        version = self.find_row(request, object_id)
        lead = f"The settings of version {version.number} become a new version. Secrets stay what they are now."
        return self.decide(request, version, bring_back_settings, title="Bring back", submit="Bring back", lead=lead)

    def decide(
        self, request: HttpRequest, version: SettingsVersion, service: Any, *, title: str, submit: str, lead: str
    ) -> HttpResponse:
        """Ask for the reason, and call a service."""
        form = WhyForm(posted(request))

        def do() -> tuple[SettingsVersion, str]:
            reason = form.cleaned_data["reason"]
            done = service(version=version, reason=reason, by=actor(request), now=timezone.now())
            return done, f"{title}: version {done.number} is {done.get_state_display().lower()}."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=version, title=title, submit=submit, lead=lead
        )

    @admin.display(description="Version", ordering="number")
    def named(self, version: SettingsVersion) -> str:
        return f"Version {version.number}"

    @admin.display(description="Operator")
    def operator_shown(self, version: SettingsVersion) -> SafeString:
        return link(page("operators_operator", version.operator_id), version.operator)

    @admin.display(description="State", ordering="state")
    def state_shown(self, version: SettingsVersion) -> SafeString:
        return state_chip(version)

    @admin.display(description="Saved", ordering="pk")
    def time(self, version: SettingsVersion) -> SafeString:
        return moment(version.saved_at)


def state_chip(version: SettingsVersion) -> SafeString:
    """Write what became of a version."""
    return chip(version.get_state_display(), LOOKS[VersionState(version.state)])


def show_difference(difference: Difference) -> dict[str, Any]:
    """Return a difference as the page tells it: JSON texts, and what they mean."""
    option = find_option(difference.path)
    sides = {"was": difference.was, "now": difference.now}
    shown = {name: "" if value is None else write_json(value, indent=None) for name, value in sides.items()}
    meanings = {
        f"{name}_means": describe_value(option, value) if option and value is not None else ""
        for name, value in sides.items()
    }
    same = shown["was"] == shown["now"]
    return {
        **shown,
        **meanings,
        "name": name_path(difference.path),
        "kind": "typed anew" if same else difference.kind,
        "dangerous": is_dangerous(difference.path),
    }
