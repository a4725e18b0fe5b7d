"""The first page: what it says of the background work and of the catalogues that it keeps in step."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoAssertNumQueries

from catalog.models import RunState, SyncRun
from catalog.selectors.runs import list_catalogue_standings
from operators.models import EntryStanding, Operator
from operators.services import suspend_operator
from operators.services.schedule import add_schedule_entry, note_failure, note_success
from tests.admin.house import House, ago
from tests.admin.sync_runs import make_run
from tests.operators.making import STAFF, make_operator

INDEX = reverse("admin:index")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def catalogue_of(client: Client, operator: Operator) -> Any:
    """How the page says that an operator's catalogue stands."""
    shown = client.get(INDEX).context["catalogues"]
    return next(each for each in shown if each["standing"].operator == operator)


def row_of(client: Client, start: str) -> str:
    """The row of a table that begins with these words, with its tags."""
    rows: list[str] = re.findall(r"<tr.*?</tr>", client.get(INDEX).content.decode(), re.DOTALL)
    return next(row for row in rows if words_in(row).startswith(start))


def words_in(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def expect_sync_since(at: datetime) -> None:
    """The schedule's hourly entry, as if it had been there since."""
    EntryStanding.objects.filter(entry__task="catalog.sync_catalogs").update(expected_since=at)


@pytest.fixture
def operator(house: House) -> Operator:
    """An account whose catalogue is kept in step, since yesterday."""
    operator = make_operator(house.casino, name="Harbour")
    Operator.objects.filter(pk=operator.pk).update(created_at=ago(days=1))
    expect_sync_since(ago(days=1))
    return operator


def test_catalogue_that_was_synchronised_in_time_is_in_step(boss: Client, operator: Operator) -> None:
    run = make_run(operator, added=3, started_at=ago(minutes=4, seconds=30))
    PeriodicTask.objects.filter(task="catalog.sync_catalogs").update(last_run_at=timezone.now())
    row = row_of(boss, "Harbour")
    assert "is-bad" not in row
    assert reverse("admin:catalog_syncrun_change", args=[run.pk]) in row
    words = words_in(row)
    assert "4 min ago" in words
    assert "3 new" in words
    assert words.endswith("In step")
    standing = catalogue_of(boss, operator)["standing"]
    assert standing.next_run_at.minute == 5
    assert timezone.now() < standing.next_run_at <= timezone.now() + timedelta(hours=1)


def test_catalogue_is_late_five_minutes_after_its_next_run_was_due(operator: Operator) -> None:
    Operator.objects.filter(pk=operator.pk).update(created_at=NOON - timedelta(days=1))
    expect_sync_since(NOON - timedelta(days=1))
    make_run(operator, RunState.UNCHANGED, started_at=NOON + timedelta(minutes=10))
    due = NOON + timedelta(hours=1, minutes=5)
    ((before,), (after,)) = (list_catalogue_standings(due + timedelta(seconds=late)) for late in (300, 301))
    assert (before.late, after.late) == (False, True)


def test_catalogue_without_a_success_in_time_is_red(boss: Client, operator: Operator) -> None:
    make_run(operator, RunState.UNCHANGED, started_at=ago(hours=2))
    make_run(operator, RunState.PREVIEWED, dry_run=True, started_at=ago(minutes=1))
    row = row_of(boss, "Harbour")
    assert ("is-bad" in row, words_in(row).endswith("Late")) == (True, True)


def test_catalogue_that_never_came_is_red_once_it_should_have(boss: Client, operator: Operator) -> None:
    row = row_of(boss, "Harbour")
    assert ("is-bad" in row, "Never" in words_in(row), "None yet" in words_in(row)) == (True, True, True)
    Operator.objects.filter(pk=operator.pk).update(created_at=timezone.now())
    row = row_of(boss, "Harbour")
    assert ("is-bad" in row, words_in(row).endswith("Not yet")) == (False, True)


@pytest.mark.parametrize(
    ("state", "words"),
    [(RunState.FAILED, "Failed"), (RunState.LOST, "Broken off"), (RunState.HELD, "Waits for a person")],
)
def test_run_that_needs_a_person_is_red_though_the_catalogue_is_not_late(
    boss: Client, operator: Operator, state: RunState, words: str
) -> None:
    make_run(operator, started_at=ago(minutes=2))
    make_run(operator, state, error_code="TIMEOUT", error="No answer in time.")
    row = row_of(boss, "Harbour")
    assert ("is-bad" in row, words_in(row).endswith(words), "No answer in time." in row) == (True, True, True)
    make_run(operator, RunState.UNCHANGED)
    assert "is-bad" not in row_of(boss, "Harbour")


def test_run_whose_worker_is_gone_is_red(boss: Client, operator: Operator) -> None:
    make_run(operator, started_at=ago(minutes=2))
    run = make_run(operator, RunState.RUNNING)
    assert "is-bad" not in row_of(boss, "Harbour")
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=ago(minutes=2))
    row = row_of(boss, "Harbour")
    assert ("is-bad" in row, words_in(row).endswith("Broken off")) == (True, True)


def test_catalogue_follows_the_entries_that_are_for_it(boss: Client, operator: Operator) -> None:
    other = make_operator(operator.casino)
    PeriodicTask.objects.filter(task="catalog.sync_catalogs").update(enabled=False)
    assert "Not scheduled" in words_in(row_of(boss, "Harbour"))
    for name, arguments in (
        ("own", {"operator_id": operator.pk}),
        ("look", {"operator_id": other.pk, "dry_run": True}),
    ):
        add_schedule_entry(name=name, task="catalog.sync_catalog", arguments=arguments, seconds=600, by=STAFF)
    since = ago(hours=1)
    EntryStanding.objects.filter(entry__task="catalog.sync_catalog").update(expected_since=since)
    ours, theirs = (catalogue_of(boss, each)["standing"] for each in (operator, other))
    assert (ours.late, theirs.late, theirs.next_run_at) == (True, False, None)
    assert ours.next_run_at == since + timedelta(minutes=10)
    assert "Never Soon None yet" in words_in(row_of(boss, "Harbour"))


def test_operators_that_take_no_part_have_no_catalogue_to_keep(boss: Client, operator: Operator) -> None:
    suspend_operator(operator=operator, by=STAFF)
    assert boss.get(INDEX).context["catalogues"] == []
    assert "No active operator account has a catalogue yet." in boss.get(INDEX).content.decode()


def test_background_work_that_is_late_or_failed_is_red(boss: Client, db: None) -> None:
    EntryStanding.objects.update(expected_since=timezone.now())
    note_success(entry="Sync the catalogue", at=timezone.now(), seconds=1)
    EntryStanding.objects.filter(entry__task="wallet.settle_pending").update(expected_since=ago(minutes=7))
    note_failure(entry="Purge the exchange log", at=timezone.now(), error=RuntimeError("no room"))
    good, late, failed = (
        row_of(boss, name) for name in ("Sync the catalogue", "Settle what was left in doubt", "Purge the exchange log")
    )
    assert ("is-bad" in good, words_in(good).endswith("In time")) == (False, True)
    assert ("is-bad" in late, words_in(late).endswith("Late")) == (True, True)
    assert ("is-bad" in failed, words_in(failed).endswith("Failed")) == (True, True)


def test_staff_sees_no_background_work_that_they_may_not_see(staff: Callable[..., Client], operator: Operator) -> None:
    page = staff("wallet.view_ledgerrow").get(INDEX)
    assert ("schedule" in page.context, "catalogues" in page.context) == (False, False)
    assert "Background work" not in page.content.decode()


def test_first_page_asks_as_often_for_many_operators_and_entries_as_for_few(
    boss: Client, operator: Operator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_run(operator)
    boss.get(INDEX)
    queries = 25
    with django_assert_num_queries(queries):
        boss.get(INDEX)
    for number in range(5):
        other = make_operator(operator.casino)
        make_run(other)
        make_run(other, RunState.FAILED)
        arguments = {"operator_id": other.pk}
        add_schedule_entry(name=f"{number}", task="catalog.sync_catalog", arguments=arguments, seconds=60, by=STAFF)
    with django_assert_num_queries(queries):
        boss.get(INDEX)
