"""An operator's settings in the admin: edited as text, exported and imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from config.admin import ActAdmin, actor, posted
from config.editor import EditorPage, JsonTextField
from config.theme import TextInput, act
from operators.admin.settings_language import describe_settings
from operators.documents import write_json
from operators.editing import Language
from operators.models import Operator
from operators.schemas import TEMPLATES
from operators.selectors.effective import list_options_in_force
from operators.selectors.refusals import Refusal
from operators.selectors.settings import (
    count_versions,
    find_pending_version,
    get_settings_text,
    list_settings_versions,
)
from operators.services.settings import (
    PlacedFault,
    SettingsRefused,
    read_settings,
    require_second_person,
    save_settings,
)

MAY_CHANGE = ["operators.change_operator"]
VERSIONS_SHOWN = 8
LARGEST_FILE = 1_000_000
LEAD = (
    "JSON, with the options of the table in docs/operator-settings.md. Secrets are kept apart and shown as ******: "
    "left so, they stay. Launches obey a save at once; a currency's new multiplier reaches running sessions only when "
    "they end, which may take 24 hours."
)


class SettingsForm(forms.Form):
    """The settings as text, why they change, and the newest version that whoever edits them has seen."""

    text = JsonTextField(label="Settings", strip=False, required=False)
    file = forms.FileField(
        label="Or a file to import",
        required=False,
        help_text="It takes the place of the text above and is looked at first: nothing of it is saved yet.",
    )
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=TextInput(),
        help_text="Why they change. Kept with the version, under your name.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput())

    def clean_file(self) -> str | None:
        """Read the file as a text in UTF-8."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is too large for settings.")
        try:
            return str(file.read().decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise forms.ValidationError("The file is no text in UTF-8.") from error


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a text brought: what is wrong with it, what is odd, and the text mended."""

    faults: Sequence[PlacedFault] = ()
    warnings: Sequence[PlacedFault] = ()
    proposal: str | None = None


class SettingsActs(EditorPage, ActAdmin):
    """What is done to an operator's settings on the operator's page."""

    def find_language(self, request: HttpRequest, subject: str) -> Language:
        """Let those edit an operator's settings who may change it."""
        operator: Operator = self.find_row(request, subject)
        if not request.user.has_perms(MAY_CHANGE):
            raise PermissionDenied
        return describe_settings(operator)

    def get_urls(self) -> list[URLPattern]:
        """Add the file of the settings."""
        export = self.admin_site.admin_view(self.export_settings)
        return [
            path("<path:object_id>/settings.json", export, name="operators_operator_export_settings"),
            *super().get_urls(),
        ]

    @act("Edit settings", path="edit-settings", icon="tune", permissions=MAY_CHANGE)
    def edit_settings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the settings as text; look at what was typed, mend it if asked, or save it as a new version."""
        operator = self.find_row(request, object_id)
        start = {"text": find_start(request, operator), "seen": count_versions(operator)}
        form = SettingsForm(posted(request), request.FILES or None, initial=start)
        self.edit_at(form, "text", operator.pk)
        looked: Looked | None = None
        if request.method == "POST" and form.is_valid():
            text = form.cleaned_data["file"] or form.cleaned_data["text"]
            looked = look_at(operator, text)
            if request.POST.get("do") == "mend":
                text = looked.proposal or text
                looked = look_at(operator, text)
            elif request.POST.get("do") == "save" and not form.cleaned_data["file"]:
                saved = save(request, operator, form)
                if saved:
                    return HttpResponseRedirect(self.page_of(operator))
            form.data = {**request.POST.dict(), "text": text}
        return self.show_editor(request, operator, form, looked)

    def show_editor(
        self, request: HttpRequest, operator: Operator, form: SettingsForm, looked: Looked | None
    ) -> TemplateResponse:
        """Show the form, what there is to say of its text, and what one may start from."""
        context = {
            "title": "Edit settings",
            "lead": LEAD,
            "form": form,
            "looked": looked,
            "templates": [(name, template.name) for name, template in TEMPLATES.items()],
            "pending": find_pending_version(operator),
        }
        return self.show(request, "admin/operators/operator/settings.html", context, row=operator)

    @act("Second person", path="second-person", icon="group_add", permissions=MAY_CHANGE)
    def demand_second_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and demand a second person for dangerous changes, or stop that; the latter is a superuser's."""
        operator = self.find_row(request, object_id)
        required = not operator.second_person_for_settings
        form = forms.Form(posted(request))

        def do() -> tuple[Operator, str]:
            if not required and not request.user.is_superuser:
                raise PermissionDenied
            require_second_person(operator=operator, required=required, by=actor(request))
            return operator, "A second person is demanded." if required else "No second person is demanded any more."

        lead = (
            "From now on a change of maxExposure, currencies, games, countries or modes waits until another person "
            "approves it. Only a superuser can stop that."
            if required
            else "From now on every change is in force at once. Only a superuser can do this."
        )
        title = "Demand a second person" if required else "Stop demanding a second person"
        return self.attempt(request, form, do) or self.ask(
            request, form, row=operator, title=title, submit=title, lead=lead, danger=not required
        )

    def export_settings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer the settings in force as a file, their secrets masked."""
        operator = self.find_row(request, object_id)
        response = HttpResponse(get_settings_text(operator), content_type="application/json; charset=utf-8")
        name = f"settings-{operator.protocol}-{operator.pk}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def show_settings(operator: Operator) -> dict[str, Any]:
    """Return what the operator's page tells of its settings."""
    return {
        "settings_text": get_settings_text(operator) if operator.settings else "",
        "options": list_options_in_force(operator.settings),
        "pending": find_pending_version(operator),
        "versions": list_settings_versions(operator)[:VERSIONS_SHOWN],
        "export": reverse("admin:operators_operator_export_settings", args=[operator.pk]),
    }


def find_start(request: HttpRequest, operator: Operator) -> str:
    """Return the text that editing starts from: a template's where one is asked for, else what is in force."""
    template = TEMPLATES.get(request.GET.get("template", ""))
    return write_json(template.settings) if template else get_settings_text(operator)


def look_at(operator: Operator, text: str) -> Looked:
    """Say what is wrong with a text, or what is odd about it."""
    try:
        return Looked(warnings=read_settings(operator=operator, text=text).warnings)
    except SettingsRefused as refused:
        return Looked(faults=refused.faults, proposal=refused.proposal)


def save(request: HttpRequest, operator: Operator, form: SettingsForm) -> bool:
    """Save what the form has; a refusal becomes the form's error, unless it is about places in the text."""
    if not form.cleaned_data["reason"].strip():
        form.add_error("reason", "Say why they change.")
        return False
    try:
        version = save_settings(
            operator=operator,
            text=form.cleaned_data["text"],
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            by=actor(request),
            now=timezone.now(),
        )
    except SettingsRefused:
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    waits = version.state == "pending"
    said = "waits for a second person: the old settings stay in force." if waits else "is in force."
    messages.success(request, f"Version {version.number} {said}")
    for warning in version.warnings:
        messages.warning(request, f"Line {warning['line']}: {warning['problem']} {warning['remedy']}")
    return True
