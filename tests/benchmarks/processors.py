"""Processor time of process trees, and which processors they may use."""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

import psutil


def seconds_used(root: int) -> float:
    """Processor time of a process and all below it so far, that of ended children included."""
    ended, total = -1.0, 0.0
    # A child that ends while we add up is counted by nobody, or twice: then we begin again.
    while ended != (ended := _time_of_ended_children(root)):
        total = sum(_time_of(process) for process in tree(root))
    return total


def _time_of(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(sum(process.cpu_times()[:4]))
    return 0.0


def _time_of_ended_children(root: int) -> float:
    times = psutil.Process(root).cpu_times()
    return float(times.children_user + times.children_system)


@dataclass(frozen=True)
class Reading:
    """A moment: the clock, and the processor time used so far by the whole machine and by us."""

    clock: float
    all_used: float
    we_used: float

    def others_since(self, earlier: "Reading") -> float:
        """The share of the processors that was used by others than us, or taken away by the machine's host."""
        used = self.all_used - earlier.all_used - (self.we_used - earlier.we_used)
        return max(0.0, used / ((self.clock - earlier.clock) * (os.cpu_count() or 1)))


def read() -> Reading:
    times = psutil.cpu_times()  # without interrupts, which our own traffic makes
    used = times.user + times.nice + times.system + times.steal
    return Reading(time.monotonic(), used, seconds_used(os.getpid()))


def tree(root: int) -> list[psutil.Process]:
    top = psutil.Process(root)
    return [top, *top.children(recursive=True)]


def here() -> list[int]:
    """The processors that this process may use."""
    return sorted(os.sched_getaffinity(0))


def keep_to(root: int, processors: Collection[int]) -> None:
    """Let a process and those below it use these processors only; what they start later follows them."""
    for process in tree(root):
        for thread in process.threads():
            os.sched_setaffinity(thread.id, processors)
