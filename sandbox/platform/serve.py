"""`python -m sandbox serve`."""

import argparse
import ctypes
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from sandbox.journal import Journal
from sandbox.platform.app import create_app
from sandbox.platform.catalogue import GAME_COUNT, MOST_GAMES
from sandbox.platform.offer import Offer
from sandbox.platform.state import Platform
from sandbox.settings import (
    BadSettings,
    SettingsSource,
    add_demo_argument,
    read_data_folder,
    read_game_count,
    read_port,
)

ADDRESS = "127.0.0.1"
THREADS = 8
PR_SET_PDEATHSIG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_demo_argument(parser)
    parser.add_argument("--port", type=int, help="instead of SANDBOX_PORT (8002)")
    parser.add_argument("--games", metavar="N", help=f"games of generic, instead of SANDBOX_GAMES ({GAME_COUNT})")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop. One worker process, since sessions live in its memory."""
    try:
        port = arguments.port or read_port()
        games = read_game_count(arguments.games, GAME_COUNT, MOST_GAMES)
    except BadSettings as problem:
        print(problem, file=sys.stderr)
        return 2
    if not _is_free(port):
        print(f"Port {port} is taken: set SANDBOX_PORT to another one", file=sys.stderr)
        return 1
    server = Granian(
        "sandbox",
        address=ADDRESS,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
    )
    print(f"Sandbox platforms on http://{ADDRESS}:{port}/", flush=True)
    demo = arguments.demo.resolve()
    load = partial(load_app, demo, read_data_folder(demo=demo), games)
    server.serve(target_loader=load, wrap_loader=False)
    return 0


def load_app(demo: Path, data: Path, games: int) -> Callable[..., object]:
    """Make the application inside granian's worker process."""
    _end_with_parent()
    return create_app(Platform(SettingsSource(demo), Journal(data), Offer(games)), data)


def _is_free(port: int) -> bool:
    # granian itself would share the port with another granian, and a session would be known to one of the two.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def _end_with_parent() -> None:
    # Otherwise a `kill -9` of the server would leave its worker behind, holding the port.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
