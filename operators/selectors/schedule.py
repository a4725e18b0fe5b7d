"""Reads of the schedule: what runs when, how it went, and what is late."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cron_descriptor import get_description
from django.db.models import OuterRef, QuerySet, Subquery
from django_celery_beat.models import PeriodicTask

from operators.models import TaskStanding

# A worker may be busy, and beat looks at its rows every few seconds.
GRACE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An entry of the schedule; `next_run_at` is None where it is switched off."""

    entry: PeriodicTask
    when: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    error: str
    next_run_at: datetime | None
    late: bool


def list_entries() -> QuerySet[Any]:
    """The schedule's entries, each with `succeeded_at`, `failed_at`, `error` and `seconds` of its task."""
    standing = TaskStanding.objects.filter(task=OuterRef("task"))
    facts = {name: Subquery(standing.values(name)) for name in ("succeeded_at", "failed_at", "error", "seconds")}
    entries: QuerySet[Any] = PeriodicTask.objects.select_related("interval", "crontab").annotate(**facts)
    return entries


def list_scheduled(now: datetime) -> list[Scheduled]:
    """Return the entries by name, each with how its task stands."""
    return [describe_entry(entry, now) for entry in list_entries().order_by("name")]


def describe_entry(entry: Any, now: datetime) -> Scheduled:
    """Say when an entry runs next, and whether it is late: due after its last success, and still without another.

    :param entry: one of `list_entries`.
    """
    return Scheduled(
        entry=entry,
        when=describe_schedule(entry),
        succeeded_at=entry.succeeded_at,
        failed_at=entry.failed_at,
        error=entry.error or "",
        next_run_at=max(due_after(entry, entry.last_run_at or now), now) if entry.enabled else None,
        late=entry.enabled and due_after(entry, entry.succeeded_at or entry.date_changed) + GRACE < now,
    )


def due_after(entry: PeriodicTask, at: datetime) -> datetime:
    """Return when an entry has to run next, once it has run at a time."""
    schedule = entry.schedule
    if entry.interval:
        due: datetime = at + schedule.run_every
        return due
    start, step, _ = schedule.remaining_delta(at.astimezone(schedule.tz))
    due = start + step
    return due.astimezone(UTC)


def find_due_after(task: str, at: datetime) -> datetime | None:
    """Return until when a task that succeeded at a time must have succeeded again; None where it is not scheduled."""
    entries = PeriodicTask.objects.filter(task=task, enabled=True).select_related("interval", "crontab")
    return min((due_after(entry, at) + GRACE for entry in entries), default=None)


def describe_schedule(entry: PeriodicTask) -> str:
    """Say in words when an entry runs."""
    if entry.interval:
        return str(entry.interval)
    crontab = entry.crontab
    line = f"{crontab.minute} {crontab.hour} {crontab.day_of_month} {crontab.month_of_year} {crontab.day_of_week}"
    return f"{get_description(line)} ({crontab.timezone})"
