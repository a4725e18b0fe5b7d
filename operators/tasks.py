"""The operators' background work, and the note of how each entry of the schedule went."""

import time
from typing import Any

from celery import shared_task, signals
from django.conf import settings
from django.utils import timezone

from operators.services.exchanges import purge_exchanges as purge
from operators.services.schedule import ENTRY_HEADER, note_failure, note_start, note_success


@shared_task(name="operators.purge_exchanges")
def purge_exchanges() -> int:
    """Delete exchanges past their time; return how many."""
    return purge(now=timezone.now(), days=settings.EXCHANGE_LOG_DAYS)


# A worker process does one task at a time.
_started: dict[str, float] = {}


def entry_of(task: Any) -> str:
    """Return which entry of the schedule had a task run; none, where something else asked for it."""
    return str((task.request.headers or {}).get(ENTRY_HEADER, ""))


@signals.task_prerun.connect
def _note_start(task_id: str, task: Any, **_: object) -> None:
    if entry := entry_of(task):
        _started[task_id] = time.monotonic()
        note_start(entry=entry, at=timezone.now())


@signals.task_postrun.connect
def _note_end(task_id: str, task: Any, state: str, retval: object, **_: object) -> None:
    entry, now = entry_of(task), timezone.now()
    seconds = time.monotonic() - _started.pop(task_id, time.monotonic())
    if entry and isinstance(retval, BaseException):
        note_failure(entry=entry, at=now, error=retval)
    elif entry and state == "SUCCESS":
        note_success(entry=entry, at=now, seconds=seconds)
