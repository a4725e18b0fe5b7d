"""The operators' background work, and the note that every task of ours leaves of how it went."""

import time
from typing import Any

from celery import shared_task, signals
from django.conf import settings
from django.utils import timezone

from operators.services.exchanges import purge_exchanges as purge
from operators.services.schedule import note_task_failure, note_task_start, note_task_success


@shared_task(name="operators.purge_exchanges")
def purge_exchanges() -> int:
    """Delete exchanges past their time; return how many."""
    return purge(now=timezone.now(), days=settings.EXCHANGE_LOG_DAYS)


# A worker process does one task at a time.
_started: dict[str, float] = {}


@signals.task_prerun.connect
def _note_start(task_id: str, task: Any, **_: object) -> None:
    _started[task_id] = time.monotonic()
    note_task_start(task=task.name, at=timezone.now())


@signals.task_postrun.connect
def _note_end(task_id: str, task: Any, state: str, retval: object, **_: object) -> None:
    seconds = time.monotonic() - _started.pop(task_id, time.monotonic())
    if isinstance(retval, BaseException):
        note_task_failure(task=task.name, at=timezone.now(), error=retval)
    elif state == "SUCCESS":
        note_task_success(task=task.name, at=timezone.now(), seconds=seconds)
