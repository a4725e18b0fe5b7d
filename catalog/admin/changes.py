"""What synchronisations changed, as a feed that staff read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.differences import kind_chip, list_fields, write_difference
from catalog.models import Change, RunState, Subject, SyncRun
from catalog.selectors.runs import add_row_ids, list_made_changes
from config.admin import RecordAdmin, UtcRangeFilter
from config.display import ident, link, moment, page
from config.theme import ChoicesCheckboxFilter, RelatedDropdownFilter
from operators.models import Operator

PAGES = {
    Subject.GAME: "catalog_game",
    Subject.LOBBY: "catalog_lobby",
    Subject.VENDOR: "catalog_vendor",
    Subject.CURRENCY: "catalog_operatorcurrency",
    Subject.CONFIGURATION: "catalog_game",
}
OF_RUN = "run__id__exact"


def write_row(change: Any) -> SafeString:
    """Write what a change is about, with the way to its page where there is one; `change` is of `add_row_ids`."""
    title = change.title or change.ref
    named = link(page(PAGES[Subject(change.subject)], change.row_id), title) if change.row_id else title
    kind = Subject(change.subject).label
    return format_html(
        '<span class="named"><span>{}</span><span class="quiet">{} {}</span></span>', named, kind, ident(change.ref)
    )


def write_operator(operator: Operator) -> SafeString:
    """Write an operator account by its name, and by what its platform knows it as."""
    protocol = operator.get_protocol_display().partition(" ")[0]
    known = format_html("{} {}", protocol, ident(operator.operator_ref))
    return format_html('<span class="named"><span>{}</span><span class="quiet">{}</span></span>', operator.name, known)


@admin.register(Change)
class ChangeAdmin(RecordAdmin):
    """Changes that were made, the newest first; those of one run, made or not, where a run is named."""

    list_display = ("time", "kind_shown", "what", "difference", "operator_shown", "run_shown")
    list_display_links = ("time",)
    list_select_related = ("operator",)
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("kind", ChoicesCheckboxFilter),
        ("subject", ChoicesCheckboxFilter),
        ("at", UtcRangeFilter),
    )
    ordering = ("-pk",)
    search_fields = ("title__icontains", "ref__exact")
    search_help_text = "A part of the title, or the id"
    list_before_template = "admin/catalog/change/of_run.html"
    change_form_template = "admin/catalog/change/change_form.html"
    empty_text = "No change fits. Each synchronisation that changes something leaves its changes here."

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let a page ask for one run's."""
        return lookup == OF_RUN or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what was made; what a preview or a held run found, where it is that run's or the change's own page."""
        of_one = OF_RUN in request.GET or (request.resolver_match and "object_id" in request.resolver_match.kwargs)
        return add_row_ids(Change.objects.all() if of_one else list_made_changes())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and above it the run that it is of, if it is of one."""
        asked = request.GET.get(OF_RUN, "")
        runs = SyncRun.objects.select_related("operator")
        run = runs.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None
        return super().changelist_view(request, {**(extra_context or {}), "run": run})

    def tell(self, change: Any) -> dict[str, Any]:
        """Tell a change whole."""
        return {
            "chip": kind_chip(change),
            "row": write_row(change),
            "fields": list_fields(change),
            "made": change.run.state == RunState.APPLIED,
        }

    @admin.display(description="Time", ordering="pk")
    def time(self, change: Change) -> SafeString:
        return moment(change.at)

    @admin.display(description="Change", ordering="kind")
    def kind_shown(self, change: Change) -> SafeString:
        return kind_chip(change)

    @admin.display(description="What")
    def what(self, change: Any) -> SafeString:
        return write_row(change)

    @admin.display(description="Difference")
    def difference(self, change: Change) -> SafeString:
        return write_difference(change)

    @admin.display(description="Operator", ordering="operator__name")
    def operator_shown(self, change: Change) -> SafeString:
        return write_operator(change.operator)

    @admin.display(description="Run")
    def run_shown(self, change: Change) -> SafeString:
        return link(page("catalog_syncrun", change.run_id), change.run_id)
