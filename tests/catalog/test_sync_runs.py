"""One synchronisation of an operator at a time, seen from outside while it runs, and void once it is declared lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from catalog.models import Game, RunState, SyncRun
from catalog.services import SyncUnderWay, WorkersDied, heartbeat
from catalog.services.runs import claim_run
from dev.processes import wait_until
from operators.models import Operator
from operators.services import suspend_operator, write_audit_entry
from tests.catalog.lists import LATER, LOBBIES, Lists, changes_of, listings, row, rows, sync
from tests.concurrency.at_once import at_once
from tests.databases import open_instead, postgres_url, scratch_database
from tests.operators.making import NOW, STAFF, make_casino, make_operator

Start = Callable[..., "Future[SyncRun]"]


@pytest.fixture
def kept(committed_db: None, lists: Lists, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """An account at the stub that other connections see, too; the heart beats fast.

    It is suspended in the end, so that no later test has it synchronised with a stub that is no more.
    """
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.02)
    operator = make_operator(make_casino(), api_host=lists.stub.url)
    yield operator
    suspend_operator(operator=operator, by=STAFF)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a synchronisation in a thread of its own."""
    with ThreadPoolExecutor(2) as pool:

        def submit(operator: Operator, **more: Any) -> "Future[SyncRun]":
            def run() -> SyncRun:
                try:
                    return sync(operator, **more)
                finally:
                    connection.close()

            return pool.submit(run)

        yield submit


@contextmanager
def held(lists: Lists, path: str) -> Iterator[None]:
    """Until the end of the block, the first to ask for a list gets no answer; what it gets then was laid before."""
    free, take, first = threading.Event(), lists.stub.take, threading.Lock()

    def take_later(asked: str) -> Any:
        if asked != path or not first.acquire(blocking=False):
            return take(asked)
        answer = take(asked)
        free.wait(20)
        return answer

    lists.stub.take = take_later  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        free.set()
        lists.stub.take = take  # type: ignore[method-assign]


@contextmanager
def locked(operator: Operator, game_ref: str) -> Iterator[None]:
    """A game's row, locked by another until the end of the block."""
    with psycopg.connect(postgres_url()) as other:
        query = "SELECT id FROM catalog_game WHERE operator_id = %s AND game_ref = %s FOR UPDATE"
        other.execute(query, [operator.pk, game_ref])
        yield


def wait_for(operator: Operator, **facts: object) -> SyncRun:
    """The operator's run, once it is as described."""
    runs = SyncRun.objects.filter(operator=operator, **facts).order_by("-pk")
    assert wait_until(runs.exists, seconds=10, pause=0.01), list(operator.sync_runs.order_by("pk").values())
    return runs[0]


def backends_of(phase: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ~ %s", [phase])
        return [pid for (pid,) in cursor.fetchall() if pid != connection.connection.info.backend_pid]


def backends_waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return len(cursor.fetchall())


def test_a_second_run_is_refused_and_told_whose_the_first_is(lists: Lists, kept: Operator, start: Start) -> None:
    lists.lay(rows())
    with held(lists, LOBBIES):
        first = start(kept, by=STAFF)
        wait_for(kept, state=RunState.RUNNING)
        with pytest.raises(SyncUnderWay) as refusal:
            sync(kept)
        assert str(refusal.value).endswith(
            "is being synchronised already, by staff:anna since 2026-11-20 12:00:00 UTC."
        )
    assert first.result(10).state == RunState.APPLIED
    assert sync(kept).state == RunState.UNCHANGED
    assert [run.by for run in kept.sync_runs.order_by("pk")] == [STAFF, "celery"]


def claim(operator: Operator, url: str = "") -> str:
    """Claim a run, in another database where one is named; answers what came of it."""
    facts: dict[str, Any] = {"by": STAFF, "now": NOW, "dry_run": False, "agreed_gone": None, "task_ref": ""}
    with open_instead(url or postgres_url()):
        try:
            claim_run(operator=operator, **facts)
        except SyncUnderWay as refusal:
            return refusal.code
    return "claimed"


def test_of_many_who_begin_at_once_one_runs(kept: Operator) -> None:
    outcomes = at_once([lambda: claim(kept)] * 8)
    assert sorted(outcomes) == ["claimed"] + ["sync_under_way"] * 7
    assert kept.sync_runs.filter(state=RunState.RUNNING).count() == 1


def test_control_without_the_index_all_would_run(committed_db: None) -> None:
    with scratch_database() as url:
        with open_instead(url):
            operator = make_operator(make_casino())
            connection.cursor().execute("DROP INDEX catalog_syncrun_one_running")
        assert at_once([lambda: claim(operator, url)] * 8) == ["claimed"] * 8


def test_progress_is_seen_from_outside_while_the_platform_is_asked(lists: Lists, kept: Operator, start: Start) -> None:
    lists.lay(rows())
    with held(lists, LOBBIES):
        running = start(kept)
        seen = wait_for(kept, phase="Fetching lobbies")
        assert (seen.state, seen.ended_at) == (RunState.RUNNING, None)
        wait_for(kept, heartbeat_at__gt=seen.heartbeat_at)
    done = running.result(10)
    assert (done.state, done.phase, done.progress_total) == (RunState.APPLIED, "", 0)
    assert [thread.name for thread in threading.enumerate() if "heartbeat" in thread.name] == []


def test_progress_is_seen_from_outside_while_the_transaction_writes(lists: Lists, kept: Operator, start: Start) -> None:
    lists.lay(rows())
    sync(kept)
    lists.lay(rows(_3={"title": "Renamed"}))
    with locked(kept, "3"):
        running = start(kept, now=LATER)
        seen = wait_for(kept, phase="Writing")
        wait_for(kept, heartbeat_at__gt=seen.heartbeat_at)
        assert Game.objects.get(operator=kept, game_ref="3").title == "Game 3"
    assert running.result(10).state == RunState.APPLIED
    assert Game.objects.get(operator=kept, game_ref="3").title == "Renamed"


def leave_behind(operator: Operator, **facts: Any) -> SyncRun:
    """A run whose worker has died."""
    moment = {"started_at": NOW, "heartbeat_at": NOW}
    return SyncRun.objects.create(operator=operator, by="celery", **{**moment, **facts})


@pytest.mark.django_db
def test_a_run_without_a_sign_of_life_is_declared_lost(lists: Lists, operator: Operator) -> None:
    dead = leave_behind(operator, heartbeat_at=NOW - timedelta(days=900))
    lists.lay(rows())
    assert sync(operator).state == RunState.APPLIED
    dead.refresh_from_db()
    assert (dead.state, dead.error_code, dead.ended_at) == (RunState.LOST, "LOST", NOW)
    assert dead.error == (
        "It gave no sign of life for more than 60 seconds: its worker has died, or lost the database."
        " Nothing of it was applied."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "state"), [(50, RunState.RUNNING), (70, RunState.LOST)])
def test_a_minute_of_silence_decides(lists: Lists, operator: Operator, seconds: int, state: str) -> None:
    run = leave_behind(operator)
    with connection.cursor() as cursor:
        silence = (
            "UPDATE catalog_syncrun SET heartbeat_at = clock_timestamp() - make_interval(secs => %s) WHERE id = %s"
        )
        cursor.execute(silence, [seconds, run.pk])
    lists.lay(rows())
    if state == RunState.RUNNING:
        with pytest.raises(SyncUnderWay):
            sync(operator)
    else:
        sync(operator)
    run.refresh_from_db()
    assert run.state == state


@pytest.mark.django_db
def test_a_task_that_comes_back_takes_over_at_once(lists: Lists, operator: Operator) -> None:
    alive = NOW + timedelta(days=900)
    dead = leave_behind(operator, heartbeat_at=alive, task_ref="task-1")
    lists.lay(rows())
    with pytest.raises(SyncUnderWay):
        sync(operator, task_ref="task-2")
    assert sync(operator, task_ref="task-1").state == RunState.APPLIED
    dead.refresh_from_db()
    assert (dead.state, dead.error_code) == (RunState.LOST, "LOST")
    assert dead.error.startswith("Its worker has died: the task came back and was started anew.")


@pytest.mark.django_db
def test_a_task_that_workers_keep_dying_of_is_left_to_the_schedule(lists: Lists, operator: Operator) -> None:
    for _time in range(3):
        leave_behind(operator, state=RunState.LOST, ended_at=NOW, task_ref="task-1")
    last = leave_behind(operator, heartbeat_at=NOW + timedelta(days=900), task_ref="task-1")
    lists.lay(rows())
    with pytest.raises(WorkersDied, match="4 workers have died"):
        sync(operator, task_ref="task-1")
    last.refresh_from_db()
    assert (last.state, operator.sync_runs.count()) == (RunState.LOST, 4)
    assert sync(operator, task_ref="task-2").state == RunState.APPLIED


def test_a_lost_run_that_is_still_fetching_writes_nothing(lists: Lists, kept: Operator, start: Start) -> None:
    lists.lay(rows(range(1, 21)))
    with held(lists, LOBBIES):
        zombie = start(kept, task_ref="task-1")
        wait_for(kept, phase="Fetching lobbies")
        lists.lay(rows())
        second = sync(kept, task_ref="task-1")
    assert second.state == RunState.APPLIED
    lost = zombie.result(10)
    assert (lost.state, lost.error_code, lost.added, changes_of(lost)) == (RunState.LOST, "LOST", 0, [])
    assert listings(kept) == {str(number): "listed" for number in range(1, 11)}


def test_a_lost_run_that_is_already_writing_takes_it_all_back(lists: Lists, kept: Operator, start: Start) -> None:
    lists.lay(rows())
    sync(kept)
    lists.lay(rows(range(1, 13), _3={"title": "Of the zombie"}))
    with locked(kept, "3"):
        zombie = start(kept, task_ref="task-1")
        wait_for(kept, phase="Writing", task_ref="task-1")
        lists.lay(rows(_3={"title": "Of the second"}))
        second = start(kept, task_ref="task-1")
        wait_for(kept, task_ref="task-1", state=RunState.LOST)
    assert (zombie.result(10).state, second.result(10).state) == (RunState.LOST, RunState.APPLIED)
    assert changes_of(zombie.result()) == []
    assert Game.objects.get(operator=kept, game_ref="3").title == "Of the second"
    assert listings(kept).keys() == {str(number) for number in range(1, 11)}


def test_a_lost_run_that_is_frozen_keeps_no_lock(
    lists: Lists, kept: Operator, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists.lay(rows())
    sync(kept)
    lists.lay(rows(range(1, 13), _3={"title": "Of the zombie"}))
    frozen, wake = threading.Event(), threading.Event()

    def freeze(**facts: Any) -> None:
        if not frozen.is_set():
            frozen.set()
            wake.wait(20)
        write_audit_entry(**facts)

    monkeypatch.setattr("catalog.services.differences.write_audit_entry", freeze)
    zombie = start(kept, task_ref="task-1")
    assert frozen.wait(10)
    lists.lay(rows(_3={"title": "Of the second"}))
    assert start(kept, task_ref="task-1").result(10).state == RunState.APPLIED
    wake.set()
    lost = zombie.result(10)
    assert (lost.state, lost.error_code, changes_of(lost)) == (RunState.LOST, "LOST", [])
    assert Game.objects.get(operator=kept, game_ref="3").title == "Of the second"
    assert len(listings(kept)) == 10


def test_a_frozen_run_lets_go_of_its_locks_by_itself(lists: Lists, operator: Operator, db: None) -> None:
    lists.lay(rows())
    sync(operator)
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)


def test_vendors_that_go_are_locked_in_the_order_of_staffs_switches(lists: Lists, kept: Operator, start: Start) -> None:
    # The older one's name comes later: who takes them by name takes them crosswise.
    vendors = ["zephyr", *(f"vendor{number}" for number in range(8)), "aquilo"]
    listed = [row(number, vendor=vendor) for number, vendor in enumerate(vendors, 1)]
    for count in (1, len(vendors)):
        lists.lay(listed[:count])
        sync(kept)
    older, younger = (kept.vendors.get(vendor_ref=ref).pk for ref in ("zephyr", "aquilo"))
    lists.lay(listed[1:-1])
    with psycopg.connect(postgres_url()) as staff:
        lock = "SELECT id FROM catalog_vendor WHERE id = %s FOR NO KEY UPDATE"
        staff.execute(lock, [older])
        running = start(kept)
        wait_for(kept, phase="Writing")
        assert wait_until(lambda: backends_waiting_for_locks() == 1, seconds=10)
        staff.execute(lock, [younger])
    assert running.result(10).state == RunState.APPLIED
    assert older < younger


def test_a_connection_that_breaks_while_the_platform_is_asked_is_made_anew(
    lists: Lists, kept: Operator, start: Start
) -> None:
    lists.lay(rows())
    with held(lists, LOBBIES):
        running = start(kept)
        wait_for(kept, phase="Fetching lobbies")
        (backend,) = backends_of('^SELECT "catalog_syncrun"')
        connection.cursor().execute("SELECT pg_terminate_backend(%s)", [backend])
    assert running.result(10).state == RunState.APPLIED


def test_a_run_that_loses_the_database_says_so_and_leaves_nothing(lists: Lists, kept: Operator, start: Start) -> None:
    lists.lay(rows())
    sync(kept)
    lists.lay(rows(range(1, 13), _3={"title": "Renamed"}))
    with locked(kept, "3"):
        running = start(kept)
        wait_for(kept, phase="Writing")
        (backend,) = backends_of("^SELECT catalog_write_games")
        connection.cursor().execute("SELECT pg_terminate_backend(%s)", [backend])
        with pytest.raises(OperationalError):
            running.result(10)
    run = kept.sync_runs.order_by("-pk")[0]
    assert (run.state, run.error_code) == (RunState.FAILED, "OperationalError")
    assert run.error.startswith("Writing: OperationalError: ")
    assert listings(kept).keys() == {str(number) for number in range(1, 11)}
    assert sync(kept).added == 2


BROKEN = """
CREATE OR REPLACE FUNCTION catalog_write_games(_operator_id bigint, _at timestamptz) RETURNS void LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'out of order'; END; $$
"""


@pytest.mark.django_db
def test_a_fault_of_our_own_is_written_down_and_raised(lists: Lists, operator: Operator) -> None:
    connection.cursor().execute(BROKEN)
    lists.lay(rows())
    with pytest.raises(Exception, match="out of order") as fault:
        sync(operator)
    run = operator.sync_runs.get()
    assert (run.state, run.error_code) == (RunState.FAILED, type(fault.value).__name__)
    assert run.error.startswith(f"Writing: {type(fault.value).__name__}: out of order")
    assert (listings(operator), changes_of(run)) == ({}, [])
