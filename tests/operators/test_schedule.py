"""The schedule's usual entries, when they are due and late, and the note that each task leaves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from config.celery import app
from operators.models import AuditEntry, EntryStanding
from operators.selectors.schedule import GRACE, Scheduled, describe_schedule, due_after, list_scheduled
from operators.services.schedule import (
    ScheduleNameTaken,
    add_schedule_entry,
    change_schedule,
    note_failure,
    note_start,
    note_success,
    run_entry,
)
from operators.services.workers import WorkersOutOfReach
from operators.tasks import purge_exchanges
from tests.broker import TakeTasks
from tests.operators.making import NOW, STAFF

pytestmark = pytest.mark.django_db

USUAL = {
    "Verify the ledger": ("wallet.verify_ledger", "At 03:10 (UTC)"),
    "Make the ledger's coming partitions": ("wallet.create_coming_partitions", "At 01:30 (UTC)"),
    "Purge the exchange log": ("operators.purge_exchanges", "At 20 minutes past the hour (UTC)"),
    "Sync the catalogue": ("catalog.sync_catalogs", "At 5 minutes past the hour (UTC)"),
    "Purge previews of the catalogue": ("catalog.purge_previews", "At 04:40 (UTC)"),
    "Settle what was left in doubt": ("wallet.settle_pending", "Every minute"),
    "Resume synchronisations that broke off": ("catalog.resume_syncs", "Every minute"),
    "Close old rounds": ("wallet.close_old_rounds", "Every 5 minutes"),
    "Make the calls that wait": ("wallet.make_waiting_calls", "Every 15 seconds"),
    "Purge launch pages": ("wallet.purge_launch_pages", "Every 5 minutes"),
    "Expire requests": ("wallet.expire_requests", "Every 5 minutes"),
    "Sum the quarters of an hour that are over": ("wallet.sum_quarters", "Every 5 minutes"),
}


def entry_of(name: str) -> PeriodicTask:
    return PeriodicTask.objects.get(name=name)


def scheduled(name: str, now: datetime) -> Scheduled:
    return next(each for each in list_scheduled(now) if each.entry.name == name)


def test_the_migrations_make_the_usual_schedule() -> None:
    found = {each.entry.name: (each.entry.task, each.when) for each in list_scheduled(NOW)}
    assert found == USUAL
    assert all(entry.enabled for entry in PeriodicTask.objects.all())


def test_every_entry_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert {task for task, _ in USUAL.values()} - set(app.tasks) == set()


def test_beat_reads_the_entries_from_the_database() -> None:
    assert app.conf.beat_scheduler == "django_celery_beat.schedulers:DatabaseScheduler"
    # Those at a fixed hour are read when that hour is near.
    hourly = {name for name, (_, when) in USUAL.items() if not when.startswith("At 0")}
    assert hourly <= set(DatabaseScheduler(app, lazy=True).all_as_schedule()) <= set(USUAL)


@pytest.mark.parametrize(
    ("name", "at", "due"),
    [
        ("Verify the ledger", datetime(2026, 11, 20, 3, 11, tzinfo=UTC), datetime(2026, 11, 21, 3, 10, tzinfo=UTC)),
        ("Verify the ledger", datetime(2026, 11, 20, 2, 0, tzinfo=UTC), datetime(2026, 11, 20, 3, 10, tzinfo=UTC)),
        ("Sync the catalogue", datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 21, 0, 5, tzinfo=UTC)),
        ("Settle what was left in doubt", NOW, NOW + timedelta(seconds=60)),
    ],
)
def test_an_entry_is_due_after_its_last_run(name: str, at: datetime, due: datetime) -> None:
    assert due_after(entry_of(name), at).replace(second=0, microsecond=0) == due


def test_a_crontab_counts_by_its_own_clock() -> None:
    entry = change_schedule(
        entry=entry_of("Verify the ledger"), enabled=True, crontab="10 3 * * *", zone="Europe/Berlin", by=STAFF
    )
    assert due_after(entry, NOW).replace(second=0, microsecond=0) == datetime(2026, 11, 21, 2, 10, tzinfo=UTC)


def expect_since(name: str, at: datetime) -> None:
    EntryStanding.objects.filter(entry__name=name).update(expected_since=at)


def test_an_entry_is_late_once_it_was_due_and_has_not_succeeded_again() -> None:
    name = "Settle what was left in doubt"
    PeriodicTask.objects.filter(name=name).update(last_run_at=NOW)
    expect_since(name, NOW - timedelta(days=1))
    note_success(entry=name, at=NOW, seconds=0.25)
    due = NOW + timedelta(seconds=60)
    assert not scheduled(name, due + GRACE).late
    assert scheduled(name, due + GRACE + timedelta(seconds=1)).late
    assert scheduled(name, NOW).next_run_at == due


def test_an_entry_that_never_ran_keeps_the_time_of_its_first_run() -> None:
    name = "Settle what was left in doubt"
    expect_since(name, NOW)
    due = NOW + timedelta(seconds=60)
    assert [scheduled(name, NOW + timedelta(seconds=later)).next_run_at for later in (0, 30, 90)] == [due, due, due]


def test_an_entry_that_is_sent_and_never_succeeds_is_late_from_its_making() -> None:
    name, late = "Settle what was left in doubt", NOW + timedelta(minutes=7)
    expect_since(name, NOW)
    entry = entry_of(name)
    entry.last_run_at = late
    entry.save()  # as beat does whenever it has sent the task: `date_changed` moves on
    assert not scheduled(name, NOW + timedelta(minutes=5)).late
    assert scheduled(name, late).late


def test_a_new_rhythm_is_not_late_from_the_first_moment() -> None:
    entry, long_ago = entry_of("Sync the catalogue"), timezone.now() - timedelta(days=30)
    expect_since(entry.name, long_ago)
    note_success(entry=entry.name, at=long_ago, seconds=1)
    assert scheduled(entry.name, timezone.now()).late
    change_schedule(entry=entry, enabled=True, seconds=600, by=STAFF)
    assert not scheduled(entry.name, timezone.now() + timedelta(minutes=10)).late
    assert scheduled(entry.name, timezone.now() + timedelta(minutes=16)).late


def test_the_usual_entries_are_expected_from_the_migration_on() -> None:
    expected = set(EntryStanding.objects.filter(succeeded_at=None).values_list("entry__name", flat=True))
    assert expected == set(USUAL)


def test_what_is_switched_off_is_neither_due_nor_late() -> None:
    change_schedule(entry=entry_of("Settle what was left in doubt"), enabled=False, seconds=60, by=STAFF)
    found = scheduled("Settle what was left in doubt", timezone.now() + timedelta(days=400))
    assert (found.next_run_at, found.late) == (None, False)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (10, "Every 10 seconds"),
        (90, "Every 90 seconds"),
        (60, "Every minute"),
        (600, "Every 10 minutes"),
        (7_200, "Every 2 hours"),
        (86_400, "Every day"),
    ],
)
def test_a_rhythm_is_said_in_its_largest_unit(seconds: int, words: str) -> None:
    entry = change_schedule(entry=entry_of("Sync the catalogue"), enabled=True, seconds=seconds, by=STAFF)
    assert describe_schedule(entry) == words


def test_a_change_is_audited_and_reaches_beat() -> None:
    entry = entry_of("Sync the catalogue")
    change_schedule(entry=entry, enabled=True, seconds=600, by=STAFF)
    entry.refresh_from_db()
    assert (entry.crontab, entry.interval.every, entry.interval.period) == (None, 600, "seconds")
    audit = AuditEntry.objects.get()
    assert (audit.by, audit.action) == (STAFF, "change_schedule")
    assert audit.details == {"when": {"from": "At 5 minutes past the hour (UTC)", "to": "Every 10 minutes"}}
    assert DatabaseScheduler(app, lazy=True).all_as_schedule()["Sync the catalogue"].schedule.seconds == 600


def test_a_change_to_the_same_leaves_no_audit_entry() -> None:
    change_schedule(entry=entry_of("Sync the catalogue"), enabled=True, crontab="5 * * * *", by=STAFF)
    assert AuditEntry.objects.count() == 0


def test_an_entry_of_its_own_carries_its_arguments() -> None:
    arguments = {"operator_id": 7}
    entry = add_schedule_entry(name="Often", task="catalog.sync_catalog", arguments=arguments, seconds=600, by=STAFF)
    assert (entry.task, entry.kwargs, entry.enabled) == ("catalog.sync_catalog", '{"operator_id": 7}', True)
    audit = AuditEntry.objects.get()
    assert (audit.by, audit.action) == (STAFF, "add_schedule_entry")
    assert audit.details == {
        "task": "catalog.sync_catalog",
        "arguments": arguments,
        "enabled": True,
        "when": "Every 10 minutes",
    }
    with pytest.raises(ScheduleNameTaken):
        add_schedule_entry(name="Often", task="catalog.sync_catalog", arguments={}, crontab="* * * * *", by=STAFF)
    assert PeriodicTask.objects.filter(name="Often").count() == 1


def test_an_entrys_standing_tells_how_it_went_the_last_time() -> None:
    note_start(entry="Sync the catalogue", at=NOW)
    note_failure(entry="Sync the catalogue", at=NOW, error=ValueError("odd\0"))
    standing = EntryStanding.objects.get(entry__name="Sync the catalogue")
    assert (standing.started_at, standing.failed_at, standing.error) == (NOW, NOW, "ValueError: odd")
    later = NOW + timedelta(minutes=1)
    note_success(entry="Sync the catalogue", at=later, seconds=1.2345)
    standing.refresh_from_db()
    assert (standing.succeeded_at, standing.seconds, standing.error) == (later, Decimal("1.234"), "")
    assert standing.failed_at == NOW


def test_what_is_noted_of_an_entry_that_is_gone_is_forgotten() -> None:
    before = EntryStanding.objects.count()
    note_start(entry="Gone", at=NOW)
    assert EntryStanding.objects.count() == before


def run_purge(entry: str) -> EntryStanding:
    """The purge run as beat sends it for an entry."""
    purge_exchanges.apply(headers={"periodic_task_name": entry})
    return EntryStanding.objects.get(entry__name=entry)


def test_a_task_notes_itself_with_the_entry_that_sent_it_alone() -> None:
    other = add_schedule_entry(name="Often", task="operators.purge_exchanges", arguments={}, seconds=60, by=STAFF)
    purge_exchanges.apply()
    assert not EntryStanding.objects.exclude(started_at=None).exists()
    standing = run_purge("Purge the exchange log")
    assert standing.succeeded_at is not None
    assert standing.started_at is not None
    assert standing.error == ""
    assert EntryStanding.objects.get(entry=other).started_at is None


def test_a_task_that_fails_notes_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("operators.tasks.purge", fail)
    assert run_purge("Purge the exchange log").error == "RuntimeError: the disk is full"


def test_an_entry_that_is_run_now_waits_for_a_worker_with_its_arguments(waiting_tasks: TakeTasks) -> None:
    arguments = {"operator_id": 7, "dry_run": True}
    entry = add_schedule_entry(name="Look", task="catalog.sync_catalog", arguments=arguments, seconds=600, by=STAFF)
    run_entry(entry=entry, by=STAFF)
    assert waiting_tasks() == [("catalog.sync_catalog", [], arguments)]
    audit = AuditEntry.objects.latest("pk")
    assert (audit.by, audit.action, audit.details) == (STAFF, "run_scheduled", {"task": "catalog.sync_catalog"})


def test_an_entry_that_reaches_no_worker_is_not_said_to_have_been_run(no_broker: None) -> None:
    with pytest.raises(WorkersOutOfReach) as refused:
        run_entry(entry=entry_of("Purge the exchange log"), by=STAFF)
    assert "Nothing was started: Redis, which carries work to the workers, cannot be reached." in str(refused.value)
    assert AuditEntry.objects.count() == 0
