"""`make run`: the whole system on this machine, under one supervisor, with demo data."""

import argparse
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dev import processes
from dev.credentials import keep_credentials
from dev.options import VAR, BadOption, given_environment, read_options, refuse_taken_ports
from dev.postgres import DatabaseDidNotStart, elsewhere
from dev.stack import DataNotReady, say, serve
from dev.supervisor import ChildDied
from dev.valkey import RedisDidNotStart


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run")
    parser.add_argument("--clean", action="store_true", help="forget the demo's data, credentials and logs")
    arguments = parser.parse_args()
    listen_for_the_end()
    try:
        with only_run() as unclean:
            return clean() if arguments.clean else run(unclean=unclean)
    except KeyboardInterrupt:
        say("Everything is stopped.")
        return 0
    except (BadOption, DatabaseDidNotStart, RedisDidNotStart, DataNotReady, ChildDied, TimeoutError) as fault:
        sys.stderr.write(f"make run: {fault}\n")
    except PermissionError as fault:
        sys.stderr.write(f"make run: {fault.filename} belongs to another user: run as that user, or remove it\n")
    return 1


def listen_for_the_end() -> None:
    """A polite kill, a terminal that closes (but for `nohup`), and the death of the `make` above us end a run too.

    So does Ctrl-C's signal where a shell that put us in the background had it ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    if "MAKELEVEL" in os.environ:
        processes.die_with_parent(signal.SIGTERM)


@contextmanager
def only_run() -> Iterator[bool]:
    """Keep a second run of this clone out; yields whether the last one was killed before it could end the rest.

    :raises BadOption: another run is going on.
    """
    VAR.mkdir(exist_ok=True)
    VAR.chmod(0o700 if os.geteuid() else 0o711)
    with (VAR / "run.lock").open("a+") as lock:
        lock.seek(0)
        holder = lock.read().strip()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadOption(f"another run of this clone is going on (pid {holder}): end that first") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield bool(holder)
        finally:
            lock.truncate(0)


def run(*, unclean: bool) -> int:
    given = given_environment()
    options = read_options(given)
    refuse_taken_ports(given, patience=10 if unclean else 0)
    serve(options, given, keep_credentials(VAR / "credentials.json"))
    return 0


def clean() -> int:
    """Remove all that runs have left. A database that DATABASE_URL names is not ours to remove."""
    shutil.rmtree(elsewhere(VAR / "postgres"))
    for entry in VAR.iterdir():
        if entry.name != "run.lock":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    say("The demo is forgotten.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
