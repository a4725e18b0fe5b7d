"""What `make run` is told by the environment: ports, and which processors serve what."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import environ

from dev import processes

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
PORTS = {"BACKOFFICE_PORT": 8000, "WALLET_PORT": 8001, "SANDBOX_PORT": 8002}


class BadOption(Exception):
    """The message names the variable and says what to do."""


@dataclass(frozen=True)
class Options:
    backoffice_port: int
    wallet_port: int
    sandbox_port: int
    wallet_cpus: frozenset[int]
    postgres_cpus: frozenset[int]
    wallet_workers: int

    @property
    def backoffice_url(self) -> str:
        return f"http://127.0.0.1:{self.backoffice_port}"

    @property
    def wallet_url(self) -> str:
        return f"http://127.0.0.1:{self.wallet_port}/wallet"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"


def given_environment() -> dict[str, str]:
    """The variables that were set to something, by the shell or in .env."""
    if (ROOT / ".env").is_file():
        environ.Env.read_env(ROOT / ".env")
    return {name: value for name, value in os.environ.items() if value}


def read_options(environment: Mapping[str, str]) -> Options:
    """Read the options.

    :raises BadOption: one is malformed.
    """
    backoffice, wallet, sandbox = (read_port(environment, name) for name in PORTS)
    if len({backoffice, wallet, sandbox}) < len(PORTS):
        raise BadOption(f"{', '.join(PORTS)} must be three different ports")
    here = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    wallet_cpus, postgres_cpus = share_cpus(here)
    wallet_cpus = read_cpus(environment, "WALLET_CPUS", here, wallet_cpus)
    postgres_cpus = read_cpus(environment, "POSTGRES_CPUS", here, postgres_cpus)
    workers = environment.get("WALLET_WORKERS", "") or str(len(wallet_cpus) or len(here) or 1)
    if not (workers.isdigit() and int(workers)):
        raise BadOption("WALLET_WORKERS must be a whole number, 1 or more")
    return Options(backoffice, wallet, sandbox, wallet_cpus, postgres_cpus, int(workers))


def read_port(environment: Mapping[str, str], name: str) -> int:
    value = environment.get(name, "") or str(PORTS[name])
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise BadOption(f"{name} must be a port number between 1 and 65535")
    return int(value)


def share_cpus(here: list[int]) -> tuple[frozenset[int], frozenset[int]]:
    """The wallet's and PostgreSQL's own processors. With fewer than four, none is set apart for either."""
    if len(here) < 4:
        return frozenset(), frozenset()
    for_postgres = (len(here) - 1) // 2
    return frozenset(here[for_postgres:-1]), frozenset(here[:for_postgres])


def read_cpus(environment: Mapping[str, str], name: str, here: list[int], otherwise: frozenset[int]) -> frozenset[int]:
    """A list such as `0-2,5`; `all` sets none apart."""
    value = environment.get(name, "").strip()
    if not value:
        return otherwise
    if value == "all":
        return frozenset()
    try:
        ranges = [[int(end) for end in part.split("-")] for part in value.split(",")]
        cpus = frozenset(number for ends in ranges for number in range(ends[0], ends[-1] + 1))
    except ValueError:
        cpus = frozenset()
    if not cpus or not cpus.issubset(here):
        raise BadOption(f"{name} must be a list such as 0-1 of processors that are here ({here}), or all")
    return cpus


def refuse_taken_ports(environment: Mapping[str, str], *, patience: float) -> None:
    """See that our ports are free; after an unclean end, give what is still going down some time.

    :raises BadOption: one is taken.
    """
    for name in PORTS:
        port = read_port(environment, name)
        if not processes.wait_until(partial(processes.is_free, port), seconds=patience):
            holder = processes.holder_of(port)
            raise BadOption(f"{name}={port} is taken{holder}: end that, or set {name} to another port")
