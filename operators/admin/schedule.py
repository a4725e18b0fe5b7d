"""When the background work runs, and how it went."""

from datetime import UTC, datetime
from typing import Any

from celery import current_app, schedules
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from django_celery_beat.validators import (
    day_of_month_validator,
    day_of_week_validator,
    hour_validator,
    minute_validator,
    month_of_year_validator,
)

from config.admin import MadeByStaffAdmin, actor, posted
from config.display import NOTHING, chip, coming, moment
from config.theme import BooleanRadioFilter, Select, Textarea, TextInput, act
from operators.fields import validate_zone
from operators.selectors.refusals import Refusal
from operators.selectors.schedule import Scheduled, describe_entry, list_entries
from operators.services.schedule import add_schedule_entry, change_schedule, run_entry

PARTS = [
    ("minute", "0-59", minute_validator),
    ("hour", "0-23", hour_validator),
    ("day of month", "1-31", day_of_month_validator),
    ("month", "1-12", month_of_year_validator),
    ("day of week", "0-6 from Sunday on", day_of_week_validator),
]

# Some time to count from, to see whether a crontab ever comes.
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)

# Its own pages show each kind of schedule apart; ours shows when a task runs on the task's page.
admin.site.unregister([ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule])


def validate_crontab(line: str) -> None:
    """:raises ValidationError: naming the part that is wrong."""
    parts = line.split()
    if len(parts) != len(PARTS):
        raise ValidationError("Write five parts: minute, hour, day of month, month, day of week; * for any.")
    for (name, bounds, validate), part in zip(PARTS, parts, strict=True):
        try:
            validate(part)
        except ValidationError as error:
            told = f"The {name} cannot be “{part}”: write {bounds}, several as 1,3 or 1-5, every third as */3, or *."
            raise ValidationError(told) from error
    minute, hour, day, month, weekday = parts
    try:
        schedules.crontab(minute, hour, day_of_month=day, month_of_year=month, day_of_week=weekday).remaining_delta(
            NOON
        )
    except ValueError as error:
        raise ValidationError(f"There is no such day: {error}") from error


class WhenForm(forms.Form):
    """Either a crontab line or a number of seconds."""

    crontab = forms.CharField(
        label="By the clock",
        required=False,
        max_length=200,
        validators=[validate_crontab],
        widget=TextInput(),
        help_text="Minute, hour, day of month, month, day of week: 5 * * * * is five past each hour.",
    )
    seconds = forms.IntegerField(
        label="Or every so many seconds",
        required=False,
        min_value=10,
        max_value=7 * 86_400,
        widget=TextInput(attrs={"inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse both, and none."""
        asked = super().clean() or {}
        if not self.errors and bool(asked.get("crontab")) == bool(asked.get("seconds")):
            raise ValidationError("Fill in one of the two: a crontab line, or a number of seconds.")
        return asked


class ChangeForm(WhenForm):
    """When an entry runs, and whether it does."""

    zone = forms.CharField(
        label="Time zone", max_length=63, validators=[validate_zone], widget=TextInput(), help_text="Of the clock."
    )
    enabled = forms.BooleanField(label="Switched on", required=False)

    def __init__(self, data: QueryDict | None, entry: PeriodicTask) -> None:
        crontab, interval = entry.crontab, entry.interval
        line = crontab and (crontab.minute, crontab.hour, crontab.day_of_month, crontab.month_of_year)
        initial = {
            "crontab": " ".join((*line, crontab.day_of_week)) if line else "",
            "seconds": int(interval.schedule.run_every.total_seconds()) if interval else None,
            "zone": str(crontab.timezone) if crontab else "UTC",
            "enabled": entry.enabled,
        }
        super().__init__(data, initial=initial)


class NewForm(WhenForm):
    """One of our tasks with arguments, in a rhythm of its own."""

    name = forms.CharField(max_length=200, widget=TextInput())
    task = forms.ChoiceField(widget=Select())
    arguments = forms.JSONField(
        required=False, initial=dict, widget=Textarea(), help_text='By name, as JSON: {"operator_id": 3}.'
    )
    field_order = ("name", "task", "arguments", "crontab", "seconds")

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        current_app.loader.import_default_modules()
        names = sorted(name for name in current_app.tasks if not name.startswith("celery."))
        self.fields["task"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def clean_arguments(self) -> dict[str, Any]:
        """Refuse what is no object."""
        arguments = self.cleaned_data["arguments"] or {}
        if not isinstance(arguments, dict):
            raise ValidationError('Write an object, {"name": value}.')
        return arguments

    def clean(self) -> dict[str, Any]:
        """Refuse arguments that the task does not take."""
        asked = super().clean()
        if "task" in asked and "arguments" in asked:
            try:
                task: Any = current_app.tasks[asked["task"]]
                task.__header__(**asked["arguments"])
            except TypeError as error:
                self.add_error("arguments", f"They do not fit the task: {error}.")
        return asked


@admin.register(PeriodicTask)
class ScheduleAdmin(MadeByStaffAdmin):
    """The entries by name."""

    list_display = ("name", "when", "last_success", "took", "next_run", "state")
    list_filter = (("enabled", BooleanRadioFilter),)
    ordering = ("name",)
    search_fields = ("name", "task")
    change_form_template = "admin/operators/schedule/change_form.html"
    actions_detail = ("reschedule", "run_now")
    empty_text = "Nothing is scheduled."

    def has_act_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those who may change entries."""
        return request.user.has_perm("django_celery_beat.change_periodictask")

    def get_queryset(self, _request: HttpRequest) -> QuerySet[Any]:
        """Return the entries with their standing."""
        return list_entries()

    def tell(self, entry: Any) -> dict[str, Any]:
        """Tell how the entry stands."""
        return {"scheduled": describe(entry), "state": write_state(describe(entry)), "now": timezone.now()}

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for an entry, and add it."""
        form = NewForm(posted(request))

        def do() -> tuple[PeriodicTask, str]:
            entry = add_schedule_entry(**form.cleaned_data, by=actor(request))
            return entry, f"“{entry.name}” is scheduled."

        lead = "A task of ours in a rhythm of its own, for example one operator's catalogue every ten minutes."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=None, title="New schedule entry", submit="Schedule", lead=lead
        )

    @act("Reschedule", path="reschedule", icon="edit", permissions=["act"])
    def reschedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask when it shall run, and have it so."""
        entry = self.find_row(request, object_id)
        form = ChangeForm(posted(request), entry)

        def do() -> tuple[PeriodicTask, str]:
            change_schedule(entry=entry, **form.cleaned_data, by=actor(request))
            return entry, "The schedule is changed. It holds within seconds, without a restart."

        return self.attempt(request, form, do) or self.ask(
            request, form, row=entry, title=f"When “{entry.name}” runs", submit="Save", lead=f"The task {entry.task}."
        )

    @act("Run now", path="run", icon="play_arrow", permissions=["act"])
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and hand the task to a worker."""
        entry = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[PeriodicTask, str]:
            run_entry(entry=entry, by=actor(request))
            return entry, f"A worker was asked to run {entry.task}."

        lead = "Once more, beside its schedule; the next scheduled run stays."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=entry, title=f"Run “{entry.name}” now", submit="Run", lead=lead
        )

    @admin.display(description="Runs")
    def when(self, entry: Any) -> str:
        return describe(entry).when

    @admin.display(description="Last success")
    def last_success(self, entry: Any) -> SafeString:
        return moment(entry.succeeded_at)

    @admin.display(description="Took")
    def took(self, entry: Any) -> str | SafeString:
        return NOTHING if entry.seconds is None else f"{entry.seconds:.1f} s"

    @admin.display(description="Next run")
    def next_run(self, entry: Any) -> str | SafeString:
        return coming(describe(entry).next_run_at, timezone.now())

    @admin.display(description="State")
    def state(self, entry: Any) -> SafeString:
        return write_state(describe(entry))


def describe(entry: Any) -> Scheduled:
    """Return how an entry stands, found once for all columns of its row."""
    if not hasattr(entry, "scheduled"):
        entry.scheduled = describe_entry(entry, timezone.now())
    scheduled: Scheduled = entry.scheduled
    return scheduled


def write_state(scheduled: Scheduled) -> SafeString:
    """Write how an entry stands."""
    if scheduled.next_run_at is None:
        return chip("Switched off")
    if scheduled.error:
        return chip("Failed", "danger")
    return chip("Late", "danger") if scheduled.late else chip("In time", "success")
