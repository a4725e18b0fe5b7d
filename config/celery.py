"""Celery: JSON only; a task is acknowledged when done, so that a killed worker's task comes back.

A task has the id of the request that asked for it, be it through another task; what beat asks for has its own.
"""

import logging
import os
from contextlib import ExitStack
from typing import Any

from celery import Celery, signals

from operators.origin import Origin, coming_from, current_origin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("backoffice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=240,
    task_time_limit=300,
    # A pool process that is lost gives its task back at once; a whole worker's come back after the visibility timeout,
    # which has to be longer than the longest task: what must go on sooner is swept by beat. Looked for every 2 s.
    broker_transport_options={
        "visibility_timeout": 3600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        # Whoever hands over a task from a page waits no longer for a Redis that does not answer.
        "socket_connect_timeout": 3,
    },
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone="UTC",
    # The schedule is rows in the database: operators/migrations makes the usual ones, staff edit them.
    beat_scheduler="django_celery_beat.schedulers:DatabaseScheduler",
    # There is no result to keep, so beat need not clean any up.
    result_expires=None,
)
app.autodiscover_tasks()

_origins: dict[str, ExitStack] = {}


@signals.setup_logging.connect
def _keep_our_logs(loglevel: int | str | None, **_: object) -> None:
    """Leave the log lines as the settings have them; `--loglevel` is about Celery's own."""
    logging.getLogger("celery").setLevel(loglevel or logging.INFO)


@signals.before_task_publish.connect
def _send_origin(headers: dict[str, Any], **_: object) -> None:
    if current_origin().request_id:
        headers["origin_id"] = current_origin().request_id


@signals.task_prerun.connect
def _take_origin(task_id: str, task: Any, **_: object) -> None:
    origin = Origin(None, task.request.get("origin_id") or task_id)
    _origins[task_id] = ExitStack()
    _origins[task_id].enter_context(coming_from(origin))


@signals.task_postrun.connect
def _leave_origin(task_id: str, **_: object) -> None:
    _origins.pop(task_id, ExitStack()).close()
