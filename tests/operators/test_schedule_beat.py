"""Beat for real: it has a real worker do what the database's rows say, and follows them while it runs."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from dev.processes import wait_until
from operators.models import EntryStanding
from operators.services.schedule import add_schedule_entry
from tests.celery_processes import own_redis, running_beat, running_worker
from tests.databases import open_instead, scratch_database
from tests.servers import choose_options, environment_for

pytestmark = pytest.mark.live

TASK = "operators.purge_exchanges"
RARE = "Once a day"
ROUTE = "admin:django_celery_beat_periodictask"


@dataclass
class Beaten:
    """A database whose schedule has an entry that comes every second, kept by a beat and a worker of its own.

    Another entry of the same task comes once a day.
    """

    entry: PeriodicTask
    log: Path
    boss: Client

    @property
    def succeeded_at(self) -> datetime | None:
        return EntryStanding.objects.get(entry=self.entry).succeeded_at

    def runs_again(self, seconds: float) -> bool:
        """Whether a worker succeeds in it once more."""
        before = self.succeeded_at
        return wait_until(lambda: self.succeeded_at != before, seconds=seconds)

    def switch(self, *, on: bool) -> None:
        """Switch it in the admin, and wait until beat has read its rows anew."""
        read = self.times_read()
        asked = {"seconds": "10", "zone": "UTC"} | ({"enabled": "on"} if on else {})
        assert self.boss.post(reverse(f"{ROUTE}_reschedule", args=[self.entry.pk]), asked).status_code == 302
        assert wait_until(lambda: self.times_read() > read, seconds=20), self.log.read_text()

    def times_read(self) -> int:
        return self.log.read_text().count("DatabaseScheduler: Schedule changed.")


@pytest.fixture
def beaten(committed_db: None, tmp_path: Path) -> Iterator[Beaten]:
    with ExitStack() as stack:
        database = stack.enter_context(scratch_database())
        stack.enter_context(open_instead(database))
        PeriodicTask.objects.exclude(task=TASK).delete()
        second = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
        PeriodicTask.objects.filter(task=TASK).update(interval=second, crontab=None)
        boss = Client()
        boss.force_login(User.objects.create_superuser("boss", password="correct horse"))
        entry = PeriodicTask.objects.get()
        add_schedule_entry(name=RARE, task=TASK, arguments={}, seconds=86_400, by="staff:boss")
        servers = {"DATABASE_URL": database, "REDIS_URL": own_redis()}
        environment = environment_for(choose_options(wallet_workers=1), **servers)
        stack.enter_context(running_worker(environment, tmp_path / "worker.log"))
        stack.enter_context(running_beat(environment, tmp_path / "beat.log"))
        yield Beaten(entry, tmp_path / "beat.log", boss)


def test_entry_runs_until_it_is_switched_off_in_the_admin_and_again_when_it_is_on(beaten: Beaten) -> None:
    assert beaten.runs_again(20)
    assert beaten.runs_again(5)
    assert EntryStanding.objects.get(entry__name=RARE).succeeded_at is None
    beaten.switch(on=False)
    beaten.runs_again(1)  # what was sent before may still be under way
    assert not beaten.runs_again(11)  # the form has it come every ten seconds
    beaten.switch(on=True)
    assert beaten.runs_again(25)
