"""Synchronisations: asked for, watched while they run, and looked through afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.changes import write_operator
from catalog.admin.run_page import (
    describe_found,
    describe_progress,
    list_shrunken,
    show_run,
    state_chip,
    write_time_taken,
)
from catalog.models import RunState, SyncRun
from catalog.selectors.runs import find_successor, list_runs
from catalog.services.differences import CHANGES
from catalog.services.synchronisation import agree_to_shrink
from catalog.tasks import sync_catalog
from config.admin import ActAdmin, RecordAdmin, UtcRangeFilter, actor, posted
from config.display import NOTHING, moment
from config.theme import BooleanRadioFilter, ChoicesCheckboxFilter, RelatedDropdownFilter, Select, act
from operators.selectors.accounts import list_operators_with_catalogue
from operators.selectors.refusals import Refusal
from operators.services.workers import ask_worker

# After so long a wait for a worker, there may be none; after the longer one, the page no longer looks by itself.
SLOW, TOO_LONG = timedelta(seconds=10), timedelta(minutes=5)


class SyncForm(forms.Form):
    """Whose catalogue to bring in step, and whether only to look."""

    dry_run = forms.BooleanField(
        label="Only show the difference", required=False, help_text="Nothing is changed; the page shows what would be."
    )

    def __init__(self, data: QueryDict | None, operator: str | None) -> None:
        operators = list_operators_with_catalogue()
        only = operators.first() if len(operators) == 1 else None
        super().__init__(data, initial={"operator": only or operator})
        self.fields["operator"] = forms.ModelChoiceField(operators, widget=Select())
        self.order_fields(["operator", "dry_run"])


@admin.register(SyncRun)
class SyncRunAdmin(RecordAdmin, ActAdmin):
    """Runs, the newest first."""

    list_display = ("started", "operator_shown", "state_shown", "found", "took", "by_shown", "error_shown")
    list_display_links = ("started",)
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("state", ChoicesCheckboxFilter),
        ("dry_run", BooleanRadioFilter),
        ("started_at", UtcRangeFilter),
    )
    ordering = ("-pk",)
    change_form_template = "admin/catalog/syncrun/change_form.html"
    actions_list = ("synchronise",)
    actions_detail = ("apply", "agree")
    empty_text = "No synchronisation fits. The schedule asks for them; “Synchronise” asks for one now."

    def has_sync_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those who may change games."""
        return request.user.has_perm("catalog.change_game") and self.has_view_permission(request)

    def get_queryset(self, _request: HttpRequest) -> QuerySet[Any]:
        """Return the runs as they really stand."""
        return list_runs(timezone.now())

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of a run that is asked for, and of one that runs."""
        view = self.admin_site.admin_view
        return [
            path("asked/<int:operator_id>/<str:task_ref>/", view(self.wait), name="catalog_syncrun_asked"),
            path("<int:object_id>/progress/", view(self.progress), name="catalog_syncrun_progress"),
            *super().get_urls(),
        ]

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer what fits how the run ended."""
        run = self.get_object(request, str(object_id))
        fitting = find_fitting_act(run) if run else ""
        acts = super().get_actions_detail(request, object_id)
        return [each for each in acts if fitting and each.action_name.endswith(fitting)]

    def tell(self, run: Any) -> dict[str, Any]:
        """Tell what the run found."""
        return show_run(run, timezone.now())

    @act("Synchronise", path="synchronise", icon="sync", permissions=["sync"])
    def synchronise(self, request: HttpRequest) -> HttpResponse:
        """Ask whose catalogue, and have a worker bring it in step."""
        form = SyncForm(posted(request), request.GET.get("operator"))
        if form.is_valid():
            operator, dry_run = form.cleaned_data["operator"], form.cleaned_data["dry_run"]
            if started := self.start(request, form, operator.pk, dry_run=dry_run):
                return started
        return self.ask(
            request,
            form,
            row=None,
            title="Synchronise a catalogue",
            submit="Start",
            lead="A worker fetches the platform's lists and writes what differs. Our switches, titles and tags stay.",
        )

    @act("Apply", path="apply", icon="sync", permissions=["sync"])
    def apply(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and run in earnest what was previewed."""
        run = self.find_row(request, object_id)
        form = forms.Form(posted(request))
        if form.is_valid() and (started := self.start(request, form, run.operator_id)):
            return started
        lead = "The lists are fetched anew; what is found then is written. It may differ from the preview by then."
        if list_shrunken(run):
            lead += " As the preview lacks more than a fifth of a list, the run will wait for a person's yes."
        return self.ask(request, form, row=run, title="Apply the difference", submit="Apply", lead=lead)

    @act("Agree", path="agree", icon="check", permissions=["sync"], danger=True)
    def agree(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and let a list shrink."""
        run = self.find_row(request, object_id)
        form = forms.Form(posted(request))
        if form.is_valid() and (started := self.start_agreed(request, form, run)):
            return started
        lead = (
            f"{describe_shrinking(run)} The lists are fetched anew, and up to {run.gone:,} rows that they lack are "
            "marked gone; if there are more by then, the run waits for a person again. Nothing is deleted: what "
            "returns is back as it was."
        )
        title = f"Let {run.gone:,} rows go"
        return self.ask(request, form, row=run, title=title, submit="Agree and run", lead=lead, danger=True)

    def start(self, request: HttpRequest, form: forms.Form, operator_id: int, **how: Any) -> HttpResponse | None:
        """Hand a synchronisation to a worker and go to the page that waits for it; None where there is no way."""
        try:
            task_ref = ask_worker(sync_catalog.name, operator_id, by=actor(request), **how)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None
        page = reverse("admin:catalog_syncrun_asked", args=[operator_id, task_ref])
        return HttpResponseRedirect(f"{page}?at={int(timezone.now().timestamp())}")

    def start_agreed(self, request: HttpRequest, form: forms.Form, run: SyncRun) -> HttpResponse | None:
        """Agree to a held run and start the next; either both or neither."""
        with transaction.atomic():
            try:
                agreed = agree_to_shrink(run=run, by=actor(request))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                return None
            started = self.start(request, form, run.operator_id, agreed_gone=agreed)
            transaction.set_rollback(started is None)
        return started

    def wait(self, request: HttpRequest, operator_id: int, task_ref: str) -> HttpResponse:
        """Show that a worker is awaited, and go to the run as soon as there is one.

        Where another run of the operator was under way, the worker has made none of this one.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        now, asked_at = timezone.now(), read_time(request.GET.get("at", ""))
        runs = list_runs(now).filter(operator=operator_id).order_by("-pk")
        if own := runs.filter(task_ref=task_ref).first():
            return HttpResponseRedirect(self.page_of(own))
        context = {
            "title": "Synchronisation",
            "other": runs.filter(Q(state=RunState.RUNNING) | Q(ended_at__gte=asked_at)).first(),
            "slow": now - asked_at > SLOW,
            "looking": now - asked_at < TOO_LONG,
        }
        return self.show(request, "admin/catalog/syncrun/asked.html", context, row=None)

    def progress(self, request: HttpRequest, object_id: int) -> JsonResponse:
        """Answer how far a run is."""
        run = self.find_row(request, str(object_id))
        facts = {"phase": run.phase, "done": run.progress_done, "total": run.progress_total}
        return JsonResponse({**facts, "running": run.shown_state == RunState.RUNNING})

    @admin.display(description="Started", ordering="pk")
    def started(self, run: SyncRun) -> SafeString:
        return moment(run.started_at)

    @admin.display(description="Operator", ordering="operator__name")
    def operator_shown(self, run: SyncRun) -> SafeString:
        return write_operator(run.operator)

    @admin.display(description="By", ordering="by")
    def by_shown(self, run: SyncRun) -> str:
        return run.by

    @admin.display(description="State", ordering="state")
    def state_shown(self, run: Any) -> SafeString:
        return state_chip(run)

    @admin.display(description="Found")
    def found(self, run: Any) -> str | SafeString:
        return describe_progress(run) if run.shown_state == RunState.RUNNING else describe_found(run) or NOTHING

    @admin.display(description="Took")
    def took(self, run: Any) -> SafeString:
        return format_html('<span class="figure">{}</span>', write_time_taken(run, timezone.now()))

    @admin.display(description="Error")
    def error_shown(self, run: SyncRun) -> str | SafeString:
        return format_html('<span class="told-short" title="{0}">{0}</span>', run.error) if run.error else NOTHING


def find_fitting_act(run: Any) -> str:
    """Return the one act that a run waits for, empty for none: an older one than the newest waits for nothing."""
    if run.state == RunState.PREVIEWED:
        return "apply" if any(getattr(run, name) for name in CHANGES) else ""
    return "agree" if run.state == RunState.HELD and find_successor(run) is None else ""


def describe_shrinking(run: SyncRun) -> str:
    """Say which lists a run found shrunken."""
    told = [f"{shrunken.name}: {shrunken.gone:,} of {shrunken.listed:,} gone." for shrunken in list_shrunken(run)]
    return " ".join(told)


def read_time(text: str) -> datetime:
    """Read a time from a page's address; without one, or with nonsense, now."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return timezone.now()
