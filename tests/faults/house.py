"""`make run` in a folder and on ports of its own: what the faults are struck at."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

from dev import processes
from dev.options import PORTS, ROOT
from dev.postgres import SUPERUSER
from tests.servers import run

UP = "Ctrl-C stops everything."


class HouseFell(Exception):
    """The system did not come up, or a part of it is missing; the message says which."""


@dataclass(frozen=True)
class House:
    """A running system: its folder (`VAR_DIR`), and the process that looks after the others."""

    folder: Path
    supervisor: psutil.Process

    @property
    def demo(self) -> Path:
        return self.folder / "demo.json"

    @cached_property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.demo.read_text())
        return found

    @cached_property
    def environment(self) -> dict[str, str]:
        """What `manage.py` needs to work on it."""
        lines = (line.partition("=") for line in (self.folder / "demo.env").read_text().splitlines())
        return dict(os.environ) | {"ENV_FILE": os.devnull} | {name: value for name, _, value in lines}

    @property
    def said(self) -> str:
        """All that its processes have printed."""
        return (self.folder / "output").read_text(errors="replace")

    def find(self, word: str) -> psutil.Process:
        """The process that has a word, or a path that ends in it, on its command line, directly below the supervisor.

        :raises HouseFell: there is none.
        """
        for child in self.supervisor.children():
            if any(Path(part.split(" ")[0]).name == word for part in child.cmdline()):  # Valkey writes all into one
                return child
        raise HouseFell(f"no process of {word} is running")

    def family(self, word: str) -> list[psutil.Process]:
        """That process and all below it."""
        head = self.find(word)
        return [head, *head.children(recursive=True)]

    def connect(self) -> "psycopg.Connection[Any]":
        """As the superuser, for whom places are kept when no more connections are to be had."""
        parts = urlsplit(self.environment["DATABASE_URL"])
        password = json.loads((self.folder / "credentials.json").read_text())["database_password"]
        superuser = f"{SUPERUSER}:{password}@{parts.hostname}:{parts.port}"
        return psycopg.connect(parts._replace(netloc=superuser).geturl(), autocommit=True)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run `python ARGUMENTS` beside it; its exit code and output."""
        return run(*arguments, environment=self.environment)


@contextmanager
def running_house() -> Iterator[House]:
    """The system while the block lasts; nothing is left of it.

    :raises HouseFell: it did not come up.
    """
    folder = Path(tempfile.mkdtemp(prefix="backoffice-faults-"))
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
    environment = kept | {"VAR_DIR": str(folder), "WALLET_WORKERS": "2", "SANDBOX_GAMES": "200"}
    environment |= {name: str(processes.free_port()) for name in PORTS}
    with (folder / "output").open("wb") as output:
        started = processes.start([sys.executable, "-m", "dev.run"], output=output.fileno(), environment=environment)
    house = House(folder, psutil.Process(started.pid))
    try:
        processes.wait_until(lambda: UP in house.said or started.poll() is not None, seconds=180)
        if started.poll() is not None or UP not in house.said:
            raise HouseFell(f"the system did not come up:\n{house.said[-2000:]}")
        yield house
    finally:
        processes.stop(started, signal.SIGTERM, patience=60)
        subprocess.run([sys.executable, "-m", "dev.run", "--clean"], env=environment, cwd=ROOT, check=False)
        shutil.rmtree(folder, ignore_errors=True)
