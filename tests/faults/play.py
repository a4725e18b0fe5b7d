"""The robot in the middle of play, and a caller who asks all the time whether the wallet answers."""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from statistics import quantiles

from dev.options import ROOT
from dev.processes import wait_until
from sandbox.wallet_client import WalletClient
from tests.faults.house import House

PLAYERS, THREADS = 16, 8
PLAYING = re.compile("^Misbehaving", re.MULTILINE)
# What the caller is told while all is well: it asks after a player who is not there, which only the database knows.
WELL, ENOUGH = "OP_34", 20
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Played:
    """What the robot says of its run; `p99` in milliseconds."""

    calls: int
    differences: int
    p99: float
    said: str

    def count(self, *codes: str) -> int:
        """How often it was answered with one of the codes, or not at all."""
        return sum(int(n.replace(",", "")) for code in codes for n in re.findall(rf"\b{code} ([\d,]*\d)", self.said))


@contextmanager
def playing(house: House, seconds: float) -> Iterator[Callable[[], Played]]:
    """The robot from its first round on; what is yielded waits for its end, and returns what came of it."""
    command = [sys.executable, "-m", "sandbox", "play", "--misbehave", "--demo", str(house.demo), "--patience", "90"]
    command += ["--players", str(PLAYERS), "--threads", str(THREADS), "--seconds", str(seconds)]
    log = house.folder / "robot.log"
    with log.open("wb") as output:
        environment = house.environment | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        robot = subprocess.Popen(command, stdout=output, stderr=output, env=environment, cwd=ROOT)
    try:
        wait_until(lambda: bool(PLAYING.search(log.read_text())) or robot.poll() is not None, seconds=60)

        def finish() -> Played:
            robot.wait(180)
            return read_played(log.read_text())

        yield finish
    finally:
        robot.kill()
        robot.wait()


def read_played(said: str) -> Played:
    calls, differences = (
        int(found[1].replace(",", "")) if (found := re.search(rf"│ {name} +│ ([\d,]+)", said)) else -1
        for name in ("calls", "differences")
    )
    p99 = re.search(r"│ answered within .*?([\d.]+) ms \(99 of 100\)", said)
    return Played(calls, differences, float(p99[1]) if p99 else 0.0, said)


@dataclass
class Caller:
    """Each call's beginning, end and verdict; two lines, so that one worker that is gone does not silence it."""

    calls: list[tuple[float, float, str]] = field(default_factory=list)

    def wait_until_well(self, since: float) -> None:
        """Until so many calls in a row, all made after a moment, were answered as usual; not for ever."""

        def is_well() -> bool:
            after = [verdict for begin, _, verdict in self.calls.copy() if begin > since]
            return after[-ENOUGH:] == [WELL] * ENOUGH

        wait_until(is_well, seconds=90)

    def seconds_until_well(self, since: float) -> float:
        """How long after a moment calls still were not answered as usual; 0 if all of them were."""
        ends = [end for _, end, verdict in self.calls if verdict != WELL and end > since]
        well = [end for begin, end, verdict in self.calls if verdict == WELL and ends and begin > ends[-1]]
        return well[0] - since if well else (inf if ends else 0.0)

    @property
    def verdicts(self) -> Counter[str]:
        return Counter(verdict for *_, verdict in self.calls)

    @property
    def slowest(self) -> float:
        return max(end - begin for begin, end, _ in self.calls)

    @property
    def p99(self) -> float:
        """In milliseconds."""
        return quantiles((end - begin for begin, end, _ in self.calls), n=100)[98] * 1000


@contextmanager
def calling(house: House) -> Iterator[Caller]:
    """A caller at work while the block lasts."""
    caller, over = Caller(), threading.Event()
    client = WalletClient(
        house.facts["wallet_url"],
        house.facts["operators"]["generic"]["operator_id"],
        house.facts["operators"]["generic"]["secret_key"],
        timeout=5,
    )

    def call() -> None:
        while not over.wait(PAUSE_SECONDS):
            begin = time.monotonic()
            reply = client.call("status", {"user_id": f"nobody-{os.getpid()}", "transaction_id": 1})
            caller.calls.append((begin, time.monotonic(), reply.code))

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield caller
    finally:
        over.set()
        for thread in threads:
            thread.join()
        client.close()
