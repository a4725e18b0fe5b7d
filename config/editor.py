"""The admin's JSON editor: a text with checks, completion and help, and beside it the same as a form.

The text and its numbers are read on the server alone. A browser without scripts shows a plain text area.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from config.admin import BackOfficeAdmin
from config.theme import Textarea
from operators.documents import JsonFault
from operators.editing import Change, Language, Look, Unfit, change_text, complete_text, look_at
from operators.editing.changes import Act

# What a form can do without anything typed.
MUTE = {Act.SET, Act.REMOVE}
ACE = ("ace", "mode-json", "ext-language_tools", "theme-cloud_editor", "theme-cloud_editor_dark")


class JsonEditor(Textarea):
    """A text area that scripts turn into the editor, with what the page at `address` (an `EditorPage`) answers.

    The address may be set once it is known; without one, it stays a text area.
    """

    def __init__(self, address: str = "", *, rows: int = 20) -> None:
        super().__init__(attrs={"rows": rows, "spellcheck": "false", "autocomplete": "off"})
        self.address = address

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Render the text area, and around it what scripts fill."""
        area = super().render(name, value, attrs, renderer)
        return render_to_string("admin/editor/widget.html", {"area": area, "address": self.address})

    @property
    def media(self) -> forms.Media:
        """Name the scripts, in the order they need."""
        scripts: Any = [Script(f"vendor/ace/{name}.js", defer=True) for name in ACE]
        scripts.append(Script("backoffice/editor.js", type="module"))
        return forms.Media(css={"all": ["backoffice/editor.css"]}, js=scripts)


class JsonTextField(forms.CharField):
    """A JSON text, as typed: nothing of it is read, and nothing but its ends is stripped."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", JsonEditor())
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Count line ends as one character, as places in the text do."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class EditorPage(BackOfficeAdmin):
    """Has the pages that editors ask: at `editor/` below what is edited."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages."""
        own = path("<str:subject>/editor/", self.admin_site.admin_view(self.answer_editor), name=self.editor_name)
        return [own, *super().get_urls()]

    @property
    def editor_name(self) -> str:
        """The name of the pages' address."""
        return f"{self.opts.app_label}_{self.opts.model_name}_editor"

    def edit_at(self, form: forms.BaseForm, name: str, subject: object) -> None:
        """Let a form's field be edited as what is edited under the name of a subject, mostly a row's key."""
        widget = form.fields[name].widget
        assert isinstance(widget, JsonEditor)  # noqa: S101 (the field is one of ours)
        widget.address = reverse(f"admin:{self.editor_name}", args=[subject])

    def answer_editor(self, request: HttpRequest, subject: str) -> HttpResponse:
        """Answer what an editor asks: a look at a text, completion, or a form's changes done to it."""
        if request.method != "POST":
            raise Http404("This page answers editors.")
        return answer(request, self.find_language(request, subject))

    def find_language(self, request: HttpRequest, subject: str) -> Language:
        """Return the language in which a subject is written.

        :raises Http404: there is no such subject.
        :raises PermissionDenied: the person may not edit it.
        """
        raise NotImplementedError


@never_cache
@sensitive_post_parameters()
def answer(request: HttpRequest, language: Language) -> HttpResponse:
    """Answer one question: `ask` says which, `text` is the text, and line ends count as one character."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    ask = request.POST.get("ask", "look")
    try:
        if ask == "complete":
            return JsonResponse(asdict(complete_text(language, text, int(request.POST["at"]))))
        changes = read_changes(request.POST.get("changes", "[]")) if ask == "change" else []
    except (KeyError, TypeError, ValueError, RecursionError):
        return HttpResponseBadRequest("This is no question of an editor's.")
    return JsonResponse(tell(request, language, text, changes))


def read_changes(text: str) -> list[Change]:
    """Read what the form sent: lists of a path, an act and texts, texts all of them.

    :raises ValueError: it is something else.
    """
    changes = [Change(tuple(path), Act(act), tuple(texts)) for path, act, texts in json.loads(text)]
    if not all(isinstance(part, str) for change in changes for part in (*change.path, *change.texts)):
        raise ValueError("not all texts")
    if any(
        not (change.path or change.act is Act.ADD) or not (change.texts or change.act in MUTE) for change in changes
    ):
        raise ValueError("something is missing")
    return changes


def tell(request: HttpRequest, language: Language, text: str, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the text after the changes, why some were refused, and all that is to be said of it."""
    refusals: Mapping[int, str] = {}
    if changes:
        try:
            changed = change_text(language, text, changes)
            text, refusals = changed.text, changed.refusals
        except (JsonFault, Unfit) as refusal:
            refusals = dict.fromkeys(range(len(changes)), str(refusal))
    look = look_at(language, text)
    return {
        "text": text,
        "refusals": {str(number): problem for number, problem in refusals.items()},
        "remarks": [asdict(remark) for remark in look.remarks],
        "proposal": look.proposal,
        "notes": [asdict(note) for note in look.notes],
        "form": render_form(request, look),
    }


def render_form(request: HttpRequest, look: Look) -> str | None:
    """Return the form's markup; None where there is none."""
    if look.sections is None:
        return None
    context = {"sections": look.sections, "strangers": look.strangers}
    return render_to_string("admin/editor/form.html", context, request)
