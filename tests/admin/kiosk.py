"""A page of the admin with the editor on it, for a small kind of document, and what was saved there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

from config.admin import ActAdmin, posted
from config.editor import EditorPage, JsonTextField
from config.urls import urlpatterns as usual
from operators.editing import Language
from operators.models import Casino
from tests.operators.editing_language import LANGUAGE

SAVED: list[str] = []
HUGE = """{
  "name": "Kiosk",
  "limit": 100000000000000000,
  "rate": 12345678901234567890.123456789,
  "queue": {"tries": 3},
  "pass": "******"
}"""


class KioskForm(forms.Form):
    text = JsonTextField(label="Settings")


class KioskAdmin(EditorPage, ActAdmin):
    """Edits one kiosk, and saves nothing but what was typed."""

    @property
    def editor_name(self) -> str:
        return "kiosk_editor"

    def get_urls(self) -> list[URLPattern]:
        page = path("edit/", self.admin_site.admin_view(self.edit), name="kiosk")
        return [page, *super().get_urls()[:1]]

    def edit(self, request: HttpRequest) -> HttpResponse:
        form = KioskForm(posted(request), initial={"text": request.GET.get("text", HUGE)})
        self.edit_at(form, "text", "kiosk")
        if form.is_valid():
            SAVED.append(form.cleaned_data["text"])
        return self.ask(request, form, row=None, title="Kiosk", lead="A kiosk's settings.", submit="Save")

    def find_language(self, request: HttpRequest, subject: str) -> Language:
        if subject != "kiosk":
            raise Http404
        if not request.user.is_superuser:
            raise PermissionDenied
        return LANGUAGE


kiosk = KioskAdmin(Casino, admin.site)
site: Any = [path("kiosk/", include(kiosk.get_urls())), *admin.site.urls[0]]
urlpatterns = [path("admin/", (site, "admin", "admin")), *usual[:2], *usual[3:]]
