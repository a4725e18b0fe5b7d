"""GeoIP rules in the admin: whose there are, edited as text, in versions, and tried out before they bind anybody."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, actor, posted
from config.display import chip, moment
from config.editor import EditorPage
from config.theme import ChoicesCheckboxFilter, RelatedDropdownFilter, Select, Textarea, act
from geoblock.admin.editing import EVERYBODYS, RulesForm, list_scopes, look_at
from geoblock.admin.language import RULES
from geoblock.admin.simulating import PlaceForm, simulate
from geoblock.models import GeoRules, RulesState
from geoblock.rules import Lists, RulesRefused, find_name
from geoblock.selectors.locations import find_database_standing
from geoblock.selectors.rules import (
    InForce,
    count_versions,
    find_pending_version,
    find_rules_in_force,
    get_lists_in_force,
    list_differences,
)
from geoblock.services.rules import approve_rules, bring_back_version, reject_rules, save_rules
from operators.editing import Language
from operators.models import Operator
from operators.selectors.refusals import Refusal

MAY_CHANGE = ["geoblock.change_georules"]
LOOKS = {
    RulesState.IN_FORCE: "success",
    RulesState.PENDING: "warning",
    RulesState.REPLACED: "",
    RulesState.REJECTED: "danger",
}


class WhyForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(max_length=500, widget=Textarea(attrs={"rows": 3}), help_text="Kept under your name.")


@admin.register(GeoRules)
class GeoRulesAdmin(EditorPage, RecordAdmin, ActAdmin):
    """Versions, the newest first."""

    list_display = ("named", "whose", "state_shown", "by", "time", "reason")
    list_display_links = ("named",)
    list_select_related = ("operator",)
    list_filter = (("operator", RelatedDropdownFilter), ("state", ChoicesCheckboxFilter))
    ordering = ("-pk",)
    change_form_template = "admin/geoblock/georules/change_form.html"
    actions_list = ("rules", "simulator")
    actions_detail = ("approve", "reject", "withdraw", "bring_back")
    empty_text = "No version fits. Each save of GeoIP rules makes one; “Rules in force” leads to where they are edited."

    def get_urls(self) -> list[URLPattern]:
        """Add the pages where rules are edited: an operator's, by its key, and everybody's."""
        edit = self.admin_site.admin_view(self.edit)
        return [path("edit/<str:subject>/", edit, name="geoblock_georules_edit"), *super().get_urls()]

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer what can be done to the version."""
        version = self.get_object(request, str(object_id))
        useful: tuple[str, ...] = ("_bring_back",)
        if version is not None and version.state == RulesState.PENDING:
            useful = ("_withdraw",) if version.by == actor(request) else ("_approve", "_reject")
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.action_name.endswith(useful)]

    def tell(self, version: GeoRules) -> dict[str, Any]:
        """Show a version whole."""
        codes = sorted({code for listed in version.value.values() for code in listed if find_name(code)})
        return {
            "state_chip": state_chip(version),
            "differences": list_differences(version),
            "names": [(code, find_name(code)) for code in codes],
            "edit": reverse("admin:geoblock_georules_edit", args=[version.operator_id or EVERYBODYS]),
        }

    @act("Rules in force", path="in-force", icon="public", permissions=["view"])
    def rules(self, request: HttpRequest) -> HttpResponse:
        """Show whose rules there are, and the database that they are judged by."""
        self.refuse_unless(request, may_view=True)
        context = {
            "title": "GeoIP rules in force",
            "scopes": list_scopes(),
            "database": find_database_standing(timezone.now()),
            "may_change": request.user.has_perms(MAY_CHANGE),
        }
        return self.show(request, "admin/geoblock/georules/in_force.html", context, row=None)

    @act("Simulator", path="simulator", icon="travel_explore", permissions=["view"])
    def simulator(self, request: HttpRequest) -> HttpResponse:
        """Say what the rules in force would answer to an address or a place."""
        self.refuse_unless(request, may_view=True)
        form = SimulatorForm(request.GET or None)
        simulation = simulate(form.cleaned_data, form.in_force) if form.is_bound and form.is_asked else None
        context = {
            "title": "GeoIP simulator",
            "form": form,
            "simulation": simulation,
            "database": find_database_standing(timezone.now()),
        }
        return self.show(request, "admin/geoblock/georules/simulator.html", context, row=None)

    def edit(self, request: HttpRequest, subject: str) -> HttpResponse:
        """Show the rules as text; look at what was typed, mend it if asked, or save it as a new version."""
        self.refuse_unless(request, may_view=False)
        operator = find_operator(subject)
        before = find_rules_in_force(operator)
        start = {"text": before.text if before else "", "seen": count_versions(operator)}
        form, place = RulesForm(posted(request), initial=start), PlaceForm(posted(request))
        self.edit_at(form, "text", subject)
        looked = None
        if form.is_valid() and place.is_valid():
            do, text = request.POST.get("do"), form.cleaned_data["text"]
            looked = look_at(operator, text, place, timezone.now())
            if do == "mend" and looked.proposal is not None:
                text = looked.proposal
                looked = look_at(operator, text, place, timezone.now())
            elif do == "save" and self.save(request, operator, form):
                return HttpResponseRedirect(reverse("admin:geoblock_georules_rules"))
            form.data = request.POST.dict() | {"text": text}
        context = {
            "title": f"GeoIP rules of {operator.name if operator else 'all operators'}",
            "form": form,
            "place_form": place,
            "looked": looked,
            "simulation": looked and looked.simulation,
            "operator": operator,
            "pending": find_pending_version(operator),
            "database": find_database_standing(timezone.now()),
        }
        return self.show(request, "admin/geoblock/georules/edit.html", context, row=None)

    def find_language(self, request: HttpRequest, subject: str) -> Language:
        """Let those edit rules who may change them; all are written alike."""
        self.refuse_unless(request, may_view=False)
        find_operator(subject)
        return RULES

    def save(self, request: HttpRequest, operator: Operator | None, form: RulesForm) -> bool:
        """Save what the form has; a refusal becomes the form's error, unless it is about places in the text."""
        try:
            version = save_rules(operator=operator, **form.cleaned_data, by=actor(request), now=timezone.now())
        except RulesRefused:
            return False
        except Refusal as refusal:
            form.add_error("reason" if "reason" in refusal.fields else None, str(refusal))
            return False
        waits = version.state == RulesState.PENDING
        said = "waits for a second person: the rules before it stay in force." if waits else "is in force."
        messages.success(request, f"Version {version.number} {said}")
        return True

    @act("Approve", path="approve", icon="check", permissions=MAY_CHANGE)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and put a pending version in force."""
        version = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[GeoRules, str]:
            return approve_rules(version=version, by=actor(request), now=timezone.now()), "The rules are in force."

        lead = "The rules bind the next launch. Whoever saved them cannot approve them."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=version, title="Approve GeoIP rules", submit="Approve", lead=lead
        )

    @act("Reject", path="reject", icon="close", permissions=MAY_CHANGE)
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and drop a pending version."""
        return self.drop(request, object_id, "Reject")

    @act("Withdraw", path="withdraw", icon="undo", permissions=MAY_CHANGE)
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and drop a pending version of one's own."""
        return self.drop(request, object_id, "Withdraw")

    def drop(self, request: HttpRequest, object_id: str, word: str) -> HttpResponse:
        """Ask, and end the wait of a version."""
        version = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[GeoRules, str]:
            return reject_rules(version=version, by=actor(request), now=timezone.now()), "The rules stay as they were."

        lead = "The rules stay as they are; the version stays on record."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=version, title=f"{word} GeoIP rules", submit=word, lead=lead
        )

    @act("Bring back", path="bring-back", icon="restore", permissions=MAY_CHANGE)
    def bring_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, and save a version's rules anew."""
        version = self.find_row(request, object_id)
        form = WhyForm(posted(request))

        def do() -> tuple[GeoRules, str]:
            reason = form.cleaned_data["reason"]
            done = bring_back_version(version=version, reason=reason, by=actor(request), now=timezone.now())
            return done, f"Version {done.number} repeats version {version.number}."

        lead = f"The rules of version {version.number} become a new version."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=version, title="Bring back", submit="Bring back", lead=lead
        )

    def refuse_unless(self, request: HttpRequest, *, may_view: bool) -> None:
        """Let only those see a page who may view, or change, the rules.

        :raises PermissionDenied:
        """
        allowed = self.has_view_permission(request) if may_view else request.user.has_perms(MAY_CHANGE)
        if not allowed:
            raise PermissionDenied

    @admin.display(description="Version", ordering="number")
    def named(self, version: GeoRules) -> str:
        return f"Version {version.number}"

    @admin.display(description="Whose", ordering="operator__name")
    def whose(self, version: GeoRules) -> str:
        return version.operator.name if version.operator else "All operators"

    @admin.display(description="State", ordering="state")
    def state_shown(self, version: GeoRules) -> SafeString:
        return state_chip(version)

    @admin.display(description="Saved", ordering="pk")
    def time(self, version: GeoRules) -> SafeString:
        return moment(version.at)


class SimulatorForm(PlaceForm):
    """Whose rules, and what to try them with."""

    operator = forms.ModelChoiceField(
        Operator.objects.order_by("name"),
        required=False,
        empty_label="Nobody's: the global rules alone",
        widget=Select(),
    )
    field_order = ("operator", "address", "place", "mode")

    @property
    def in_force(self) -> InForce:
        """The rules in force for the operator that was chosen."""
        operator = self.cleaned_data["operator"]
        if operator:
            return get_lists_in_force(operator.pk)
        return InForce(Lists(), get_lists_in_force(0).global_rules)


def find_operator(subject: str) -> Operator | None:
    """Return the operator whose rules a page is about; None is everybody.

    :raises Http404: there is none.
    """
    if subject == EVERYBODYS:
        return None
    operators = Operator.objects.defer("secret", "previous_secret")
    return get_object_or_404(operators, pk=int(subject) if subject.isascii() and subject.isdigit() else 0)


def state_chip(version: GeoRules) -> SafeString:
    """Write what became of a version."""
    return chip(version.get_state_display(), LOOKS[RulesState(version.state)])
