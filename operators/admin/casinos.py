"""Casinos, and the keys with which their sites and cashiers call us."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import MadeByStaffAdmin, actor, posted
from config.display import chip, chips, ident, moment
from config.theme import RelatedDropdownFilter, act
from operators.admin.forms import CasinoForm, NewApiKeyForm, NewCasinoForm
from operators.models import ApiKey, Casino, Scope
from operators.services import create_api_key, create_casino, revoke_api_key, update_casino


@admin.register(Casino)
class CasinoAdmin(MadeByStaffAdmin):
    """Our brands."""

    list_display = ("name", "slug_shown", "time_zone", "home_url", "created")
    ordering = ("name",)
    search_fields = ("name", "slug")
    change_form_template = "admin/operators/casino/change_form.html"
    actions_detail = ("edit",)
    empty_text = "No casino yet."

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for a casino, and create it."""
        form = self.build_form(request, NewCasinoForm)

        def do() -> tuple[Casino, str]:
            casino = create_casino(**form.cleaned_data, by=actor(request))
            return casino, f"{casino} is created."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=None,
            title="New casino",
            submit="Create",
            lead="A brand with players of its own.",
        )

    @act("Edit", path="edit", icon="edit", permissions=["operators.change_casino"])
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what to change of a casino, and change it."""
        casino = self.find_row(request, object_id)
        form = self.build_form(request, CasinoForm, casino)

        def do() -> tuple[Casino, str]:
            return update_casino(casino=casino, **form.cleaned_data, by=actor(request)), "The changes are saved."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=casino,
            title="Edit casino",
            submit="Save",
            lead="The time zone decides when the casino's day begins on the first page.",
        )

    @admin.display(description="Slug", ordering="slug")
    def slug_shown(self, casino: Casino) -> SafeString:
        return ident(casino.slug)

    @admin.display(description="Created")
    def created(self, casino: Casino) -> SafeString:
        return moment(casino.created_at)


@admin.register(ApiKey)
class ApiKeyAdmin(MadeByStaffAdmin):
    """API keys: made here, shown once, revoked here."""

    list_display = ("name", "prefix_shown", "casino", "scopes_shown", "state", "created", "created_by")
    list_select_related = ("casino",)
    list_filter = (("casino", RelatedDropdownFilter),)
    ordering = ("-pk",)
    search_fields = ("name", "prefix")
    search_help_text = "Name, or the beginning of a key"
    change_form_template = "admin/operators/apikey/change_form.html"
    actions_detail = ("revoke",)
    empty_text = "No API key yet: a casino's site needs one to call the casino API."

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer to revoke what is not revoked."""
        key = self.get_object(request, str(object_id))
        return super().get_actions_detail(request, object_id) if key and key.revoked_at is None else []

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask what a key is for, make it, and show it this once."""
        form = self.build_form(request, NewApiKeyForm)
        if request.method == "POST" and form.is_valid():
            issued = create_api_key(**form.cleaned_data, by=actor(request))
            context = {"title": "New API key", "text": issued.text}
            return self.show(request, "admin/operators/apikey/issued.html", context, row=issued.api_key)
        return self.ask(
            request,
            form,
            row=None,
            title="New API key",
            submit="Make the key",
            lead="The key is shown once, right after this. Only its digest is kept.",
        )

    @act(
        "Revoke",
        path="revoke",
        icon="key_off",
        danger=True,
        permissions=["operators.change_apikey"],
    )
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and revoke a key."""
        key = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[ApiKey, str]:
            return revoke_api_key(api_key=key, by=actor(request), now=timezone.now()), "The key is revoked."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=key,
            title="Revoke API key",
            submit="Revoke",
            danger=True,
            lead="Every call with it is refused from now on. A revoked key cannot be brought back.",
        )

    @admin.display(description="Begins with", ordering="prefix")
    def prefix_shown(self, key: ApiKey) -> SafeString:
        return ident(f"{key.prefix}…")

    @admin.display(description="May")
    def scopes_shown(self, key: ApiKey) -> SafeString:
        return chips([(str(Scope(scope).label), "info") for scope in key.scopes])

    @admin.display(description="State")
    def state(self, key: ApiKey) -> SafeString:
        return chip("Revoked", "danger") if key.revoked_at else chip("Valid", "success")

    @admin.display(description="Made")
    def created(self, key: ApiKey) -> SafeString:
        return moment(key.created_at)
