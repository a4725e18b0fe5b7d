"""The task in a real Celery worker on a real Redis, killed in the middle: nothing half done, and it ends well."""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
import pytest
from django.db import connection

from catalog import tasks
from catalog.models import Change, Game, RunState, SyncRun
from operators.models import Operator
from operators.services import suspend_operator
from tests.broker import take_tasks
from tests.catalog.lists import LOBBIES, Lists, listings, rows, sync
from tests.catalog.test_sync_runs import held, locked, wait_for
from tests.celery_processes import running_worker
from tests.operators.making import STAFF, make_casino, make_operator
from tests.servers import choose_options, environment_for

pytestmark = pytest.mark.live


def worker(log: Path) -> AbstractContextManager[psutil.Process]:
    """A Celery worker with one child, killed at the end of the block, if it lives so long."""
    return running_worker(environment_for(choose_options(wallet_workers=1)), log)


@pytest.fixture
def kept(committed_db: None, lists: Lists) -> Iterator[Operator]:
    """An account at the stub with ten games, which the worker sees, too; no other task waits for a worker."""
    take_tasks()
    operator = make_operator(make_casino(), api_host=lists.stub.url)
    lists.lay(rows())
    sync(operator)
    yield operator
    suspend_operator(operator=operator, by=STAFF)


def ask_by_beat(task: str) -> None:
    tasks.sync_catalog.app.send_task(task)


def make_silent(run: SyncRun) -> None:
    """As if it were a minute later."""
    with connection.cursor() as cursor:
        silence = "UPDATE catalog_syncrun SET heartbeat_at = heartbeat_at - interval '61 s' WHERE id = %s"
        cursor.execute(silence, [run.pk])


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(lists: Lists, kept: Operator, tmp_path: Path) -> None:
    lists.lay(rows(range(1, 13), _3={"title": "Renamed"}))
    with worker(tmp_path / "worker.log") as first, locked(kept, "3"):
        with held(lists, LOBBIES):
            task = tasks.sync_catalog.delay(kept.pk, by=STAFF)
            fetching = wait_for(kept, phase="Fetching lobbies")
            assert (fetching.task_ref, fetching.by) == (task.id, STAFF)
            (child,) = first.children()
            child.kill()
            writing = wait_for(kept, phase="Writing")
        assert (writing.pk != fetching.pk, writing.task_ref, writing.by) == (True, task.id, STAFF)
        lost = SyncRun.objects.get(pk=fetching.pk)
        assert (lost.state, lost.error_code) == (RunState.LOST, "LOST")
        assert lost.error.startswith("Its worker has died: the task came back")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
    assert SyncRun.objects.get(pk=writing.pk).state == RunState.RUNNING
    assert Game.objects.get(operator=kept, game_ref="3").title == "Game 3"
    assert len(listings(kept)) == 10
    assert not Change.objects.filter(run__in=[fetching, writing]).exists()

    make_silent(writing)
    with worker(tmp_path / "second.log"):
        ask_by_beat("catalog.resume_syncs")
        assert SyncRun.objects.get(pk=wait_for(kept, pk=writing.pk, state=RunState.LOST).pk).added == 0
    # Two in a row were lost: only the schedule asks for a third.
    assert kept.sync_runs.count() == 3


def test_what_a_dead_worker_was_at_is_resumed(lists: Lists, kept: Operator, tmp_path: Path) -> None:
    lists.lay(rows(range(1, 13)))
    with worker(tmp_path / "worker.log") as first, held(lists, LOBBIES):
        tasks.sync_catalog.delay(kept.pk, by=STAFF)
        broken = wait_for(kept, phase="Fetching lobbies")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
    make_silent(broken)
    with worker(tmp_path / "second.log"):
        ask_by_beat("catalog.resume_syncs")
        done = wait_for(kept, state=RunState.APPLIED, by=STAFF)
    assert (done.added, done.task_ref != broken.task_ref, len(listings(kept))) == (2, True, 12)
    assert SyncRun.objects.get(pk=broken.pk).state == RunState.LOST


def test_beat_has_every_operator_synchronised(lists: Lists, kept: Operator, tmp_path: Path) -> None:
    lists.lay(rows(_3={"title": "Renamed"}))
    with worker(tmp_path / "worker.log"):
        ask_by_beat("catalog.sync_catalogs")
        done = wait_for(kept, state=RunState.APPLIED, changed=1)
    assert (done.by, done.task_ref != "") == ("celery", True)
