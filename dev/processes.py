"""Child processes that never outlive us, ports, and files that hold secrets."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from pwd import struct_passwd
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1
# Looked up before any fork: a child between fork and exec must not load libraries.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send this process a signal when the thread that started it ends (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def start(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    environment: Mapping[str, str] | None = None,
    user: struct_passwd | None = None,
    cpus: Collection[int] = (),
    farewell: signal.Signals = signal.SIGTERM,
) -> "subprocess.Popen[bytes]":
    """Start a child out of reach of the terminal's Ctrl-C; it gets `farewell` should we die first.

    Call it from the main thread: the kernel counts the death of the starting thread.
    """
    parent = os.getpid()

    def prepare() -> None:
        die_with_parent(farewell)
        if os.getppid() != parent:
            os._exit(1)
        if cpus and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, cpus)

    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd="/" if user else None,  # ours may be out of another user's reach
        start_new_session=True,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        preexec_fn=prepare,  # noqa: PLW1509 - it takes no lock that another thread could hold
    )


def stop(process: "subprocess.Popen[bytes]", number: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """End a child, kindly first."""
    if process.poll() is None:
        process.send_signal(number)
    finish(process, patience)


def finish(process: "subprocess.Popen[bytes]", patience: float = 10) -> None:
    """Wait for a child that was told to end; after that end it, and what it leaves of its own session, by force."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(met: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> bool:
    """Whether the condition was met in time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def holder_of(port: int) -> str:
    """Who listens on a port, as ` by NAME (pid N)`; empty where the system does not tell us."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            here = connection.laddr
            if connection.status == psutil.CONN_LISTEN and here and here.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""


def write_private(path: Path, content: str) -> None:
    """Replace a file at once; from its first moment nobody but its owner can read it."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    draft.replace(path)
