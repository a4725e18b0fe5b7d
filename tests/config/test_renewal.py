"""Both front doors are renewed under load, by a signal, and nobody who calls meanwhile is failed."""

import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from dev import processes
from dev.stack import granian
from tests.servers import choose_options, environment_for
from tests.wallet.platform import Transport, sha1
from tests.wallet.world import World

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("doors")]

PATIENT = ["--workers-kill-timeout", "30", "--log-level", "info"]


class SocketConnection(HTTPConnection):
    """HTTP over a socket in the file system, as a proxy on the same machine speaks it."""

    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(str(self.path))


@dataclass
class Caller:
    """Makes one request after the other, over one connection while the server keeps it, or over one for each."""

    path: Path
    request: tuple[str, str, bytes, Mapping[str, str]]
    keeps: bool
    answered: int = 0
    failed: list[str] = field(default_factory=list)

    def call(self, over: threading.Event) -> None:
        connection = SocketConnection(self.path)
        while not over.wait(0.01):
            try:
                connection.request(*self.request)
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException) as fault:
                self.failed.append(repr(fault))
                connection.close()
                continue
            self.answered += 1
            self.failed += [] if answer.status == 200 else [str(answer.status)]
            if not self.keeps:
                connection.close()
        connection.close()


@dataclass(frozen=True)
class Renewable:
    """A front door with two workers, at a socket of its own."""

    path: Path
    server: int

    def has_renewed(self, times: int) -> bool:
        """Whether so many reloads have come to their end: the server says when a worker has begun and one has ended."""
        said = self.path.with_suffix(".log").read_text()
        return said.count("Started worker-") == 2 + 2 * times and said.count("Stopped old worker-") == 2 * times


@pytest.fixture
def world(committed_db: None, wallet_door: Transport) -> World:
    return World(wallet_door)


@pytest.fixture
def doors(world: World, tmp_path: Path) -> Iterator[list[Renewable]]:
    """The wallet and the back office."""
    options = choose_options(wallet_workers=2)
    environment = environment_for(options, METRICS_PATH=str(tmp_path / "metrics"))
    started, doors = [], []
    try:
        for name in ("wsgi_wallet", "wsgi"):
            path = tmp_path / f"{name}.sock"
            command = [*granian(f"config.{name}", 0, 2), "--uds", path, "--respawn-interval", "2", *PATIENT]
            with (tmp_path / f"{name}.log").open("wb") as log:
                started.append(processes.start(command, output=log.fileno(), environment=environment))
            doors.append(Renewable(path, started[-1].pid))
        wait_for(doors, times=0)
        yield doors
    finally:
        for process in started:
            processes.stop(process)


def wait_for(doors: list[Renewable], *, times: int) -> None:
    for door in doors:
        assert processes.wait_until(partial(door.has_renewed, times), seconds=90, pause=0.2), door.path


def test_doors_are_renewed_twice_under_load_without_a_failed_request(world: World, doors: list[Renewable]) -> None:
    requests = [bet_of(world), ("GET", "/admin/login/", b"", {})]
    callers = [
        Caller(door.path, request, keeps)
        for door, request in zip(doors, requests, strict=True)
        for keeps in (True, True, False)
    ]
    over = threading.Event()
    threads = [threading.Thread(target=caller.call, args=(over,)) for caller in callers]
    for thread in threads:
        thread.start()
    for times in (1, 2):
        for door in doors:
            os.killpg(door.server, signal.SIGHUP)
        wait_for(doors, times=times)
    over.set()
    for thread in threads:
        thread.join()
    assert [caller.failed for caller in callers] == [[]] * 6
    assert min(caller.answered for caller in callers) > 5


def bet_of(world: World) -> tuple[str, str, bytes, Mapping[str, str]]:
    seat, platform = world.seat(), world.platform
    body = platform.write("changebalance", world.movement("BET", seat, "5.00"))
    headers = {"X-Operator-Id": platform.operator_ref, "X-Authorization": sha1("changebalance", platform.secret)}
    return "POST", "/wallet/changebalance", body, headers
