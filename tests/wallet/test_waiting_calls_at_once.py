"""Calls that wait, between workers: killed ones, slow ones, and several at the same moment."""

import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker, Settings

from operators.platforms.base import Http
from operators.services import connections
from tests.concurrency.at_once import at_once
from tests.databases import open_instead, scratch_database
from tests.operators.conftest import Misbehave
from tests.sandbox.platform_process import PlatformProcess
from tests.wallet.call_desk import MINUTE, SECOND, Desk, hurry, told
from wallet.models import WaitingCall
from wallet.services import call_kinds, waiting_calls
from wallet.services.agent_calls import DEPOSIT
from wallet.services.waiting_calls import (
    LEASE,
    claim_call,
    make_due_calls,
    release_lost_calls,
    step,
)


@pytest.fixture(autouse=True)
def impatient(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(settings, monkeypatch)


@pytest.fixture(scope="module")
def scratch_address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), scratch_database() as address:
        yield address


@pytest.fixture
def scratch(scratch_address: str, committed_db: None) -> str:
    """A database that threads may commit to."""
    return scratch_address


@pytest.fixture
def desk(db: None, sandbox: PlatformProcess) -> Desk:
    return Desk(sandbox)


class TestKilledWorkers:
    """A worker is killed between two steps: what it may have sent is not sent again."""

    def test_one_killed_before_it_sent_anything_is_replaced(self, desk: Desk) -> None:
        call = desk.queue_deposit("25")
        assert claim_call(now=desk.now) == call
        assert told(call)[0] == "sending"
        desk.sweep(LEASE - SECOND)
        assert told(call)[0] == "sending"
        desk.sweep(SECOND * 2)
        assert (told(call), desk.balance()) == (("done", 2, 0, ""), 25)

    @pytest.mark.parametrize("arrived", [True, False])
    def test_one_killed_while_sending_is_asked_about(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, arrived: bool
    ) -> None:
        call = desk.queue_deposit("25")
        kind = call_kinds.KINDS[DEPOSIT]

        def die(call: WaitingCall, now: datetime) -> dict[str, Any]:
            if arrived:
                kind.send(call, now)
            raise SystemExit

        with monkeypatch.context() as patch:
            patch.setitem(call_kinds.KINDS, DEPOSIT, replace(kind, send=die))
            with pytest.raises(SystemExit):
                desk.sweep()
        assert (told(call)[0], call.may_have_left) == ("sending", True)
        desk.now += LEASE + SECOND
        assert release_lost_calls(now=desk.now) == 1
        assert told(call) == ("unknown", 1, 0, "WORKER_LOST")
        desk.sweep()
        expected = ("done", 1, 1, "") if arrived else ("unknown", 1, 1, "NO_TRACE")
        assert (told(call), desk.balance()) == (expected, 25 if arrived else 0)

    def test_one_that_was_only_slow_still_writes_the_answer(self, desk: Desk) -> None:
        desk.queue_deposit("25")
        call = claim_call(now=desk.now)
        assert call is not None
        WaitingCall.objects.update(may_have_left=True)
        release_lost_calls(now=desk.now + LEASE + SECOND)
        waiting_calls._write(call, state="done", next_at=None, ended_at=desk.now, result={})
        assert told(call)[0] == "done"

    def test_one_that_finds_its_lease_over_sends_nothing(self, desk: Desk) -> None:
        desk.queue_deposit("25")
        call = claim_call(now=desk.now)
        assert call is not None
        release_lost_calls(now=desk.now + LEASE + SECOND)
        step(call, now=desk.now)
        assert (told(call)[:2], desk.balance()) == (("waiting", 1), 0)


class TestAtOnce:
    """Several workers sweep at the same moment, each with a connection of its own."""

    @pytest.fixture(params=[True, False], ids=["locked", "without the lock"])
    def locked(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
        """The control reads rows without FOR UPDATE."""
        if not request.param:
            monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
        return bool(request.param)

    def test_a_call_is_sent_by_one_of_two_workers(
        self,
        scratch: str,
        sandbox: PlatformProcess,
        misbehave: Misbehave,
        monkeypatch: pytest.MonkeyPatch,
        locked: bool,
    ) -> None:
        """The second to claim it is held up, until the first one's transfer is on its way."""
        with open_instead(scratch):
            desk = Desk(sandbox)
            call = desk.queue_deposit("10")
        pauses = iter([0.3, 1.2])

        def hesitate() -> uuid.UUID:
            time.sleep(next(pauses, 0.0))
            return uuid.UUID(int=secrets.randbits(128))

        def sweep() -> int:
            with open_instead(scratch):
                return make_due_calls(now=desk.now)

        monkeypatch.setattr(waiting_calls, "uuid4", hesitate)
        misbehave("agent", "deposit", "slow", seconds=2)
        monkeypatch.setattr(connections, "_http_of", lambda _operator, _trial: Http(private_hosts_allowed=True))
        steps = sum(at_once([sweep, sweep]))
        with open_instead(scratch):
            assert told(call)[0] == "done"
            assert (steps, desk.balance()) == ((1, 10) if locked else (2, 20))

    def test_many_calls_are_each_sent_once_by_four_workers(self, scratch: str, sandbox: PlatformProcess) -> None:
        with open_instead(scratch):
            desk = Desk(sandbox)
            for _ in range(12):
                desk.queue(DEPOSIT, {"username": desk.username, "currency": "EUR", "amount": "10"}, "")

        def sweep() -> int:
            with open_instead(scratch):
                return make_due_calls(now=desk.now)

        at_once([sweep] * 4)
        with open_instead(scratch):
            calls = WaitingCall.objects.filter(operator=desk.agent.operator)
            while calls.exclude(state="done").exists():
                assert desk.sweep(MINUTE) > 0
            assert (calls.count(), desk.balance()) == (12, 120)
