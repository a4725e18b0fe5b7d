"""The catalogue is kept in step with what platforms list, one run of an operator at a time."""

import logging
from datetime import datetime, timedelta

from django.db import Error

from catalog.models import RunState, SyncRun
from catalog.selectors.runs import find_newest_told
from catalog.services.differences import apply_catalogue
from catalog.services.failures import describe_failure
from catalog.services.fetching import Fetcher, find_fetcher
from catalog.services.heartbeat import Progress, beating
from catalog.services.runs import RunWasLost, claim_run, fail_run, renew_connection
from operators.models import Operator
from operators.platforms.base import PlatformFailure
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry

logger = logging.getLogger(__name__)


class NotHeld(Refusal):
    """The run does not wait for anybody's yes, or a later one has taken its place."""

    code = "not_held"


def sync_catalog(
    *,
    operator: Operator,
    by: str,
    now: datetime,
    dry_run: bool = False,
    agreed_gone: int | None = None,
    task_ref: str = "",
) -> SyncRun:
    """Fetch what an operator's platform lists and write what differs; our own switches and words stay as they are.

    What is no longer listed is marked gone, unless rows of that list could not be read. A list that is empty or a fifth
    shorter is held for a person's yes. Where the platform fails, the catalogue is as it was and the run says why.

    :param dry_run: only the differences are noted, for a person to see.
    :param agreed_gone: how many rows a person agreed to lose; good for one time, while the catalogue waits for it.
    :param task_ref: the background task that runs this; when it comes back, it may take over from itself.
    :returns: the run as it ended.
    :raises Refusal: CatalogueNotOffered, SyncUnderWay, WorkersDied; no run is made.
    """
    fetch = find_fetcher(operator)
    run = claim_run(operator=operator, by=by, now=now, dry_run=dry_run, agreed_gone=agreed_gone, task_ref=task_ref)
    progress = Progress()
    with beating(run.pk, progress):
        _carry_out(run, fetch, progress, now)
    run.refresh_from_db()
    return run


def _carry_out(run: SyncRun, fetch: Fetcher, progress: Progress, now: datetime) -> None:
    try:
        fetched = fetch(run.operator, progress, now)
        renew_connection()
        apply_catalogue(run, fetched, progress, now)
    except PlatformFailure as failure:
        fail_run(run, progress, code=failure.code, error=describe_failure(failure, progress.phase))
    except RunWasLost as lost:
        logger.warning("nothing of it was written: %s", lost)
    except BaseException as fault:
        told = str(fault).partition("\n")[0]
        error = f"{progress.phase}: {type(fault).__name__}: {told}. The catalogue is as it was."
        ours = fail_run(run, progress, code=type(fault).__name__, error=error)
        # Who declares a run lost ends its transaction.
        if ours or not isinstance(fault, Error):
            raise


def agree_to_shrink(*, run: SyncRun, by: str) -> int:
    """Agree that the rows go which a held run found missing; returns how many, for a new run to be allowed as many.

    :raises NotHeld:
    """
    newest = find_newest_told(run.operator_id)
    if newest is None or newest.pk != run.pk or newest.state != RunState.HELD:
        raise NotHeld("This run waits for nobody: look at the operator's newest one.")
    write_audit_entry(by=by, action="agree_to_shrink", subject=run, details={"gone": run.gone})
    return run.gone


def purge_previews(*, now: datetime, days: int = 7) -> int:
    """Delete runs that changed nothing but were shown, or held, so many days ago, with their differences."""
    shown = SyncRun.objects.filter(state__in=[RunState.PREVIEWED, RunState.HELD])
    deleted, _by_model = shown.filter(ended_at__lt=now - timedelta(days=days)).delete()
    return deleted
