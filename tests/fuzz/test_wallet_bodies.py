"""Whatever body comes through the wallet's door is answered as the protocol says, and a refused one moves nothing.

`FUZZ_BODIES` says how many are sent; `make fuzz` sends 50,000.
"""

import json
import os
from contextlib import closing, nullcontext, suppress
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings

from dev.options import Options
from tests.fuzz.bodies import Body, bodies
from tests.wallet.platform import Answer, sha1
from tests.wallet.test_bodies import usual_data
from tests.wallet.world import Seat, World
from wallet.enums import Kind
from wallet.models import Transaction

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("fuzz-wallet")]

COUNT = int(os.environ.get("FUZZ_BODIES", "1000"))
LARGEST_BODY = 64 * 1024
VERDICTS = {"OK", *(f"OP_{code}" for code in (20, 21, 22, 30, 31, 32, 33, 34, 35, 40, 41, 49, 50))}
MOVEMENTS = [Kind.BET, Kind.WIN, Kind.REFUND]


class Line:
    """One kept connection to the wallet, and the ids of what it has acknowledged."""

    def __init__(self, wallet_url: str, world: World) -> None:
        address = urlsplit(wallet_url)
        assert address.hostname
        self.world, self.path = world, address.path
        self.connection = HTTPConnection(address.hostname, address.port, timeout=10)
        self.booked: set[str] = set()
        self.buried: set[str] = set()

    def send(self, body: Body) -> Answer:
        shown = {
            "X-Operator-Id": self.world.platform.operator_ref,
            "X-Authorization": sha1(body.command, self.world.platform.secret),
            "Content-Type": "application/json",
        }
        try:
            # The server may hang up on too large a body before it has all of it, but not without an answer.
            with suppress(ConnectionError) if len(body.sent) > LARGEST_BODY else nullcontext():
                self.connection.request("POST", f"{self.path}/{body.command}", body.sent, shown)
            answer = self.connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except BaseException:
            self.connection.close()
            raise

    def check(self, body: Body) -> None:
        """Send a body and hold the answer against the protocol."""
        answer = self.send(body)
        assert answer.headers["content-type"].startswith("application/json")
        if len(body.sent) > LARGEST_BODY:
            assert (answer.status, json.loads(answer.raw)) == (413, {"code": "body_too_large"})
            self.connection.close()
            return
        self.check_envelope(answer)
        if body.command == "changebalance" and answer.verdict == "OK":
            self.booked.add(reference_in(body.sent))
        if body.command == "cancel" and answer.verdict == "OP_41":
            self.buried.add(reference_in(body.sent))

    def check_envelope(self, answer: Answer) -> None:
        assert answer.status == 200
        told = answer.response
        assert told["hash"] == sha1(told["status"], told["response_timestamp"], self.world.platform.secret)
        assert answer.verdict in VERDICTS
        if answer.verdict == "OP_50":
            assert answer.message.startswith("Malformed request: ")


def reference_in(sent: bytes) -> str:
    data: dict[str, Any] = json.loads(sent, parse_float=Decimal)["data"]
    return str(data["transaction_id"])


def references_of(world: World, *kinds: str) -> set[str]:
    booked = Transaction.objects.filter(owner_id=world.operator.pk, source="platform", kind__in=kinds)
    return {str(reference) for reference in booked.values_list("reference", flat=True)}


def test_no_body_breaks_the_wallet_or_moves_money_unacknowledged(world: World, wallet: Options) -> None:
    seat: Seat = world.seat("1000.00")
    line = Line(wallet.wallet_url, world)

    def usual(command: str, number: int) -> dict[str, Any]:
        return usual_data(seat, command) | ids(command, number)

    @settings(max_examples=COUNT, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(body=bodies(usual, world.platform.secret))
    def send_all(body: Body) -> None:
        line.check(body)

    with closing(line.connection):
        send_all()
    assert references_of(world, *MOVEMENTS) == line.booked
    assert references_of(world, Kind.TOMBSTONE) <= line.buried
    assert len(line.booked) > COUNT // 100


def ids(command: str, number: int) -> dict[str, Any]:
    known = usual_ids(number)
    wanted = {
        "changebalance": ["transaction_id", "round_id", "transaction_type", "amount"],
        "status": ["transaction_id"],
        "cancel": ["transaction_id", "round_id"],
        "finishround": ["round_id"],
    }
    return {name: known[name] for name in wanted.get(command, [])}


def usual_ids(number: int) -> dict[str, Any]:
    kind = ("BET", "WIN", "REFUND")[number % 3]
    return {"transaction_id": number, "round_id": number // 4, "transaction_type": kind, "amount": number % 5}
