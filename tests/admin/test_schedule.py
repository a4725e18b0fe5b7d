"""The schedule in the admin: how each entry stands, when it runs, and who may have it otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoAssertNumQueries

from operators.models import AuditEntry, EntryStanding
from operators.services.schedule import add_schedule_entry, note_failure, note_success
from tests.admin.house import ago
from tests.admin.reading import words_of
from tests.broker import TakeTasks
from tests.operators.making import STAFF

ROUTE = "admin:django_celery_beat_periodictask"
LIST = reverse(f"{ROUTE}_changelist")
NEW = reverse(f"{ROUTE}_add")
NEITHER_OR_BOTH = "Fill in one of the two: a crontab line, or a number of seconds."


@pytest.fixture
def entry(db: None) -> PeriodicTask:
    """The hourly one."""
    return PeriodicTask.objects.get(name="Sync the catalogue")


def page_of(entry: PeriodicTask, act: str = "change") -> str:
    return reverse(f"{ROUTE}_{act}", args=[entry.pk])


def reschedule(client: Client, entry: PeriodicTask, **asked: str) -> Any:
    return client.post(page_of(entry, "reschedule"), {"zone": "UTC", "enabled": "on"} | asked)


def expect_since(name: str, **back: float) -> None:
    EntryStanding.objects.filter(entry__name=name).update(expected_since=ago(**back))


def test_entries_are_listed_with_how_they_stand(boss: Client, entry: PeriodicTask) -> None:
    note_success(entry=entry.name, at=timezone.now(), seconds=2.5)
    expect_since("Settle what was left in doubt", minutes=10)
    note_failure(entry="Purge the exchange log", at=timezone.now(), error=RuntimeError("no room"))
    PeriodicTask.objects.filter(task="catalog.purge_previews").update(enabled=False)
    shown = {row.name: row for row in boss.get(LIST).context["cl"].result_list}
    assert list(shown) == sorted(shown)
    words = words_of(boss.get(LIST))
    assert "Sync the catalogue At 5 minutes past the hour (UTC)" in words
    assert "2.5 s" in words
    states = {name: state for name in shown if (state := state_in(words, name))}
    assert states["Sync the catalogue"] == "In time"
    assert states["Settle what was left in doubt"] == "Late"
    assert states["Purge the exchange log"] == "Failed"
    assert states["Purge previews of the catalogue"] == "Switched off"


def state_in(words: str, name: str) -> str:
    """The state that stands first after an entry's name."""
    rest = words[words.index(name) :]
    places = {rest.find(state): state for state in ("In time", "Late", "Failed", "Switched off") if state in rest}
    return places[min(places)]


def test_list_asks_the_database_as_often_for_many_entries_as_for_few(
    boss: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss.get(LIST)
    with django_assert_num_queries(5):
        boss.get(LIST)
    for number in range(10):
        add_schedule_entry(name=f"{number}", task="catalog.sync_catalogs", arguments={}, seconds=60, by=STAFF)
    with django_assert_num_queries(5):
        boss.get(LIST)


def test_page_tells_what_a_failure_was_and_what_the_task_is_given(boss: Client, db: None) -> None:
    arguments = {"operator_id": 7}
    entry = add_schedule_entry(name="Often", task="catalog.sync_catalog", arguments=arguments, seconds=600, by=STAFF)
    words = words_of(boss.get(page_of(entry)))
    assert "Often In time Every 10 minutes" in words
    assert "Last success Never" in words
    assert "Last sent by beat Never" in words
    assert 'Arguments {"operator_id": 7}' in words
    note_failure(entry=entry.name, at=timezone.now(), error=RuntimeError("no room"))
    assert "RuntimeError: no room" in words_of(boss.get(page_of(entry)))


def test_page_of_what_is_late_says_so(boss: Client, entry: PeriodicTask) -> None:
    expect_since(entry.name, hours=3)
    assert "Late: it should have succeeded again by now." in words_of(boss.get(page_of(entry)))


def test_next_run_that_is_due_already_comes_soon(boss: Client, entry: PeriodicTask) -> None:
    expect_since(entry.name, hours=3)
    assert "Next run Soon" in words_of(boss.get(page_of(entry)))
    words = words_of(boss.get(LIST))
    assert words[words.index("Sync the catalogue") :].split()[12:14] == ["Soon", "Late"]


def test_form_shows_the_entry_as_it_is(boss: Client, entry: PeriodicTask) -> None:
    assert boss.get(page_of(entry, "reschedule")).context["form"].initial == {
        "crontab": "5 * * * *",
        "seconds": None,
        "zone": "UTC",
        "enabled": True,
    }
    often = PeriodicTask.objects.get(task="wallet.settle_pending")
    assert boss.get(page_of(often, "reschedule")).context["form"].initial == {
        "crontab": "",
        "seconds": 60,
        "zone": "UTC",
        "enabled": True,
    }


def test_entry_is_rescheduled_by_the_clock_of_a_zone(boss: Client, entry: PeriodicTask) -> None:
    answer = reschedule(boss, entry, crontab=" 30 4 * * mon-fri ", zone="Europe/Malta")
    assert answer.headers["Location"] == page_of(entry)
    entry.refresh_from_db()
    crontab = entry.crontab
    assert (crontab.minute, crontab.hour, crontab.day_of_week) == ("30", "4", "mon-fri")
    assert (str(crontab.timezone), entry.interval, entry.enabled) == ("Europe/Malta", None, True)
    audit = AuditEntry.objects.get()
    assert (audit.by, audit.action) == ("staff:boss", "change_schedule")
    assert audit.details == {
        "when": {
            "from": "At 5 minutes past the hour (UTC)",
            "to": "At 04:30, Monday through Friday (Europe/Malta)",
        }
    }


def test_entry_is_rescheduled_by_seconds_and_switched_off(boss: Client, entry: PeriodicTask) -> None:
    answer = boss.post(page_of(entry, "reschedule"), {"seconds": "600", "zone": "UTC"})
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.crontab, entry.interval.every, entry.interval.period) == (None, 600, "seconds")
    assert not entry.enabled
    assert AuditEntry.objects.get().details["enabled"] == {"from": True, "to": False}
    assert "Switched off: it runs only when somebody asks for it here." in words_of(boss.get(page_of(entry)))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, NEITHER_OR_BOTH),
        ({"crontab": "5 * * * *", "seconds": "60"}, NEITHER_OR_BOTH),
        ({"crontab": "5 * * *"}, "Write five parts: minute, hour, day of month, month, day of week; * for any."),
        ({"crontab": "60 * * * *"}, "The minute cannot be “60”: write 0-59"),
        ({"crontab": "* 24 * * *"}, "The hour cannot be “24”: write 0-23"),
        ({"crontab": "* * 0 * *"}, "The day of month cannot be “0”: write 1-31"),
        ({"crontab": "* * * 13 *"}, "The month cannot be “13”: write 1-12"),
        ({"crontab": "* * * * 8"}, "The day of week cannot be “8”: write 0-6 from Sunday on"),
        ({"crontab": "*/0 * * * *"}, "The minute cannot be “*/0”"),
        ({"crontab": "0 0 31 2 *"}, "There is no such day"),
        ({"seconds": "9"}, "Ensure this value is greater than or equal to 10."),
        ({"seconds": "ten"}, "Enter a whole number."),
        ({"crontab": "5 * * * *", "zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone"),
        ({"crontab": "5 * * * *", "zone": ""}, "This field is required."),
    ],
)
def test_rhythm_that_cannot_be_is_refused_in_words(
    boss: Client, entry: PeriodicTask, asked: dict[str, str], words: str
) -> None:
    assert words in words_of(reschedule(boss, entry, **asked))
    entry.refresh_from_db()
    assert (entry.crontab.minute, entry.enabled) == ("5", True)
    assert AuditEntry.objects.count() == 0


def test_task_is_run_now_beside_its_schedule(boss: Client, entry: PeriodicTask, waiting_tasks: TakeTasks) -> None:
    assert "Run “Sync the catalogue” now" in words_of(boss.get(page_of(entry, "run_now")))
    answer = boss.post(page_of(entry, "run_now"), follow=True)
    assert "A worker was asked to run catalog.sync_catalogs." in answer.content.decode()
    assert waiting_tasks() == [("catalog.sync_catalogs", [], {})]
    audit = AuditEntry.objects.get()
    assert (audit.by, audit.action, audit.details) == ("staff:boss", "run_scheduled", {"task": "catalog.sync_catalogs"})


def test_person_is_told_when_no_worker_can_be_reached(boss: Client, entry: PeriodicTask, no_broker: None) -> None:
    assert "Nothing was started: Redis" in words_of(boss.post(page_of(entry, "run_now")))
    assert AuditEntry.objects.count() == 0


def new_entry(**asked: str) -> dict[str, str]:
    usual = {"name": "Often", "task": "catalog.sync_catalog", "arguments": '{"operator_id": 7}', "seconds": "600"}
    return usual | asked


def test_entry_of_its_own_is_scheduled(boss: Client, db: None) -> None:
    assert "catalog.sync_catalog" in words_of(boss.get(NEW))
    answer = boss.post(NEW, new_entry())
    entry = PeriodicTask.objects.get(name="Often")
    assert answer.headers["Location"] == page_of(entry)
    assert (entry.task, entry.kwargs, entry.interval.every) == ("catalog.sync_catalog", '{"operator_id": 7}', 600)
    assert (AuditEntry.objects.get().by, AuditEntry.objects.get().action) == ("staff:boss", "add_schedule_entry")
    assert EntryStanding.objects.get(entry=entry).expected_since > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"name": "Sync the catalogue"}, "The schedule has an entry “Sync the catalogue” already."),
        ({"task": "os.system"}, "Select a valid choice."),
        ({"arguments": "[7]"}, 'Write an object, {"name": value}.'),
        ({"arguments": "{"}, "Enter a valid JSON."),
        ({"arguments": '{"operator": 7}'}, "They do not fit the task:"),
        ({"arguments": ""}, "They do not fit the task:"),
        ({"seconds": ""}, NEITHER_OR_BOTH),
        ({"crontab": "5 * * * *"}, NEITHER_OR_BOTH),
    ],
)
def test_entry_that_cannot_be_is_refused_in_words(boss: Client, db: None, asked: dict[str, str], words: str) -> None:
    before = PeriodicTask.objects.count()
    assert words in words_of(boss.post(NEW, new_entry(**asked)))
    assert PeriodicTask.objects.count() == before
    assert AuditEntry.objects.count() == 0


def test_staff_who_may_only_look_changes_nothing(
    staff: Callable[..., Client], entry: PeriodicTask, waiting_tasks: TakeTasks
) -> None:
    client = staff("django_celery_beat.view_periodictask")
    page = client.get(page_of(entry)).content.decode()
    assert page_of(entry, "reschedule") not in page
    assert page_of(entry, "run_now") not in page
    assert client.post(page_of(entry, "run_now")).status_code == 403
    assert reschedule(client, entry, seconds="60").status_code == 403
    assert client.post(NEW, new_entry()).status_code == 403
    assert waiting_tasks() == []
    entry.refresh_from_db()
    assert entry.crontab.minute == "5"


def test_staff_who_may_change_entries_does(staff: Callable[..., Client], entry: PeriodicTask) -> None:
    client = staff("django_celery_beat.view_periodictask", "django_celery_beat.change_periodictask")
    assert reschedule(client, entry, seconds="60").status_code == 302
    assert client.post(NEW, new_entry()).status_code == 403
    assert AuditEntry.objects.get().by == "staff:anna"
