"""What is measured, brought up: PostgreSQL, the filled databases, the wallet as `make run` starts it, the workers."""

import json
import os
import shutil
import signal
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
from dev.options import Options, read_options
from dev.postgres import Postgres, binaries_for, home_for, service_user
from dev.stack import answers, demo_environment, wallet_command
from tests.benchmarks.house import GAMES, OPERATOR_REF, PLAYERS
from tests.benchmarks.processors import here, keep_to


class StageNotReady(Exception):
    """Something could not be brought up; the message or the output before it says what."""


@dataclass(frozen=True)
class Door:
    """A running wallet."""

    url: str
    pid: int


@dataclass(frozen=True)
class Worker:
    """A process that acts in threads when it is told to; see `worker.py`."""

    process: "subprocess.Popen[str]"

    def act(self, name: str, *, threads: int, seconds: float) -> dict[str, float]:
        """Let it act, and return what it counted.

        :raises StageNotReady: it has ended.
        """
        self.say(f"{name} {threads} {seconds}")
        counted: dict[str, float] = json.loads(self.hear())
        return counted

    def say(self, line: str) -> None:
        """Tell it a line."""
        if self.process.stdin is not None:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()

    def hear(self) -> str:
        """Return the next line that it says.

        :raises StageNotReady: it has ended.
        """
        line = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not line:
            raise StageNotReady("a worker has ended by itself: its last words are above")
        return line


@dataclass(frozen=True)
class Stage:
    """All that is up. `options` are the wallet's connection options, for those who call its functions directly."""

    postgres: Postgres
    database_pid: int
    environment: Mapping[str, str]
    secret: str
    casino: int
    operator: int
    options: str
    door: Door
    pinned_door: Door | None
    wallet: Worker
    hordak: Worker

    @property
    def binaries(self) -> Path:
        return binaries_for(service_user(self.postgres.directory), self.postgres.directory)

    @property
    def platform(self) -> dict[str, str | int]:
        """What wrk's script needs to know."""
        return {"players": PLAYERS, "games": GAMES, "operator": OPERATOR_REF, "secret": self.secret}

    @contextmanager
    def database_apart(self) -> Iterator[None]:
        """Keep PostgreSQL to the processors that the pinned wallet leaves it."""
        keep_to(self.database_pid, processors_of_database())
        try:
            yield
        finally:
            keep_to(self.database_pid, here())


@contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """Bring everything up on an empty database; all of it is ended, and the data removed, when done.

    :raises StageNotReady, DatabaseDidNotStart:
    """
    with ExitStack() as stack:
        say("Starting PostgreSQL (fsync and synchronous_commit on)")
        postgres = open_database(stack, folder)
        log = stack.enter_context((folder / "bench.log").open("wb"))
        environment = stage_environment(postgres)
        say(f"Filling it: {PLAYERS:,} players, {GAMES:,} games")
        facts = fill(environment, log)
        say("Starting the wallet and the workers")
        yield Stage(
            postgres=postgres,
            database_pid=postgres.process.pid if postgres.process else 0,
            environment=environment,
            secret=environment["BENCH_SECRET"],
            door=open_door(stack, environment, log, pinned=False),
            pinned_door=open_door(stack, environment, log, pinned=True) if len(here()) > 1 else None,
            wallet=open_worker(stack, "wallet_worker", environment, FRONT_DOOR="wallet"),
            hordak=open_worker(
                stack, "hordak_worker", environment, DJANGO_SETTINGS_MODULE="tests.benchmarks.hordak_settings"
            ),
            **facts,
        )


def open_database(stack: ExitStack, folder: Path) -> Postgres:
    postgres = Postgres(home_for(folder / "postgres"), random_word())
    shutil.rmtree(postgres.directory, ignore_errors=True)
    stack.callback(shutil.rmtree, postgres.directory, ignore_errors=True)
    stack.callback(postgres.stop)
    postgres.start()
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE hordak OWNER backoffice")
    return postgres


def stage_environment(postgres: Postgres) -> dict[str, str]:
    """The demo's settings, on the benchmark's own database; there is no Redis, and nobody asks for one."""
    own = {
        "DATABASE_URL": postgres.url,
        "HORDAK_DATABASE_URL": postgres.url.rsplit("/", 1)[0] + "/hordak",
        "REDIS_URL": "redis://:absent@127.0.0.1:1/0",
        "BENCH_SECRET": random_word(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return os.environ | demo_environment(wallet_options(pinned=False), Credentials()) | own


def wallet_options(*, pinned: bool) -> Options:
    """What `make run` would make of a free port, and of no or all processors set apart."""
    apart = ",".join(str(number) for number in here() if number not in processors_of_database()) if pinned else "all"
    return read_options({"WALLET_PORT": str(processes.free_port()), "WALLET_CPUS": apart, "POSTGRES_CPUS": "all"})


def processors_of_database() -> list[int]:
    """The half of the processors that is PostgreSQL's where the two are set apart."""
    return here()[: len(here()) // 2]


def fill(environment: Mapping[str, str], log: IO[bytes]) -> dict[str, Any]:
    done = subprocess.run(in_django("seed"), env=environment, stdout=subprocess.PIPE, stderr=log, check=False)
    if done.returncode:
        raise StageNotReady(f"the database could not be filled: see {log.name}")
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def open_door(stack: ExitStack, environment: Mapping[str, str], log: IO[bytes], *, pinned: bool) -> Door:
    options = wallet_options(pinned=pinned)
    process = processes.start(
        wallet_command(options), output=log.fileno(), environment=environment, cpus=options.wallet_cpus
    )
    stack.callback(processes.stop, process)
    if not processes.wait_until(partial(answers, f"{options.wallet_url}/ping"), seconds=30):
        raise StageNotReady(f"the wallet did not answer: see {log.name}")
    return Door(options.wallet_url, process.pid)


def open_worker(stack: ExitStack, module: str, environment: Mapping[str, str], **own: str) -> Worker:
    """Start a worker; it ends with our end of its standard input."""
    process = subprocess.Popen(
        in_django(module),
        env=dict(environment) | own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    stack.callback(process.wait)
    stack.callback(process.send_signal, signal.SIGKILL)
    worker = Worker(process)
    worker.hear()
    return worker


def in_django(module: str) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.in_django", module]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
