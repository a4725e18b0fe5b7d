"""What `/metrics` tells of the schedule: each entry by itself, also where several have the same task."""

from datetime import timedelta

import pytest
from django_celery_beat.models import PeriodicTask

from config.facts import list_task_facts
from operators.models import EntryStanding
from operators.services.schedule import add_schedule_entry, note_failure, note_start, note_success
from tests.operators.making import NOW, STAFF

pytestmark = pytest.mark.django_db

TASK = "catalog.sync_catalog"


def samples(metric: str) -> dict[tuple[str, str], float]:
    """A metric's samples by task and entry; one that is there twice is a fault of its own."""
    found = [
        ((sample.labels["task"], sample.labels["entry"]), sample.value)
        for family in list_task_facts(NOW)
        for sample in family.samples
        if sample.name == metric
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_two_entries_of_one_task_are_told_apart() -> None:
    PeriodicTask.objects.all().delete()
    for name, operator in (("Harbour", 3), ("Lighthouse", 7)):
        add_schedule_entry(name=name, task=TASK, arguments={"operator_id": operator}, seconds=600, by=STAFF)
    EntryStanding.objects.update(expected_since=NOW - timedelta(hours=1))
    note_start(entry="Harbour", at=NOW - timedelta(seconds=90))
    note_success(entry="Harbour", at=NOW - timedelta(seconds=60), seconds=1)
    assert samples("task_late") == {(TASK, "Harbour"): 0, (TASK, "Lighthouse"): 1}
    assert samples("task_age_seconds") == {(TASK, "Harbour"): 60}
    note_failure(entry="Lighthouse", at=NOW, error=RuntimeError("no room"))
    assert samples("task_failed") == {(TASK, "Harbour"): 0, (TASK, "Lighthouse"): 1}
