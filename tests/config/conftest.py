"""Both front doors as they run in production, the wallet's with two workers, which tell their figures."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection

import psutil
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from dev.processes import wait_until
from tests.servers import backoffice_of, choose_options, environment_for, running, wallet_of
from tests.wallet.platform import Answer, in_process
from tests.wallet.world import World

TOKEN = "only-for-the-scraper-of-these-tests"


@dataclass(frozen=True)
class Door:
    """A front door that is served at a port of this machine."""

    name: str
    port: int

    @property
    def server(self) -> psutil.Process:
        """The process above the workers."""
        return next(child for child in psutil.Process().children() if str(self.port) in child.cmdline())

    @property
    def workers(self) -> list[psutil.Process]:
        return [child for child in self.server.children() if child.status() != psutil.STATUS_ZOMBIE]

    def get(self, path: str, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        told = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        connection.close()
        return told

    def read_figures(self) -> dict[str, float]:
        """Each figure by its name and labels, as they are written."""
        lines = self.get("/metrics", Authorization=f"Bearer {TOKEN}").raw.decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def reload(self) -> None:
        """Have the server start its workers anew, and wait until all have been."""
        before = {worker.pid for worker in self.workers}
        os.kill(self.server.pid, signal.SIGHUP)
        done = wait_until(lambda: before.isdisjoint(worker.pid for worker in self.workers), seconds=60)
        assert done, (before, self.workers)


@dataclass(frozen=True)
class Doors:
    """Both, and a casino that the wallet knows."""

    wallet: Door
    backoffice: Door
    world: World


@pytest.fixture(scope="session")
def served(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    folder, options = tmp_path_factory.mktemp("doors"), choose_options(wallet_workers=2)
    with django_db_blocker.unblock():
        world = World(in_process(Client()))
    environment = environment_for(options, METRICS_TOKEN=TOKEN, METRICS_PATH=str(folder / "metrics"))
    with running([wallet_of(options), backoffice_of(options)], environment, folder):
        wallet, backoffice = Door("wallet", options.wallet_port), Door("backoffice", options.backoffice_port)
        yield Doors(wallet, backoffice, world)


@pytest.fixture
def doors(committed_db: None, served: Doors) -> Doors:
    return served
