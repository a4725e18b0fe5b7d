"""Starts processes, passes their output on under their names, starts anew what dies, and ends all when told to."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals

from dev import processes

# A process that ends by itself more often within a minute is not started again.
DEATHS_A_MINUTE = 5


class ChildDied(Exception):
    """A process that the others need has ended by itself, or again and again."""


@dataclass
class Child:
    """A process that `begin` starts; `adopted` if its own module ends it."""

    name: str
    begin: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]"
    adopted: bool = False
    deaths: list[float] = field(default_factory=list)

    @property
    def last_words(self) -> str:
        return f"{self.name} has ended by itself (code {self.process.returncode})"


class Supervisor:
    """The processes of one run, in the order of their start."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.children: list[Child] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        cpus: Collection[int] = (),
        farewell: Signals = SIGTERM,
    ) -> None:
        """Start a process; `farewell` is what it gets should we be killed. In good order it is ended by SIGTERM."""

        def begin() -> "subprocess.Popen[bytes]":
            process = processes.start(
                command, output=subprocess.PIPE, environment=self.environment, cpus=cpus, farewell=farewell
            )
            threading.Thread(target=pass_on, args=(name, process), daemon=True).start()
            return process

        self.children.append(Child(name, begin, begin()))

    def adopt(self, name: str, begin: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        """Start and watch a process that its own module ends."""
        self.children.append(Child(name, begin, begin(), adopted=True))

    def wait_until(self, met: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait for a condition while all children live.

        :raises ChildDied: one has ended.
        :raises TimeoutError: the condition was not met in time.
        """
        if not processes.wait_until(lambda: self._check() or met(), seconds=seconds, pause=0.1):
            raise TimeoutError(f"{what} did not answer within {seconds:.0f} s: its output above should say why")

    def watch(self) -> None:
        """Return never: start anew what ends by itself.

        :raises ChildDied: one does so again and again.
        """
        while True:
            for child in self.children:
                if child.process.poll() is not None:
                    revive(child)
            time.sleep(0.1)

    def _check(self) -> bool:
        for child in self.children:
            if child.process.poll() is not None:
                raise ChildDied(child.last_words)
        return False

    def stop(self) -> None:
        """Tell all that we have started to end, then wait for them."""
        started = [child for child in self.children if not child.adopted]
        for child in started:
            if child.process.poll() is None:
                child.process.terminate()
        for child in started:
            processes.finish(child.process)


def revive(child: Child) -> None:
    """Start a dead child anew, once what it left of its own session is gone.

    :raises ChildDied: it has died too often of late.
    """
    now = time.monotonic()
    child.deaths = [death for death in child.deaths if now - death < 60] + [now]
    if len(child.deaths) > DEATHS_A_MINUTE:
        raise ChildDied(f"{child.last_words} for the {len(child.deaths)}th time within a minute")
    sys.stdout.write(f"{child.last_words}: starting it anew\n")
    sys.stdout.flush()
    processes.finish(child.process)
    child.process = child.begin()


def pass_on(name: str, process: "subprocess.Popen[bytes]") -> None:
    """Print each line of a process under its name; should our own output be closed, go on reading all the same."""
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    for line in process.stdout:
        if not line.strip():
            continue
        try:
            sys.stdout.write(f"{name:>10} | {line.decode(errors='replace').rstrip()}\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            continue
