"""Synchronisations as they stand in the table, at times of the test's choosing, and the changes that they found."""

from datetime import timedelta
from typing import Any

from catalog.models import Change, ChangeKind, RunState, Subject, SyncRun
from operators.models import Operator
from tests.admin.house import ago

NOTHING_FOUND = {"added": 0, "changed": 0, "gone": 0, "back": 0, "resolved": 0, "unreadable": 0}


def make_run(operator: Operator, state: RunState = RunState.APPLIED, **facts: Any) -> SyncRun:
    """A run that started 90 seconds ago, and ended after 5.2 seconds unless it is running."""
    started_at = facts.pop("started_at", ago(seconds=90))
    ended_at = None if state == RunState.RUNNING else started_at + timedelta(seconds=5.2)
    usual = {"by": "celery", "started_at": started_at, "heartbeat_at": ago(seconds=1), "ended_at": ended_at}
    return SyncRun.objects.create(operator=operator, state=state, **(usual | facts))


def count_rows(listed: int, fetched: int, *, shrinks: bool = False, **found: int) -> dict[str, Any]:
    """What a run's `counts` say of one kind of row."""
    return {**NOTHING_FOUND, "listed": listed, "fetched": fetched, "shrinks": shrinks, **found}


def make_change(run: SyncRun, kind: ChangeKind, ref: str, subject: Subject = Subject.GAME, **facts: Any) -> Change:
    usual = {"operator": run.operator, "at": run.started_at, "title": f"Game {ref}"}
    return Change.objects.create(run=run, kind=kind, subject=subject, ref=ref, **(usual | facts))


def make_held_run(operator: Operator, **facts: Any) -> SyncRun:
    """A run that found 3 of 10 games gone and a new one, and waits for a person."""
    counts = {"game": count_rows(10, 8, shrinks=True, added=1, gone=3), "lobby": count_rows(2, 2)}
    run = make_run(operator, RunState.HELD, fetched=10, added=1, gone=3, counts=counts, **facts)
    make_change(run, ChangeKind.NEW, "11", after={"vendor": "aurora", "rtp": 96.5})
    for ref in ("1", "2", "3"):
        make_change(run, ChangeKind.GONE, ref)
    return run
