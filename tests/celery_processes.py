"""Celery as it runs in production, in processes of its own: a worker, and the beat that keeps the schedule."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from dev import processes
from tests.servers import PATIENCE

# As root, Celery warns at every start of what is meant here.
QUIET = ["-W", "ignore:You're running the worker with superuser privileges", "-m", "celery", "--app", "config"]
WORKER = ["worker", "--concurrency", "1", "--loglevel", "INFO", "--without-mingle", "--without-gossip"]
BEAT = ["beat", "--loglevel", "INFO", "--pidfile=", "--max-interval", "1"]


def own_redis() -> str:
    """The address of a database of the tests' Redis in which no other test's tasks wait."""
    url = os.environ["REDIS_URL"]
    number = int(urlsplit(url).path.strip("/") or 0) + 8
    return urlsplit(url)._replace(path=f"/{number}").geturl()


@contextmanager
def running_worker(environment: Mapping[str, str], log: Path) -> Iterator[psutil.Process]:
    """A worker with one child, killed at the end of the block, if it lives so long."""
    with _running(WORKER, environment, log, b" ready.") as process:
        yield process


@contextmanager
def running_beat(environment: Mapping[str, str], log: Path) -> Iterator[psutil.Process]:
    """Beat, which looks every second whether the schedule is another."""
    with _running(BEAT, environment, log, b"beat: Starting...") as process:
        yield process


@contextmanager
def _running(arguments: list[str], environment: Mapping[str, str], log: Path, ready: bytes) -> Iterator[psutil.Process]:
    with log.open("ab") as output:
        command = [sys.executable, *QUIET, *arguments]
        process = processes.start(command, output=output.fileno(), environment=environment, farewell=signal.SIGKILL)
    try:
        assert processes.wait_until(lambda: ready in log.read_bytes(), seconds=PATIENCE), log.read_text()
        yield psutil.Process(process.pid)
    finally:
        processes.stop(process, signal.SIGKILL)
