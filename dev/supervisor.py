"""Starts processes, passes their output on under their names, and ends them all when one dies or we are told to."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals

from dev import processes


class ChildDied(Exception):
    """A process that the others need has ended by itself."""


@dataclass(frozen=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    adopted: bool = False


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
        process = processes.start(
            command, output=subprocess.PIPE, environment=self.environment, cpus=cpus, farewell=farewell
        )
        self.children.append(Child(name, process))
        threading.Thread(target=pass_on, args=(name, process), daemon=True).start()

    def adopt(self, name: str, process: "subprocess.Popen[bytes]") -> None:
        """Watch a process that its own module starts and stops."""
        self.children.append(Child(name, process, adopted=True))

    def wait_until(self, met: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait for a condition while all children live.

        :raises ChildDied: one has ended.
        :raises TimeoutError: the condition was not met in time.
        """
        if not processes.wait_until(lambda: self._check() or met(), seconds=seconds, pause=0.1):
            raise TimeoutError(f"{what} did not answer within {seconds:.0f} s: its output above should say why")

    def watch(self) -> None:
        """Return never; end with `ChildDied` when a child ends."""
        while True:
            self._check()
            time.sleep(0.3)

    def _check(self) -> bool:
        for child in self.children:
            if child.process.poll() is not None:
                raise ChildDied(f"{child.name} has ended by itself (code {child.process.returncode})")
        return False

    def stop(self) -> None:
        """Tell all that we have started to end, then wait for them."""
        started = [child for child in self.children if not child.adopted]
        for child in started:
            if child.process.poll() is None:
                child.process.terminate()
        for child in started:
            processes.finish(child.process)


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
