"""The product's servers as processes of their own, on the database that the tests have open."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dev import processes
from dev.options import ROOT, Options
from dev.stack import answers, backoffice_command, wallet_command
from tests.databases import application_url

PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A command that goes on until it is stopped; `page` answers once it is up."""

    name: str
    command: Sequence[str | Path]
    page: str


def choose_options(wallet_workers: int) -> Options:
    """Free ports; no processor set apart."""
    backoffice, wallet, sandbox = (processes.free_port() for _ in range(3))
    return Options(backoffice, wallet, sandbox, frozenset(), frozenset(), wallet_workers)


def environment_for(options: Options, **more: str) -> dict[str, str]:
    """The environment of this process, which the servers share, and where they find one another.

    They connect as the application's role.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    return ours | {
        "DATABASE_URL": application_url(),
        "PUBLIC_BACKOFFICE_URL": options.backoffice_url,
        "PUBLIC_WALLET_URL": options.wallet_url,
        "PLATFORM_PRIVATE_HOSTS_ALLOWED": "true",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def wallet_of(options: Options, name: str = "wallet") -> Server:
    return Server(name, wallet_command(options), f"{options.wallet_url}/ping")


def backoffice_of(options: Options) -> Server:
    return Server("backoffice", backoffice_command(options), f"{options.backoffice_url}/admin/login/")


def sandbox_of(options: Options, demo: Path) -> Server:
    port = str(options.sandbox_port)
    command: list[str | Path] = [sys.executable, "-m", "sandbox", "serve", "--port", port, "--demo", demo]
    return Server("sandbox", command, f"{options.sandbox_url}/health")


@contextmanager
def running(servers: Sequence[Server], environment: Mapping[str, str], logs: Path) -> Iterator[None]:
    """The servers while the block lasts; what each says goes to `NAME.log`. They do not outlive this process."""
    with ExitStack() as stack:
        for server in servers:
            log = stack.enter_context((logs / f"{server.name}.log").open("wb"))
            process = processes.start(server.command, output=log.fileno(), environment=environment)
            stack.callback(processes.stop, process)
        for server in servers:
            up = processes.wait_until(partial(answers, server.page), seconds=PATIENCE)
            assert up, (logs / f"{server.name}.log").read_text()
        yield


@contextmanager
def running_wallets(count: int, logs: Path) -> Iterator[list[str]]:
    """The addresses of so many wallets, each a server process of its own.

    A wallet reads its operators every few seconds: make a test's operator first, or wait until it is known.
    """
    options = [choose_options(wallet_workers=1) for _ in range(count)]
    servers = [wallet_of(each, f"wallet-{number}") for number, each in enumerate(options, start=1)]
    with running(servers, environment_for(options[0]), logs):
        yield [each.wallet_url for each in options]


def run(*arguments: str | Path, environment: Mapping[str, str], seconds: float = 120) -> tuple[int, str]:
    """Run `python ARGUMENTS` at the root until it ends; its exit code, and all that it printed."""
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout
