"""The schedule of the background work: how its entries went, and what staff change."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from operators.models import EntryStanding
from operators.selectors.refusals import Refusal
from operators.selectors.schedule import describe_schedule
from operators.services.audit import describe_changes, write_audit_entry
from operators.services.workers import hand_over

LONGEST_ERROR = 2_000
# By this beat says in its messages which entry of the schedule it sends.
ENTRY_HEADER = "periodic_task_name"


class ScheduleNameTaken(Refusal):
    """An entry of that name is there."""

    code = "schedule_name_taken"


def note_start(*, entry: str, at: datetime) -> None:
    """Write down that the task of the entry of this name was begun."""
    _note(entry, started_at=at)


def note_success(*, entry: str, at: datetime, seconds: float) -> None:
    """Write down that it went well."""
    _note(entry, succeeded_at=at, seconds=Decimal(f"{seconds:.3f}"), error="")


def note_failure(*, entry: str, at: datetime, error: BaseException) -> None:
    """Write down that it ended in an exception."""
    told = f"{type(error).__name__}: {error}".replace("\0", "")[:LONGEST_ERROR]
    _note(entry, failed_at=at, error=told)


def change_schedule(
    *, entry: PeriodicTask, enabled: bool, crontab: str = "", seconds: int | None = None, zone: str = "UTC", by: str
) -> PeriodicTask:
    """Switch an entry on or off, and have it run by a crontab line of five fields or every so many seconds.

    Beat takes it up within seconds.
    """
    with transaction.atomic():
        before = _facts(entry)
        entry.enabled = enabled
        entry.interval = _interval(seconds) if seconds else None
        entry.crontab = None if seconds else _crontab(crontab, zone)
        entry.save()
        if changes := describe_changes(before, _facts(entry)):
            _expect_from_now(entry)
            write_audit_entry(by=by, action="change_schedule", subject=_name(entry), details=changes)
    return entry


def add_schedule_entry(
    *, name: str, task: str, arguments: dict[str, Any], crontab: str = "", seconds: int | None = None, by: str
) -> PeriodicTask:
    """Have a task of ours run with some arguments by a rhythm of its own, in UTC.

    :raises ScheduleNameTaken:
    """
    if PeriodicTask.objects.filter(name=name).exists():
        raise ScheduleNameTaken(f"The schedule has an entry “{name}” already.", fields={"name": "It is taken."})
    with transaction.atomic():
        entry = PeriodicTask.objects.create(
            name=name,
            task=task,
            kwargs=json.dumps(arguments),
            interval=_interval(seconds) if seconds else None,
            crontab=None if seconds else _crontab(crontab, "UTC"),
        )
        _expect_from_now(entry)
        details = {"task": task, "arguments": arguments, **_facts(entry)}
        write_audit_entry(by=by, action="add_schedule_entry", subject=_name(entry), details=details)
    return entry


def run_entry(*, entry: PeriodicTask, by: str) -> None:
    """Hand an entry's task to a worker, beside its schedule.

    :raises WorkersOutOfReach:
    """
    with transaction.atomic():
        write_audit_entry(by=by, action="run_scheduled", subject=_name(entry), details={"task": entry.task})
        hand_over(entry.task, json.loads(entry.args), json.loads(entry.kwargs), headers={ENTRY_HEADER: entry.name})


def _note(entry: str, **facts: Any) -> None:
    """Keep facts of an entry, unless it is gone by now."""
    for found in PeriodicTask.objects.filter(name=entry):
        EntryStanding.objects.update_or_create(entry=found, defaults=facts)


def _name(entry: PeriodicTask) -> str:
    return f"schedule entry {entry.pk}: {entry.name}"


def _facts(entry: PeriodicTask) -> dict[str, Any]:
    return {"enabled": entry.enabled, "when": describe_schedule(entry)}


def _expect_from_now(entry: PeriodicTask) -> None:
    """Have the entry count as late only by what is due from now on."""
    EntryStanding.objects.update_or_create(entry=entry, defaults={"expected_since": Now()})


def _interval(seconds: int) -> IntervalSchedule:
    return IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)[0]


def _crontab(line: str, zone: str) -> CrontabSchedule:
    minute, hour, day_of_month, month_of_year, day_of_week = line.split()
    return CrontabSchedule.objects.get_or_create(
        minute=minute,
        hour=hour,
        day_of_month=day_of_month,
        month_of_year=month_of_year,
        day_of_week=day_of_week,
        timezone=ZoneInfo(zone),
    )[0]
