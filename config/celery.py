"""Celery: JSON only; a task is acknowledged when done, so that a killed worker's task comes back."""

import os

from celery import Celery
from celery.schedules import crontab

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
    # The restore interval and throttle bring a lost worker's tasks back within seconds instead of minutes.
    broker_transport_options={
        "visibility_timeout": 3600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    },
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone="UTC",
    beat_schedule={
        "verify the ledger": {"task": "wallet.verify_ledger", "schedule": crontab(hour="3", minute="10")},
        "make the ledger's coming partitions": {
            "task": "wallet.create_coming_partitions",
            "schedule": crontab(hour="1", minute="30"),
        },
        "settle what was left in doubt": {"task": "wallet.settle_pending", "schedule": 60.0},
        "purge the exchange log": {"task": "operators.purge_exchanges", "schedule": crontab(minute="20")},
        "sync the catalogue": {"task": "catalog.sync_catalogs", "schedule": crontab(minute="5")},
    },
)
app.autodiscover_tasks()
