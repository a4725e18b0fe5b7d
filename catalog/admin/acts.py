"""Switching on and off what the platforms list, one row at a time or thousands."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from catalog.admin.selections import Selection, SelectionStale, describe_choice, seal, unseal
from catalog.admin.thumbnails import let_show, picture
from catalog.models import Game, Lobby, OperatorCurrency, Vendor
from catalog.selectors.play import OpenPlay, play_figures
from catalog.selectors.switching import Touched, list_examples, list_games_touched, preview_switch
from catalog.services.offers import RowsBusy, Switching, count_rows, switch_rows
from config.admin import ActAdmin, ReadOnlyAdmin, actor, posted
from config.display import chip
from config.theme import act

Switched = Game | Lobby | Vendor | OperatorCurrency

EXAMPLES = 12


class ManyAdmin(ReadOnlyAdmin, ActAdmin):
    """Rows on which something can be done in bulk, once a page has shown what it would touch."""

    def choose(self, request: HttpRequest, ids: list[int], others: list[int] | None = None) -> Selection:
        """Return the choice that the list's action made."""
        return Selection(ids, others or [], describe_choice(request, self), request.GET.urlencode())

    def back_to_list(self, selection: Selection | None) -> HttpResponseRedirect:
        """Go back to the list, filtered as it was."""
        return HttpResponseRedirect(f"{self.page_of(None)}?{selection.query if selection else ''}")

    def take_selection(self, request: HttpRequest, act: str) -> Selection | None:
        """Return what was previewed, or None, said to the person, where that does not hold any more."""
        try:
            return unseal(request, act)
        except SelectionStale as stale:
            messages.error(request, str(stale))
            return None

    def show_many(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, act: str, selection: Selection
    ) -> HttpResponse:
        """Show a page about many rows: how they were chosen, and the first of them with their pictures."""
        examples = list(list_examples(self.model, selection.ids, EXAMPLES))
        shown = {
            "selection": selection,
            "sealed": seal(request, act, selection),
            "examples": [(row, picture(row)) for row in examples],
            "list": f"{self.page_of(None)}?{selection.query}",
            "names": str(self.opts.verbose_name_plural),
        }
        return let_show(self.show(request, template, shown | context, row=None), examples)


class SwitchedAdmin(ManyAdmin):
    """Rows that are offered or not, each switched by one service; `off_means` tells what switching off does."""

    actions: tuple[str, ...] = ("switch_selected_off", "switch_selected_on")
    actions_detail: tuple[str, ...] = ("switch_off", "switch_on")
    switch: ClassVar[Callable[..., Any]]
    switched_name: ClassVar[str] = ""
    off_means: ClassVar[str]

    def has_switch_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those switch who may change the model."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer the one that would change something."""
        row = self.get_object(request, str(object_id))
        idle = "_switch_on" if row and row.enabled else "_switch_off"
        return [act for act in super().get_actions_detail(request, object_id) if not act.action_name.endswith(idle)]

    def get_urls(self) -> list[URLPattern]:
        """Add where a previewed switch is done."""
        many = self.admin_site.admin_view(self.switch_many)
        return [path("switch/", many, name=f"catalog_{self.opts.model_name}_switch_many"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with pictures."""
        response = super().changelist_view(request, extra_context)
        changelist = getattr(response, "context_data", {}).get("cl")
        return let_show(response, changelist.result_list) if changelist else response

    def tell(self, row: Any) -> dict[str, Any]:
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
            name = self.switched_name or str(self.opts.model_name)
            self.switch(**{name: row}, enabled=enabled, by=actor(request))
            return row, f"{row} is switched {'on' if enabled else 'off'}."

        return self.attempt(request, form, do) or self.ask(
            request, form, row=row, title=title, submit=title, lead=lead, danger=not enabled
        )

    @act("Switch off…", permissions=["switch"])
    def switch_selected_off(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        """Show what taking all that are selected off would touch."""
        return self.preview_many(request, rows, enabled=False)

    @act("Switch on…", permissions=["switch"])
    def switch_selected_on(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        """Show what offering all that are selected would touch."""
        return self.preview_many(request, rows, enabled=True)

    def preview_many(self, request: HttpRequest, rows: QuerySet[Any], *, enabled: bool) -> HttpResponse:
        """Show what a switch of many rows would touch, and ask."""
        touched = preview_switch(rows, enabled=enabled)
        word = "on" if enabled else "off"
        context = {
            "title": f"Switch {word} {count_rows(self.model, len(touched.changing))}",
            "word": word,
            "lead": "They are offered again, as far as the platforms offer them." if enabled else self.off_means,
            "touched": touched,
            "play": self.count_play(touched),
            "target": reverse(f"admin:catalog_{self.opts.model_name}_switch_many"),
        }
        selection = self.choose(request, touched.changing, touched.already)
        return self.show_many(
            request, "admin/catalog/switch_many.html", context, act=f"{self.opts.label}:{word}", selection=selection
        )

    def count_play(self, touched: Touched) -> OpenPlay:
        """Count what is open on the rows that would change."""
        lobbies = Lobby.objects.none()
        if self.model is Lobby:
            lobbies = Lobby.objects.filter(pk__in=touched.changing)
        if self.model is Vendor:
            lobbies = Lobby.objects.filter(vendor__in=touched.changing)
        games = list_games_touched(self.model, touched.changing)
        return play_figures().count_open_play(games=games, lobbies=lobbies, now=timezone.now())

    def switch_many(self, request: HttpRequest) -> HttpResponse:
        """Do what was previewed."""
        if not self.has_switch_permission(request):
            raise PermissionDenied
        enabled = request.POST.get("to") == "on"
        selection = self.take_selection(request, f"{self.opts.label}:{'on' if enabled else 'off'}")
        if selection is None:
            return self.back_to_list(None)
        try:
            done = switch_rows(
                self.model, ids=selection.ids, enabled=enabled, described=selection.described, by=actor(request)
            )
            self.tell_switched(request, selection, done, enabled)
        except RowsBusy as refusal:
            messages.error(request, str(refusal))
        return self.back_to_list(selection)

    def tell_switched(self, request: HttpRequest, selection: Selection, done: Switching, enabled: bool) -> None:
        """Say what came of it, and what others have changed since the preview."""
        word = "on" if enabled else "off"
        messages.success(request, f"Switched {word}: {count_rows(self.model, len(done.changed))}.")
        if done.already:
            messages.warning(request, f"{done.already:,} of them had been switched {word} by somebody else meanwhile.")
        back = self.model.objects.filter(pk__in=selection.others).exclude(enabled=enabled).count()
        if back:
            other = "off" if enabled else "on"
            messages.warning(
                request,
                f"{back:,} that stood {word} in the preview have been switched {other} meanwhile, and stay so.",
            )

    @admin.display(description="Offered", ordering="enabled")
    def offered(self, row: Switched) -> SafeString:
        return chip("On", "success") if row.enabled else chip("Off", "danger")
