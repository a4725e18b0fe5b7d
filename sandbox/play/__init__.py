"""`python -m sandbox play`: a robot that plays rounds, and in the end compares its books with the wallet's."""

import argparse
import os
import secrets
from collections.abc import Callable

from rich.console import Console

from sandbox.casino_client import CasinoClient, CasinoRefusal
from sandbox.journal import Journal
from sandbox.play.display import Display, print_differences, print_summary
from sandbox.play.robot import CannotBegin, Plan, Robot
from sandbox.play.tally import add_up
from sandbox.settings import BadSettings, add_demo_argument, read_data_folder, read_settings
from sandbox.wallet_client import WalletClient

DEFAULT_ROUNDS = 1000
OVERRIDES = {
    "wallet_url": "SANDBOX_WALLET_URL",
    "operator_id": "SANDBOX_OPERATOR_ID",
    "secret": "SANDBOX_SECRET_KEY",
    "api_url": "SANDBOX_BACKOFFICE_URL",
    "api_key": "SANDBOX_API_KEY",
}


def positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not more than 0")
        return value

    return read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `play`."""
    count, amount = positive(int), positive(float)
    parser.add_argument("--players", type=count, default=20, metavar="N", help="players to create (20)")
    parser.add_argument("--rounds", type=count, metavar="R", help="rounds to play in all (1000, or as --seconds allow)")
    parser.add_argument("--seconds", type=amount, metavar="S", help="stop after this time")
    parser.add_argument("--rate", type=amount, metavar="R", help="rounds a second (as fast as it goes)")
    parser.add_argument("--threads", type=count, default=8, metavar="N", help="players who play at the same time (8)")
    parser.add_argument("--seed", type=int, help="repeat the choices of an earlier run")
    parser.add_argument("--misbehave", action="store_true", help="retry, race, hang up, send late and out of order")
    parser.add_argument("--patience", type=amount, default=60.0, metavar="S", help="how long to repeat a call (60 s)")
    parser.add_argument(
        "--timeout", type=amount, default=10.0, metavar="S", help="how long to wait for one answer (10 s)"
    )
    parser.add_argument("--ip", default="203.0.113.7", help="the players' address (one kept for documentation)")
    add_demo_argument(parser)
    parser.add_argument("--wallet-url", metavar="URL", help="the wallet, in place of the demo file's")
    parser.add_argument("--operator-id", metavar="ID", help="the operator account, in place of the demo file's")
    parser.add_argument("--secret", metavar="KEY", help="its secret key, in place of the demo file's")
    parser.add_argument("--api-url", metavar="URL", help="the casino API up to /api/v1, in place of the demo file's")
    parser.add_argument("--api-key", metavar="KEY", help="its key, in place of the demo file's")


def run(arguments: argparse.Namespace) -> int:
    """Play; 0 when all books agree, 1 when something differs, 2 when it could not begin."""
    console = Console(stderr=False)
    try:
        wallet, casino = connect(arguments)
        journal = Journal(read_data_folder(demo=arguments.demo))
        return play(console, read_plan(arguments), wallet, casino, journal)
    except (BadSettings, CasinoRefusal, CannotBegin) as problem:
        Console(stderr=True).print(f"The robot cannot play: {problem}", style="red", markup=False, highlight=False)
        return 2


def connect(arguments: argparse.Namespace) -> tuple[WalletClient, CasinoClient]:
    """The lines to the wallet and to the casino.

    :raises BadSettings: an address or key is neither an option, in the environment, nor in the demo file.
    """
    given = {variable: getattr(arguments, name) for name, variable in OVERRIDES.items() if getattr(arguments, name)}
    settings = read_settings(arguments.demo, os.environ | given)
    api_url = arguments.api_url or f"{settings.backoffice_url.rstrip('/')}/api/v1"
    lines = arguments.threads * 5
    wallet = WalletClient(settings.wallet_url, settings.operator_id, settings.secret_key, arguments.timeout, lines)
    return wallet, CasinoClient(api_url, settings.api_key, connections=lines)


def read_plan(arguments: argparse.Namespace) -> Plan:
    rounds = arguments.rounds
    return Plan(
        players=arguments.players,
        rounds=DEFAULT_ROUNDS if rounds is None and arguments.seconds is None else rounds,
        seconds=arguments.seconds,
        rate=arguments.rate,
        threads=arguments.threads,
        seed=secrets.randbelow(10**6) if arguments.seed is None else arguments.seed,
        misbehave=arguments.misbehave,
        ip=arguments.ip,
        patience=arguments.patience,
    )


def play(console: Console, plan: Plan, wallet: WalletClient, casino: CasinoClient, journal: Journal) -> int:
    """Make a whole run, write it into the journal, and print what it found; 0 when all books agree, else 1.

    :raises CannotBegin: the wallet is not there, or the casino has no game for the players.
    :raises CasinoRefusal: the players cannot be created, or their games not launched.
    """
    display = Display(console)
    with journal.flushing(), display.progress, Robot(plan, wallet, casino, journal, display.show) as robot:
        display.begin(f"Seating {plan.players:,} players (seed {plan.seed})")
        robot.open()
        opened = add_up(robot.tallies).calls.total()
        display.begin("Misbehaving" if plan.misbehave else "Playing", robot.tallies)
        seconds = robot.play()
        calls = add_up(robot.tallies).calls.total() - opened
        display.begin("Comparing the books", robot.tallies)
        robot.close()
    total = add_up(robot.tallies)
    print_summary(console, total, plan.players, calls, seconds)
    print_differences(console, total.differences)
    return 1 if total.faults else 0
