"""Reads of the schedule: what runs when, how it went, and what is late."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cron_descriptor import Options, get_description
from django.db.models import F, QuerySet
from django_celery_beat.models import PeriodicTask

# A worker may be busy, and beat looks at its rows every few seconds.
GRACE = timedelta(minutes=5)
BY_24_HOURS = Options()
BY_24_HOURS.use_24hour_time_format = True
UNITS = [
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
    (timedelta(microseconds=1), "microsecond"),
]
STANDING = ("expected_since", "succeeded_at", "failed_at", "error", "seconds")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An entry of the schedule; `next_run_at` is None where it is switched off, past where it is about to be sent."""

    entry: PeriodicTask
    when: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    error: str
    next_run_at: datetime | None
    late: bool


def list_entries() -> QuerySet[Any]:
    """The schedule's entries, each with what its `EntryStanding` says, under the names of `STANDING`."""
    facts = {name: F(f"standing__{name}") for name in STANDING}
    entries: QuerySet[Any] = PeriodicTask.objects.select_related("interval", "crontab").annotate(**facts)
    return entries


def list_scheduled(now: datetime) -> list[Scheduled]:
    """Return the entries by name, each with how it stands."""
    return [describe_entry(entry, now) for entry in list_entries().order_by("name")]


def describe_entry(entry: Any, now: datetime) -> Scheduled:
    """Say when an entry runs next, and whether it is late.

    :param entry: one of `list_entries`.
    """
    return Scheduled(
        entry=entry,
        when=describe_schedule(entry),
        succeeded_at=entry.succeeded_at,
        failed_at=entry.failed_at,
        error=entry.error or "",
        next_run_at=next_run_of(entry) if entry.enabled else None,
        late=entry.enabled and is_late(entry, entry.succeeded_at, now),
    )


def next_run_of(entry: Any) -> datetime:
    """Return when an entry's task is due to be sent next, or was, where beat has not sent it yet.

    :param entry: one of `list_entries`.
    """
    return due_after(entry, entry.last_run_at or entry.expected_since or entry.date_changed)


def is_late(entry: Any, succeeded_at: datetime | None, now: datetime) -> bool:
    """Say whether an entry was due after a success and since it was last rescheduled, and time enough has passed.

    :param entry: one of `list_entries`.
    """
    # What beat itself writes to its rows moves their `date_changed` on: it serves only where nothing else is known.
    since = max((at for at in (entry.expected_since, succeeded_at) if at), default=entry.date_changed)
    return due_after(entry, since) + GRACE < now


def due_after(entry: PeriodicTask, at: datetime) -> datetime:
    """Return when an entry has to run next, once it has run at a time."""
    schedule = entry.schedule
    if entry.interval:
        due: datetime = at + schedule.run_every
        return due
    start, step, _ = schedule.remaining_delta(at.astimezone(schedule.tz))
    due = start + step
    return due.astimezone(UTC)


def describe_schedule(entry: PeriodicTask) -> str:
    """Say in words when an entry runs."""
    if entry.interval:
        return _describe_interval(entry.schedule.run_every)
    crontab = entry.crontab
    line = f"{crontab.minute} {crontab.hour} {crontab.day_of_month} {crontab.month_of_year} {crontab.day_of_week}"
    return f"{get_description(line, BY_24_HOURS)} ({crontab.timezone})"


def _describe_interval(span: timedelta) -> str:
    unit, word = next((unit, word) for unit, word in UNITS if span % unit == timedelta())
    number = span // unit
    return f"Every {number:,} {word}s" if number != 1 else f"Every {word}"
