"""An operator at the sandbox whose calls wait, and a clock that the test moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from operators.models import Operator
from operators.platforms.agent import make_username
from operators.platforms.base import Http
from operators.services import connections
from operators.services.connections import connect_agent
from tests.operators.making import STAFF
from tests.sandbox.platform_process import PlatformProcess
from tests.wallet.at_agent import AtAgent
from wallet.models import WaitingCall
from wallet.services import waiting_calls
from wallet.services.agent_calls import CREATE_FREE_ROUND, DEPOSIT, transfer_lane
from wallet.services.waiting_calls import (
    make_due_calls,
    queue_call,
)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DELAYING = {"shouldWeDelay": True}


def hurry(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second for an answer, no repeats within a call (those of the queue are looked at), and a clock that stands."""
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    usual = connections._http_of

    def quick(operator: Operator, trial: bool) -> Http:
        return replace(usual(operator, trial), attempts=1, read_seconds=1, whole_seconds=1, breaker=None)

    monkeypatch.setattr(connections, "_http_of", quick)
    monkeypatch.setattr(waiting_calls._Clock, "elapsed", 0.0)


class Desk:
    """An operator whose calls wait, a player there, and a clock that the test moves."""

    def __init__(self, sandbox: PlatformProcess, settings: dict[str, Any] | None = None) -> None:
        self.agent = AtAgent(sandbox)
        self.agent.operator.settings = DELAYING if settings is None else settings
        self.agent.operator.save()
        self.now = datetime.now(UTC)
        self.username = make_username("olga")
        with connect_agent(self.agent.operator, now=self.now) as client:
            client.create_player(self.username)

    def queue_deposit(self, amount: str = "25", reference: str = "", **more: Any) -> WaitingCall:
        arguments = {"username": self.username, "currency": "EUR", "amount": amount}
        return self.queue(DEPOSIT, arguments, reference, lane=transfer_lane(self.username, "EUR"), **more)

    def queue_free_round(self, reference: str = "", **more: Any) -> WaitingCall:
        arguments = {
            "username": self.username,
            "currency": "EUR",
            "game_ref": "pg_00001",
            "starts_at": self.now.isoformat(),
            "ends_at": (self.now + timedelta(days=1)).isoformat(),
            "rounds": 3,
            "bet_amount": "1",
        }
        return self.queue(CREATE_FREE_ROUND, arguments, reference, **more)

    def queue(self, kind: str, arguments: dict[str, Any], reference: str, **more: Any) -> WaitingCall:
        facts = {"operator": self.agent.operator, "kind": kind, "reference": reference or make_username("ref")}
        return queue_call(**{**facts, "arguments": arguments, "by": STAFF, "now": self.now, **more})

    def sweep(self, later: timedelta = timedelta(0)) -> int:
        self.now += later
        return make_due_calls(now=self.now)

    def balance(self) -> Decimal | int:
        with connect_agent(self.agent.operator, now=self.now) as client:
            return client.get_player_balance(self.username, currency="EUR").balance

    def count_grants(self) -> int:
        return int(self.agent.ask("SELECT count(*) FROM gift_player WHERE username = ?", self.username)[0][0])

    def play(self, rounds: int = 3) -> None:
        order = {"username": self.username, "gameId": "pg_00001", "currency": "EUR", "rounds": rounds, "seed": 7}
        answer = self.agent.sandbox.post("/control/agent/play", order)
        assert len(answer.json()["rounds"]) == rounds


def told(call: WaitingCall) -> tuple[str, int, int, str]:
    """State, attempts, polls and the last error of a call as it is now."""
    call.refresh_from_db()
    return call.state, call.attempts, call.polls, call.error_code


def result_of(call: WaitingCall) -> dict[str, Any]:
    call.refresh_from_db()
    assert isinstance(call.result, dict)
    return call.result
