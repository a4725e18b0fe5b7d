"""The figures that a front door counts, over all its worker processes, as Prometheus reads them.

Each worker keeps its own in files of a folder that the workers of one server share, and any of them adds all up. What a
dead worker counted stays in the sums; what it only showed, such as how many places it had, goes with it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

FOLDER: Path | None = None


def is_alive(process: str) -> bool:
    """Whether a process of that id is there."""
    return Path("/proc", process).exists()


def open_folder() -> Path:
    """Return this server's folder, new with each start of the server; what ended servers left goes."""
    settings.METRICS_PATH.mkdir(parents=True, exist_ok=True)
    for left in settings.METRICS_PATH.glob(f"{settings.FRONT_DOOR}-*"):
        if not is_alive(left.name.rpartition("-")[2]):
            shutil.rmtree(left, ignore_errors=True)
    folder: Path = settings.METRICS_PATH / f"{settings.FRONT_DOOR}-{os.getppid()}"
    folder.mkdir(exist_ok=True)
    return folder


if settings.FRONT_DOOR != "none":
    FOLDER = open_folder()
    # The library looks for it while it is imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(FOLDER)

from prometheus_client import (  # noqa: E402
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric  # noqa: E402
from prometheus_client.mmap_dict import MmapedDict  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

CONTENT_TYPE = CONTENT_TYPE_LATEST
CALL_BUCKETS = (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4)
REQUEST_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

WALLET_CALLS = Histogram(
    "wallet_call_seconds",
    "Platforms' calls, from when they are here whole until they are answered.",
    ["command", "outcome"],
    buckets=CALL_BUCKETS,
)
WALLET_REPLAYS = Counter(
    "wallet_replays", "Platforms' calls that repeated what was done already, and were answered as before.", ["command"]
)
REQUESTS = Counter("backoffice_requests", "Requests to the back office.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "backoffice_request_seconds", "How long the back office's answers took.", ["route"], buckets=REQUEST_BUCKETS
)
POOL_SIZE = Gauge("database_pool_size", "Places to work at, each with a connection.", multiprocess_mode="livesum")
POOL_IN_USE = Gauge("database_pool_in_use", "Places where a request is at work.", multiprocess_mode="livesum")
POOL_WAITING = Gauge("database_pool_waiting", "Requests that wait for a place.", multiprocess_mode="livesum")
POOL_WAITS = Counter("database_pool_waits", "Requests that had to wait for a place.")
POOL_REFUSALS = Counter("database_pool_refusals", "Requests that waited for a place in vain.")


class Further(Collector):
    """What is not counted here but read, by the functions that FURTHER_METRICS names."""

    def collect(self) -> Iterator[Metric]:
        """Read it."""
        for name in settings.FURTHER_METRICS:
            yield from import_string(name)()


def write_metrics() -> bytes:
    """Return all figures in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(Further())
    if FOLDER is None:
        return generate_latest(REGISTRY) + generate_latest(registry)
    with alone(FOLDER):
        keep_of_the_dead(FOLDER)
        MultiProcessCollector(registry, str(FOLDER))
        return generate_latest(registry)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time read the files and tidy them up."""
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep_of_the_dead(folder: Path) -> None:
    """Add up what dead workers counted in one file a kind, so that there are not more at each reload."""
    for file in folder.glob("*_[0-9]*.db"):
        kind, _, process = file.stem.rpartition("_")
        if is_alive(process):
            continue
        if not kind.startswith("gauge"):
            add_to(folder / f"{kind}_dead.db", file)
        file.unlink()


def add_to(sums: Path, file: Path) -> None:
    """Add the values of one file to those of another."""
    kept = MmapedDict(str(sums))
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):
        kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
    kept.close()
