"""Keeping the catalogue in step, in the background."""

import logging

from celery import Task, shared_task
from django.utils import timezone

from catalog import services
from operators.selectors.accounts import get_operator, list_operators_with_catalogue

logger = logging.getLogger(__name__)

BY = "celery"
# A platform that tells each game's configuration by a call of its own takes its time.
SOFT_LIMIT_SECONDS, LIMIT_SECONDS = 25 * 60, 30 * 60


@shared_task(name="catalog.sync_catalogs")
def sync_catalogs() -> None:
    """Ask for a synchronisation of each operator, so that one platform's silence does not hold up the others."""
    for operator_id in list_operators_with_catalogue().values_list("pk", flat=True):
        sync_catalog.delay(operator_id)


@shared_task(
    name="catalog.sync_catalog",
    bind=True,
    acks_late=True,
    soft_time_limit=SOFT_LIMIT_SECONDS,
    time_limit=LIMIT_SECONDS,
)
def sync_catalog(
    task: "Task[..., None]", operator_id: int, by: str = BY, dry_run: bool = False, agreed_gone: int | None = None
) -> None:
    """Synchronise one operator's catalogue; a run under way, or an operator without a catalogue, ends it quietly."""
    try:
        services.sync_catalog(
            operator=get_operator(operator_id),
            by=by,
            now=timezone.now(),
            dry_run=dry_run,
            agreed_gone=agreed_gone,
            task_ref=task.request.id or "",
        )
    except (services.SyncUnderWay, services.CatalogueNotOffered) as refusal:
        logger.info("nothing to do: %s", refusal)
    except services.WorkersDied as refusal:
        logger.warning("left to the schedule: %s", refusal)


@shared_task(name="catalog.resume_syncs")
def resume_syncs() -> None:
    """Ask anew for what a worker was at when it died; the broker brings that task back only when an hour is over."""
    for run in services.give_up_silent_runs():
        sync_catalog.delay(run.operator_id, by=run.by, dry_run=run.dry_run, agreed_gone=run.agreed_gone)


@shared_task(name="catalog.purge_previews")
def purge_previews() -> None:
    """Delete what was shown a week ago and never done."""
    services.purge_previews(now=timezone.now())
