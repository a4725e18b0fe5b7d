"""A worker process killed with SIGKILL between two steps: what it may have sent is asked about, never sent again."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import psutil
import pytest
from django.db import connection
from pytest_django import Settings

from dev.options import ROOT
from dev.processes import wait_until
from operators.platforms.agent import make_username
from operators.services.connections import connect_agent
from tests.databases import postgres_url
from tests.operators.conftest import Misbehave
from tests.operators.making import STAFF
from tests.sandbox.platform_process import PlatformProcess
from tests.wallet.at_agent import AtAgent
from wallet.models import WaitingCall
from wallet.services.agent_calls import DEPOSIT, transfer_lane
from wallet.services.waiting_calls import LEASE, make_due_calls, queue_call

pytestmark = pytest.mark.live

SWEEP = """
import django
django.setup()
from wallet.tasks import make_waiting_calls
make_waiting_calls()
"""


class Bench:
    """A deposit of 25.00 that waits, committed for other processes to see."""

    def __init__(self, sandbox: PlatformProcess) -> None:
        self.agent = AtAgent(sandbox)
        self.agent.operator.settings = {"shouldWeDelay": True}
        self.agent.operator.save()
        self.username = make_username("olga")
        now = datetime.now(UTC)
        with connect_agent(self.agent.operator, now=now) as client:
            client.create_player(self.username)
        self.call = queue_call(
            operator=self.agent.operator,
            kind=DEPOSIT,
            reference="payment-1",
            arguments={"username": self.username, "currency": "EUR", "amount": "25"},
            lane=transfer_lane(self.username, "EUR"),
            by=STAFF,
            now=now,
        )

    def state(self) -> tuple[str, bool]:
        self.call.refresh_from_db()
        return self.call.state, self.call.may_have_left

    def balance(self) -> Decimal | int:
        with connect_agent(self.agent.operator, now=datetime.now(UTC)) as client:
            return client.get_player_balance(self.username, currency="EUR").balance

    def kill_worker_when(self, due: Callable[[], bool]) -> None:
        """Start a worker, and kill it at the moment."""
        here = {"DATABASE_URL": postgres_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment = os.environ | here | {"PLATFORM_PRIVATE_HOSTS_ALLOWED": "true"}
        worker = psutil.Popen([sys.executable, "-c", SWEEP], env=environment, cwd=ROOT)
        try:
            assert wait_until(due, seconds=30, pause=0.02)
        finally:
            worker.kill()
            worker.wait(10)

    def sweep_after_the_lease(self) -> None:
        make_due_calls(now=datetime.now(UTC) + 2 * LEASE)


@pytest.fixture
def bench(committed_db: None, sandbox: PlatformProcess, settings: Settings) -> Iterator[Bench]:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    bench = Bench(sandbox)
    yield bench
    WaitingCall.objects.filter(pk=bench.call.pk).delete()
    connection.close()


def test_worker_killed_while_the_platform_does_it(bench: Bench, misbehave: Misbehave) -> None:
    misbehave("agent", "deposit", "late", seconds=4)
    bench.kill_worker_when(lambda: bench.balance() == 25)
    assert bench.state() == ("sending", True)
    bench.sweep_after_the_lease()
    assert (bench.state(), bench.balance()) == (("done", True), 25)
    assert (bench.call.attempts, bench.call.polls) == (1, 1)


def test_worker_killed_before_it_sends_anything(bench: Bench, misbehave: Misbehave) -> None:
    misbehave("agent", "getPlayerBalance", "slow", seconds=4)
    bench.kill_worker_when(lambda: bench.state()[0] == "sending")
    assert bench.state() == ("sending", False)
    bench.sweep_after_the_lease()
    assert (bench.state(), bench.balance()) == (("done", True), 25)
    assert (bench.call.attempts, bench.call.polls) == (2, 0)
