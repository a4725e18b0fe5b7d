"""What the catalogue's benchmark needs, brought up: PostgreSQL, sandboxes of several sizes, and a worker for each."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import psycopg

from dev import processes
from dev.credentials import Credentials, random_word
from dev.options import ROOT
from dev.postgres import OWNER, Postgres
from dev.stack import answers, demo_environment
from tests.benchmarks.stage import StageNotReady, in_django, open_database, say, wallet_options


@dataclass
class Desk:
    """A database with the catalogue of a sandbox of so many games, and a process that works on it."""

    name: str
    games: int
    sandbox: str
    process: "subprocess.Popen[str]"

    def do(self, act: str, **how: str) -> dict[str, Any]:
        """Have something done, and return what is told of it, `seconds` among it.

        :raises StageNotReady: the process has ended.
        """
        if self.process.stdin is None or self.process.stdout is None:
            raise StageNotReady("a worker without ears")
        self.process.stdin.write(json.dumps({"act": act, **how}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise StageNotReady("a worker has ended by itself: its last words are in bench.log")
        told: dict[str, Any] = json.loads(line)
        return told

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class CatalogueStage:
    """All that is up."""

    postgres: Postgres
    environment: Mapping[str, str]
    log: IO[bytes]
    stack: ExitStack
    sandboxes: dict[int, str]

    def open_desk(self, name: str, games: int) -> Desk:
        """Make a database with an empty catalogue, and start a process for it and a sandbox of so many games."""
        self.make_database(name)
        if games not in self.sandboxes:
            self.sandboxes[games] = self._start_sandbox(games)
        own = {"DATABASE_URL": self.url_of(name), "BENCH_SANDBOX": self.sandboxes[games]}
        process = subprocess.Popen(
            in_django("catalogue.worker"),
            env={**self.environment, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        if process.stdout is None or not process.stdout.readline():
            raise StageNotReady(f"a worker did not start: see {self.log.name}")
        return Desk(name, games, self.sandboxes[games], process)

    def empty(self, desk: Desk) -> None:
        """Make the desk's database anew."""
        desk.do("leave")
        self.make_database(desk.name)
        desk.do("reset")

    def make_database(self, name: str) -> None:
        """Make a database that is migrated and has an operator; one of that name goes."""
        with psycopg.connect(self.postgres.superuser_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {OWNER} OWNER {OWNER}')

    def url_of(self, name: str) -> str:
        return f"{self.postgres.url.rsplit('/', 1)[0]}/{name}"

    def _start_sandbox(self, games: int) -> str:
        port = processes.free_port()
        data = Path(self.log.name).parent / f"sandbox-{games}"
        own = {"SANDBOX_PORT": str(port), "SANDBOX_GAMES": str(games), "SANDBOX_DATA": str(data)}
        command: list[str | Path] = [sys.executable, "-m", "sandbox", "serve", "--demo", data / "no-demo.json"]
        process = processes.start(command, output=self.log.fileno(), environment={**self.environment, **own})
        self.stack.callback(processes.stop, process)
        url = f"http://127.0.0.1:{port}"
        if not processes.wait_until(partial(answers, f"{url}/health"), seconds=30):
            raise StageNotReady(f"the sandbox did not start: see {self.log.name}")
        return url


@contextmanager
def open_catalogue_stage(folder: Path) -> Iterator[CatalogueStage]:
    """Bring PostgreSQL up with a migrated database to copy; all is ended, and the data removed, when done.

    :raises StageNotReady, DatabaseDidNotStart:
    """
    with ExitStack() as stack:
        say("Starting PostgreSQL (fsync and synchronous_commit on)")
        postgres = open_database(stack, folder)
        log = stack.enter_context((folder / "bench.log").open("wb"))
        environment = stage_environment(postgres)
        seeded = subprocess.run(
            in_django("catalogue.seed"), env=environment, stdout=subprocess.PIPE, stderr=log, check=False, text=True
        )
        if seeded.returncode:
            raise StageNotReady(f"the database could not be filled: see {log.name}")
        yield CatalogueStage(postgres, {**environment, "BENCH_API_KEY": seeded.stdout.strip()}, log, stack, {})


def stage_environment(postgres: Postgres) -> dict[str, str]:
    """The demo's settings on the benchmark's own database, and the account at the sandboxes; there is no Redis."""
    secret = random_word()
    own = {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": "redis://:absent@127.0.0.1:1/0",
        "BENCH_SECRET": secret,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    sandbox = {
        "SANDBOX_OPERATOR_ID": "bench",
        "SANDBOX_SECRET_KEY": secret,
        "SANDBOX_API_KEY": "not used here",
        "SANDBOX_WALLET_URL": "http://127.0.0.1:9/wallet",
        "SANDBOX_BACKOFFICE_URL": "http://127.0.0.1:9",
    }
    return os.environ | demo_environment(wallet_options(pinned=False), Credentials()) | own | sandbox
