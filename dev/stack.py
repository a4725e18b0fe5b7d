"""What `make run` brings up, in which order, and what it tells about it."""

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from dev import processes
from dev.credentials import Credentials
from dev.options import VAR, Options
from dev.postgres import Postgres, home_for
from dev.supervisor import Supervisor
from dev.valkey import Valkey

PYTHON = sys.executable
# What `manage.py` needs to work on the demo from another terminal.
KEPT = [
    *("SECRET_KEY", "ENCRYPTION_KEYS", "LEDGER_DIGEST_KEYS", "ALLOWED_HOSTS", "HTTPS_ONLY", "SECOND_FACTOR", "DEBUG"),
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"),
    *("PUBLIC_BACKOFFICE_URL", "PUBLIC_WALLET_URL", "PLATFORM_PRIVATE_HOSTS_ALLOWED", "GEOIP_PATH"),
    *("LEDGER_DIGEST_PATH", "LEDGER_ARCHIVE_PATH"),
]


class DataNotReady(Exception):
    """The database could not be prepared; the command that failed has said why."""


def serve(options: Options, given: Mapping[str, str], credentials: Credentials) -> None:
    """Bring everything up, say where it is, and stay until Ctrl-C or until a process ends by itself again and again."""
    environment = demo_environment(options, credentials) | dict(given)
    supervisor = Supervisor(environment)
    with ExitStack() as stack:
        owner = environment.pop("MIGRATION_DATABASE_URL", "")
        if "DATABASE_URL" not in environment:
            owner = start_postgres(supervisor, options, credentials, stack)
        if "REDIS_URL" not in environment:
            start_valkey(supervisor, credentials, stack)
        as_owner = {"MIGRATION_DATABASE_URL": owner, "DATABASE_AS": "owner"}
        keep_environment(environment | {"MIGRATION_DATABASE_URL": owner})
        stack.callback(supervisor.stop)
        stack.callback(ignore_signals)
        say("Preparing the database")
        prepare(environment | as_owner, "load")
        start_processes(supervisor, options)
        wait_for_answers(supervisor, options)
        prepare(environment, "catalogue")
        show_table(options, credentials)
        supervisor.watch()


def demo_environment(options: Options, credentials: Credentials) -> dict[str, str]:
    """A production's settings, on this machine's loopback address."""
    return {
        "ENV_FILE": os.devnull,
        "PYTHONUNBUFFERED": "1",
        "SANDBOX_DEMO": str(VAR / "demo.json"),
        "HTTPS_ONLY": "false",
        "SECOND_FACTOR": "false",
        "LOG_FORMAT": "text",
        "METRICS_PATH": str(VAR / "metrics"),
        "METRICS_TOKEN": credentials.metrics_token,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECRET_KEY": credentials.secret_key,
        "ENCRYPTION_KEYS": f"demo:{credentials.encryption_key}",
        "LEDGER_DIGEST_KEYS": f"demo:{credentials.digest_key}",
        "LEDGER_DIGEST_PATH": str(VAR / "digests"),
        "LEDGER_ARCHIVE_PATH": str(VAR / "archive"),
        "PUBLIC_BACKOFFICE_URL": options.backoffice_url,
        "PUBLIC_WALLET_URL": options.wallet_url,
        "PLATFORM_PRIVATE_HOSTS_ALLOWED": "true",
        "GEOIP_PATH": str(VAR / "geoip.mmdb"),
    }


def keep_environment(environment: Mapping[str, str]) -> None:
    lines = [f"{name}={environment[name]}\n" for name in KEPT if name in environment]
    processes.write_private(VAR / "demo.env", "".join(lines))


def start_postgres(supervisor: Supervisor, options: Options, credentials: Credentials, stack: ExitStack) -> str:
    """Return the address of the database's owner; all that is served connects as a role that owns nothing."""
    home = home_for(VAR / "postgres")
    if home.parent != VAR:
        say(f"PostgreSQL, which root may not run, cannot reach this clone as nobody: its data is in {home}")
    passwords = credentials.database_password, credentials.application_password
    postgres = Postgres(home, *passwords, cpus=options.postgres_cpus)
    say("Starting PostgreSQL" if postgres.data.exists() else "Creating the PostgreSQL database")
    stack.callback(postgres.stop)
    supervisor.adopt("postgres", postgres.start)
    supervisor.environment["DATABASE_URL"] = postgres.application_url
    return postgres.url


def start_valkey(supervisor: Supervisor, credentials: Credentials, stack: ExitStack) -> None:
    valkey = Valkey(VAR / "valkey", credentials.redis_password)
    say("Starting Valkey (Redis)")
    stack.callback(valkey.stop)
    supervisor.adopt("valkey", valkey.start)
    supervisor.environment["REDIS_URL"] = valkey.url


def prepare(environment: Mapping[str, str], part: str) -> None:
    """Run a part of `dev.demo`, its output as it comes.

    :raises DataNotReady: it failed.
    """
    sys.stdout.flush()
    process = processes.start([PYTHON, "-m", "dev.demo", part], output=sys.stdout.fileno(), environment=environment)
    try:
        if process.wait():
            raise DataNotReady(f"the demo's data could not be prepared (dev.demo {part}, code {process.returncode})")
    finally:
        processes.stop(process)


def start_processes(supervisor: Supervisor, options: Options) -> None:
    say("Starting the sandbox, the wallet, the back office and Celery")
    supervisor.start("sandbox", [PYTHON, "-m", "sandbox", "serve"])
    supervisor.start("wallet", wallet_command(options), cpus=options.wallet_cpus)
    supervisor.start("backoffice", backoffice_command(options))
    # As root, Celery warns at every start of what is meant here.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges", "-m", "celery", "--quiet"]
    celery: list[str | Path] = [PYTHON, *quiet, "--app", "config"]
    worker = ["worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle", "--without-gossip"]
    # With heartbeats, a worker whose Redis went away and came back may never take a task again (celery's issue 8091).
    worker += ["--without-heartbeat"]
    # With its broker gone at the same moment, a worker that is asked to end never does. What it had begun comes back.
    supervisor.start("worker", [*celery, *worker], farewell=signal.SIGKILL)
    supervisor.start("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="])


def granian(target: str, port: int, workers: int) -> list[str | Path]:
    """Many threads, most of which wait for clients: `config.gate` lets few work at a time.

    The time-out for headers is also how long an idle connection is kept, hence the longest there is: `config.stalls`
    ends what stalls, and sooner. Below errors, granian only warns of so many threads.
    """
    command: list[str | Path] = [PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "--respawn-failed-workers", "--no-ws", "--http", "1"]
    command += ["--blocking-threads", "512", "--backpressure", "1024", "--http1-header-read-timeout", "60000"]
    command += ["--workers-kill-timeout", "5", "--log-level", "error"]
    return [*command, f"{target}:application"]


def wallet_command(options: Options) -> list[str | Path]:
    return granian("config.wsgi_wallet", options.wallet_port, options.wallet_workers)


def backoffice_command(options: Options) -> list[str | Path]:
    return granian("config.wsgi", options.backoffice_port, 1)


def wait_for_answers(supervisor: Supervisor, options: Options) -> None:
    pages = {
        "the sandbox": f"{options.sandbox_url}/health",
        "the wallet": f"{options.wallet_url}/ping",
        "the back office": f"{options.backoffice_url}/admin/login/",
    }
    for name, page in pages.items():
        supervisor.wait_until(partial(answers, page), seconds=60, what=name)


def answers(page: str) -> bool:
    try:
        return requests.get(page, timeout=5).ok
    except requests.RequestException:
        return False


def show_table(options: Options, credentials: Credentials) -> None:
    table = Table(title="The back office is up", title_justify="left", show_header=False)
    table.add_row("Admin", f"{options.backoffice_url}/admin/")
    table.add_row("  user, password", f"admin, {credentials.admin_password}")
    table.add_row("  or, for what takes two", f"support or finance, {credentials.staff_password}")
    table.add_row("Casino API's page", f"{options.backoffice_url}/api/docs/")
    table.add_row("Wallet", options.wallet_url)
    table.add_row("Sandbox platform", f"{options.sandbox_url}/")
    table.add_row("Figures, to metrics_token", f"{options.backoffice_url}/metrics")
    table.add_row("All of this, with keys", str(VAR / "demo.json"))
    table.add_row("Play rounds", ".venv/bin/python -m sandbox play")
    Console(soft_wrap=True).print(table)
    say("Ctrl-C stops everything.")


def ignore_signals() -> None:
    """From here on all is ending anyway; an impatient second Ctrl-C must not leave half of it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
