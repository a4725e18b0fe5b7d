"""Switching on and off what the platforms list."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from catalog.admin.thumbnails import let_show, picture
from catalog.models import Game, Lobby, Vendor
from config.admin import ActAdmin, ReadOnlyAdmin, actor, posted
from config.display import chip
from config.theme import act

Switched = Game | Lobby | Vendor


class SwitchedAdmin(ReadOnlyAdmin, ActAdmin):
    """Rows that are offered or not, each switched by one service; `off_means` tells what switching off does."""

    actions = ("switch_selected_off", "switch_selected_on")
    actions_detail = ("switch_off", "switch_on")
    switch: ClassVar[Callable[..., Any]]
    off_means: ClassVar[str]

    def has_switch_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those switch who may change the model."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer the one that would change something."""
        row = self.get_object(request, str(object_id))
        idle = "_switch_on" if row and row.enabled else "_switch_off"
        return [act for act in super().get_actions_detail(request, object_id) if not act.action_name.endswith(idle)]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with pictures."""
        response = super().changelist_view(request, extra_context)
        changelist = getattr(response, "context_data", {}).get("cl")
        return let_show(response, changelist.result_list) if changelist else response

    def tell(self, row: Switched) -> dict[str, Any]:
        """Show a row's picture."""
        return {"picture": picture(row)}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Let the page show it."""
        return let_show(super().render_change_form(request, context, *args, **options), [context["original"]])

    @act("Switch off", path="switch-off", icon="toggle_off", permissions=["switch"])
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and take it off."""
        return self.ask_switch(request, object_id, False, f"Switch off {self.opts.verbose_name}", self.off_means)

    @act("Switch on", path="switch-on", icon="toggle_on", permissions=["switch"])
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and offer it."""
        lead = "It is offered again, as far as the platform offers it."
        return self.ask_switch(request, object_id, True, f"Switch on {self.opts.verbose_name}", lead)

    def ask_switch(self, request: HttpRequest, object_id: str, enabled: bool, title: str, lead: str) -> HttpResponse:
        """Ask whether to, and switch."""
        row = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[Switched, str]:
            self.switch_row(row, enabled, actor(request))
            return row, f"{row} is switched {'on' if enabled else 'off'}."

        return self.attempt(request, form, do) or self.ask(
            request, form, row=row, title=title, submit=title, lead=lead, danger=not enabled
        )

    @act("Switch off", permissions=["switch"])
    def switch_selected_off(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Take all that are selected off."""
        self.switch_all(request, rows, enabled=False)

    @act("Switch on", permissions=["switch"])
    def switch_selected_on(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Offer all that are selected."""
        self.switch_all(request, rows, enabled=True)

    def switch_all(self, request: HttpRequest, rows: QuerySet[Any], *, enabled: bool) -> None:
        """Switch all or none, in the order of their keys, so that two people at it do not block each other."""
        with transaction.atomic():
            for row in rows.order_by("pk"):
                self.switch_row(row, enabled, actor(request))
        messages.success(request, f"Switched {'on' if enabled else 'off'}: {rows.count()}.")

    def switch_row(self, row: Switched, enabled: bool, by: str) -> None:
        """Call the service that switches rows of this kind."""
        self.switch(**{str(self.opts.model_name): row}, enabled=enabled, by=by)

    @admin.display(description="Offered", ordering="enabled")
    def offered(self, row: Switched) -> SafeString:
        return chip("On", "success") if row.enabled else chip("Off", "danger")
