"""A synchronisation's row: claimed so that one runs at a time, ended, or declared lost when its worker has died."""

import logging
from datetime import datetime, timedelta

from django.db import Error, IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Now

from catalog.models import RunState, SyncRun
from catalog.selectors.runs import SILENCE
from catalog.services.heartbeat import Progress
from operators.models import Operator
from operators.platforms.reading import read_text
from operators.selectors.refusals import Refusal

logger = logging.getLogger(__name__)

LOST = "LOST"
SILENT = f"It gave no sign of life for more than {SILENCE.seconds} seconds: its worker has died, or lost the database."
CAME_BACK = "Its worker has died: the task came back and was started anew."
# So often may a task come back whose worker has died, before it is taken for the reason.
MOST_RETURNS = 3
LONGEST_CODE = 64


class SyncUnderWay(Refusal):
    """Another synchronisation of the operator has not ended yet."""

    code = "sync_under_way"


class WorkersDied(Refusal):
    """The task has cost too many workers: it is left to the schedule."""

    code = "workers_died"


class RunWasLost(Exception):
    """Another run declared ours lost: whatever it was about to write must not be."""


def claim_run(
    *, operator: Operator, by: str, now: datetime, dry_run: bool, agreed_gone: int | None, task_ref: str
) -> SyncRun:
    """Start a run, if no other of the operator is alive; one whose heart has stopped is declared lost.

    A background task that comes back after its worker died declares the run that it had begun lost at once.

    :raises Refusal: SyncUnderWay, WorkersDied.
    """
    _bury_the_dead(operator, task_ref)
    run = SyncRun(operator=operator, by=by, started_at=now, dry_run=dry_run, agreed_gone=agreed_gone, task_ref=task_ref)
    run.heartbeat_at = Now()
    try:
        with transaction.atomic(durable=True):
            run.save(force_insert=True)
    except IntegrityError as error:
        if "catalog_syncrun_one_running" not in str(error):
            raise
        raise _under_way(operator) from error
    run.refresh_from_db(fields=["heartbeat_at"])
    return run


def give_up_silent_runs() -> list[SyncRun]:
    """Declare the runs of all operators lost whose hearts have stopped; returns those that are worth another try.

    One whose predecessor was lost, too, is left to the schedule, so that what kills workers does not do so all day.
    """
    with transaction.atomic(durable=True):
        silent = SyncRun.objects.filter(_silent(), state=RunState.RUNNING).order_by("pk")
        runs = list(silent.select_for_update(of=("self",), skip_locked=True))
        _declare_lost(SyncRun.objects.filter(pk__in=[run.pk for run in runs]), SILENT)
    return [run for run in runs if not _was_lost_before(run)]


def end_run(run: SyncRun, progress: Progress, **facts: object) -> None:
    """Write what came of a run, its `state` among it.

    :raises RunWasLost: it is no longer ours to end.
    """
    ended_at = run.started_at + timedelta(seconds=progress.seconds)
    running = SyncRun.objects.filter(pk=run.pk, state=RunState.RUNNING)
    if not running.update(ended_at=ended_at, phase="", progress_done=0, progress_total=0, **facts):
        raise RunWasLost(f"Run {run.pk} was declared lost.")


def fail_run(run: SyncRun, progress: Progress, *, code: str, error: str) -> bool:
    """End a run that brought nothing, unless it was declared lost by now: then answer False.

    Where the database does not take that either, its silence will tell.
    """
    logger.warning("synchronisation %s of operator %s failed: %s", run.pk, run.operator_id, error)
    facts = {"error_code": read_text(code, LONGEST_CODE), "error": error.replace("\0", "")}
    try:
        renew_connection()
        end_run(run, progress, state=RunState.FAILED, **facts)
    except RunWasLost:
        return False
    except Error as fault:
        logger.warning("the failure of run %s could not be written: %s", run.pk, fault)
    return True


def renew_connection() -> None:
    """Have the next query look first whether the connection still stands; it may have been idle for long."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _bury_the_dead(operator: Operator, task_ref: str) -> None:
    """Declare those runs lost that nobody is at any more, and refuse a task that workers keep dying of."""
    running = SyncRun.objects.filter(operator=operator, state=RunState.RUNNING)
    _declare_lost(running.filter(_silent()), SILENT)
    if not task_ref:
        return
    _declare_lost(running.filter(task_ref=task_ref), CAME_BACK)
    if SyncRun.objects.filter(operator=operator, task_ref=task_ref, state=RunState.LOST).count() > MOST_RETURNS:
        raise WorkersDied(f"{MOST_RETURNS + 1} workers have died at the catalogue of {operator.name}, one by one.")


def _silent() -> Q:
    return Q(heartbeat_at__lt=Now() - SILENCE)


def _declare_lost(running: QuerySet[SyncRun], why: str) -> None:
    running.filter(state=RunState.RUNNING).update(
        state=RunState.LOST,
        ended_at=Greatest("started_at", "heartbeat_at"),
        error_code=LOST,
        error=f"{why} Nothing of it was applied.",
    )


def _was_lost_before(run: SyncRun) -> bool:
    earlier = SyncRun.objects.filter(operator=run.operator_id, pk__lt=run.pk).order_by("-pk").first()
    return earlier is not None and earlier.state == RunState.LOST


def _under_way(operator: Operator) -> SyncUnderWay:
    run = SyncRun.objects.filter(operator=operator, state=RunState.RUNNING).first()
    if run is None:
        return SyncUnderWay(f"The catalogue of {operator.name} was being synchronised at the same moment.")
    since = f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"
    return SyncUnderWay(f"The catalogue of {operator.name} is being synchronised already, by {run.by} since {since}.")
