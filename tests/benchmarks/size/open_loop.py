"""Bets at a given rate, whatever the answers take: each is timed from when it was due, not from when it could be sent.

A process of its own: `python -m tests.benchmarks.size.open_loop '{"url": ..., "rate": ...}'`; prints a line of JSON.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha1
from random import Random
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

CONNECTIONS = 64
# How long the last answers are waited for.
PATIENCE = 10


class Line(asyncio.Protocol):
    """One connection to the wallet, a call at a time."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.due = 0.0
        self.heard = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.load.free(self)

    def send(self, due: float, call: bytes) -> None:
        """Send a call that was due at a moment of the loop's clock."""
        assert self.transport is not None
        self.due, self.heard = due, b""
        self.transport.write(call)

    def data_received(self, data: bytes) -> None:
        """Note an answer once it is whole."""
        self.heard += data
        head, _, body = self.heard.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or -1)
        if 0 <= length <= len(body):
            fine = head.startswith(b"HTTP/1.1 200") and b'"status":"OK"' in body
            self.load.note(time.monotonic() - self.due, fine=fine, heard=self.heard)
            self.load.free(self)


class Load:
    """The calls that are due and the lines that are free; a call waits for a line, and the wait counts."""

    def __init__(self) -> None:
        self.lines: deque[Line] = deque()
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.took: list[float] = []
        self.fault = ""
        self.expected = 0
        self.all_answered = asyncio.Event()

    def call(self, due: float, call: bytes) -> None:
        """Send a call now, or by the next line that is free."""
        if self.lines:
            self.lines.popleft().send(due, call)
        else:
            self.waiting.append((due, call))

    def free(self, line: Line) -> None:
        """Take a line back."""
        if self.waiting:
            line.send(*self.waiting.popleft())
        else:
            self.lines.append(line)

    def note(self, seconds: float, *, fine: bool, heard: bytes) -> None:
        """Keep how long a call took, and the first answer that was not OK."""
        self.took.append(seconds)
        if len(self.took) == self.expected:
            self.all_answered.set()
        if not fine and not self.fault:
            self.fault = heard.decode(errors="replace")[-300:]


def list_calls(told: dict[str, Any], draw: Random) -> Iterator[bytes]:
    """Signed bets, each in a round of its own, of players by chance."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    host = urlsplit(told["url"]).netloc
    secret = told["secret"]
    sign, token = sha1(f"changebalance{stamp}{secret}".encode()), sha1(f"changebalance{secret}".encode())  # noqa: S324
    for number in range(int(told["rate"] * told["seconds"])):
        player, key = draw.randint(1, told["players"]), told["run"] * 10**10 + number
        body = (
            f'{{"command":"changebalance","request_timestamp":"{stamp}","hash":"{sign.hexdigest()}","data":'
            f'{{"token":"bench{player:027d}","user_id":"player{player}","transaction_type":"BET","transaction_id":{key},'
            f'"round_id":{key},"round_finished":false,"game_id":{player % told["games"] + 1},"currency_code":"EUR",'
            f'"amount":{draw.randint(1, 20) / 4:.2f},"transaction_timestamp":"{stamp}",'
            f'"context":{{"reason":"SPIN","history_id":"{key}"}}}}}}'
        )
        yield (
            f"POST /wallet/changebalance HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"X-Operator-Id: {told['operator']}\r\nX-Authorization: {token.hexdigest()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


async def run(told: dict[str, Any]) -> dict[str, Any]:
    """Make the calls, each when it is due: they come by chance, at the rate in the mean."""
    draw, loop, load = Random(told["run"]), asyncio.get_running_loop(), Load()
    parts = urlsplit(told["url"])
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Line(load), parts.hostname, parts.port)
    calls = list(list_calls(told, draw))
    load.expected = len(calls)
    due = time.monotonic()
    for call in calls:
        due += draw.expovariate(told["rate"])
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        load.call(due, call)
    with suppress(TimeoutError):
        await asyncio.wait_for(load.all_answered.wait(), PATIENCE)
    return tell(load, len(calls))


def tell(load: Load, calls: int) -> dict[str, Any]:
    """Say in milliseconds what the calls took."""
    cuts = quantiles([seconds * 1000 for seconds in load.took], n=1000)
    p50, p99, p999 = cuts[499], cuts[989], cuts[998]
    return {"calls": calls, "answered": len(load.took), "fault": load.fault, "p50": p50, "p99": p99, "p999": p999}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(json.loads(sys.argv[1])))))
