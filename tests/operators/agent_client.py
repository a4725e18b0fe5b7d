"""A client of document 004 for tests, what it noted of its calls, and the document's own replies."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from operators.platforms.agent import Award, Client, Config, Grant, GrantedIdUnknown, Period, make_username
from operators.platforms.base import Call, Http
from tests.operators.platform_stub import Answer, Stub

REPLIES = Path(__file__).with_name("agent_replies")
KEY = "agent-key-0123456789"
# Quick to give up and to try again: what is tested answers at once, or not at all.
QUICK = Http(private_hosts_allowed=True, connect_seconds=2, read_seconds=2, attempts=3, backoff_seconds=0.01)
AUGUST = Period(datetime(2025, 8, 1, tzinfo=UTC), datetime(2025, 9, 1, tzinfo=UTC))
AWARD = Award("IDR", "freeRound0001", "pg_00013", AUGUST, 10, Decimal("1.6"))


class NotedClient(Client):
    """A client that keeps what it reports of its calls, and can make a player who has money."""

    def __init__(self, api_host: str, **http: Any) -> None:
        self.api_host = api_host
        self.calls: list[Call] = []
        super().__init__(Config(api_host, "sandbox-agent", KEY, replace(QUICK, **http)), self.calls.append)

    def make_player(self) -> str:
        """The name of a new player with 1,000 EUR."""
        username = make_username("player")
        self.create_player(username)
        self.deposit(username=username, amount=Decimal(1000), currency="EUR")
        return username

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Command and failure of each attempt."""
        return [(call.command, call.failure) for call in self.calls]


def reply(name: str) -> Any:
    """A reply as the document prints it."""
    return json.loads((REPLIES / f"{name}.json").read_text("utf-8"))


def laid(stub: Stub, call: str, *answers: Any) -> NotedClient:
    """A client whose call is answered with these JSON documents, or answers."""
    stub.lay(
        f"/{call}", *(one if isinstance(one, Answer) else Answer(body=json.dumps(one).encode()) for one in answers)
    )
    return NotedClient(stub.url)


def well(result: Mapping[str, Any]) -> dict[str, Any]:
    """A reply that brings a result."""
    return {"ok": True, "result": result}


def refused(code: str) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "message": "no"}}


def sent(stub: Stub) -> list[Any]:
    """The bodies that were sent, read."""
    return [json.loads(body) for body in stub.bodies]


def granted(outcome: Grant | GrantedIdUnknown) -> Grant:
    """The grant, which has to be known."""
    assert isinstance(outcome, Grant)
    return outcome


def today() -> Period:
    """From half a day ago on."""
    now = datetime.now(UTC)
    return Period(now - timedelta(hours=12), now + timedelta(hours=1))


def award(game_ref: str, **more: Any) -> Award:
    """Free rounds or chips in euro, under a bonus code of their own."""
    facts: dict[str, Any] = {"currency": "EUR", "rounds": 3, "bet_amount": Decimal(1), **more}
    return Award(bonus_code=make_username("bonus"), game_ref=game_ref, period=today(), **facts)
