"""Processor time of process trees, and which processors they may use."""

import os
from collections.abc import Collection

import psutil


def seconds_used(root: int) -> float:
    """Processor time of a process and all below it so far, that of ended children included."""
    total = 0.0
    for process in tree(root):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        if process.pid == root:
            total += times.children_user + times.children_system
    return total


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
