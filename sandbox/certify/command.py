"""The command line of `certify`: whom to try, with what, and where the report goes."""

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sandbox.casino_client import CasinoClient
from sandbox.certify import checks as _checks  # noqa: F401 - importing them lists the rules
from sandbox.certify.messages import Player
from sandbox.certify.registry import Rule, list_rules
from sandbox.certify.report import Summary, follow, make_console, print_rules, print_table, write_report
from sandbox.certify.runner import try_rules
from sandbox.certify.stage import Stage, as_sent
from sandbox.settings import SOURCES, BadSettings, add_demo_argument, read_settings
from sandbox.wallet_client import WalletClient


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `certify` to a parser."""
    add_demo_argument(parser)
    _add_target(parser.add_argument_group("the wallet (the demo's, unless --wallet-url is given)"))
    _add_given(parser.add_argument_group("somebody to play as, where there is no casino API"))
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="rules whose id starts so (repeatable)"
    )
    parser.add_argument("--list", action="store_true", help="print the rules and try none")
    parser.add_argument("--verbose", action="store_true", help="print every request and answer in full")
    parser.add_argument("--report", "--json", type=Path, metavar="FILE", help="write everything as JSON")


def _add_target(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--wallet-url", metavar="URL", help="the address that the commands' names are appended to")
    group.add_argument("--operator-id", metavar="ID")
    group.add_argument("--secret", metavar="KEY", help="its secret key (better: SANDBOX_SECRET_KEY)")
    group.add_argument("--previous-secret", metavar="KEY", help="the secret that is being rotated out, if any")
    group.add_argument("--api-url", metavar="URL", help="the casino API, ending in /api/v1")
    group.add_argument("--api-key", metavar="KEY", help="its key (better: SANDBOX_API_KEY)")
    group.add_argument("--disabled-game", metavar="ID", help="a game that the casino has disabled, if any")
    group.add_argument("--timeout", type=float, default=10.0, metavar="S", help="seconds to wait for an answer (10)")


def _add_given(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--user-id", metavar="ID")
    group.add_argument("--token", metavar="TOKEN", help="the token of a launch of --game-id")
    group.add_argument("--currency", default="EUR", metavar="CODE")
    group.add_argument("--game-id", metavar="ID")


def run(arguments: argparse.Namespace) -> int:
    """Certify a wallet. The exit code is 0 when no rule failed, 1 when one did, 2 when there was nothing to try."""
    rules = list_rules(arguments.only)
    if arguments.list:
        print_rules(make_console(), rules)
        return 0
    try:
        stage = read_stage(arguments)
    except BadSettings as problem:
        return _give_up(str(problem))
    if not rules:
        return _give_up(f"no rule's id starts with {' or '.join(arguments.only)}")
    found = stage.wallet.send("ping", None, {}, "GET")
    if found.failure:
        return _give_up(f"{stage.wallet.base_url} does not answer: {found.message}")
    return certify(stage, rules, report=arguments.report, verbose=arguments.verbose)


def certify(stage: Stage, rules: list[Rule], *, report: Path | None = None, verbose: bool = False) -> int:
    """Try the rules, print the table and the count, and return the exit code."""
    console = make_console()
    started_at, started = datetime.now(UTC), time.perf_counter()
    outcomes = list(follow(console, try_rules(rules, stage), len(rules)))
    summary = Summary(
        wallet_url=stage.wallet.base_url,
        operator_id=stage.wallet.operator_id,
        started_at=started_at,
        seconds=time.perf_counter() - started,
        calls=len(stage.exchanges),
        outcomes=outcomes,
    )
    print_table(console, outcomes, verbose=verbose)
    if failed := summary.list_failed():
        console.print(f"Failed: {', '.join(failed)}", style="red", highlight=False)
    console.print(summary.describe(), highlight=False)
    if report:
        write_report(report, summary)
    return 1 if failed else 0


def read_stage(arguments: argparse.Namespace) -> Stage:
    """The wallet and the casino to try: from the options and the environment, or else the demo's.

    :raises BadSettings: the operator or the secret is missing.
    """
    target = _read_demo(arguments) if arguments.wallet_url is None else {}
    wallet_url = arguments.wallet_url or target["wallet_url"]
    operator_id = _find(arguments.operator_id, "operator_id", target, "--operator-id")
    secret = _find(arguments.secret, "secret_key", target, "--secret")
    previous = arguments.previous_secret
    return Stage(
        WalletClient(wallet_url, operator_id, secret, arguments.timeout),
        casino=_make_casino(arguments, target),
        given=_make_given(arguments),
        retiring=WalletClient(wallet_url, operator_id, previous, arguments.timeout) if previous else None,
        disabled_game=as_sent(arguments.disabled_game) if arguments.disabled_game else None,
    )


def _read_demo(arguments: argparse.Namespace) -> dict[str, str]:
    settings = read_settings(arguments.demo)
    api_url = f"{settings.backoffice_url.rstrip('/')}/api/v1"
    return {name: getattr(settings, name) for name in SOURCES} | {"api_url": api_url}


def _find(option: str | None, name: str, target: dict[str, str], flag: str) -> str:
    found = option or target.get(name) or os.environ.get(SOURCES[name][0])
    if not found:
        raise BadSettings(f"{flag} is missing: give it, or set {SOURCES[name][0]}")
    return found


def _make_casino(arguments: argparse.Namespace, target: dict[str, str]) -> CasinoClient | None:
    api_url = arguments.api_url or target.get("api_url")
    api_key = arguments.api_key or target.get("api_key") or os.environ.get(SOURCES["api_key"][0])
    return CasinoClient(api_url, api_key) if api_url and api_key else None


def _make_given(arguments: argparse.Namespace) -> Player | None:
    if not (arguments.user_id and arguments.token and arguments.game_id):
        return None
    return Player(arguments.user_id, arguments.token, arguments.currency, as_sent(arguments.game_id))


def _give_up(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 2
