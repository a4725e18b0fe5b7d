"""The GeoIP part of `make bench`: what launches cost, and judging places; kept in var/bench-geo.json."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import IO

from rich.console import Console
from rich.table import Table

from dev.options import VAR
from tests.benchmarks.stage import StageNotReady, in_django, open_database, say, stage_environment

ROUNDS, QUICK_ROUNDS = 5, 2
KEPT = VAR / "bench-geo.json"
TITLES = {
    "look_up": "look-up of an address (processor time)",
    "judge": "look-up and decision (processor time)",
    "ledger_authenticate": "authenticate, its SQL function alone",
    "authenticate": "authenticate, wallet.services",
    "bet": "changebalance, a bet, rules in force that bar the player",
    "bet_without_rules": "changebalance, a bet, no rules",
    "launch": "launch, POST /api/v1/launch",
}


@dataclass(frozen=True)
class Figures:
    """Microseconds."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Limit:
    """What was reached, and the most, or the least, that it may be."""

    title: str
    reached: float
    bound: float
    is_least: bool = False

    @property
    def is_missed(self) -> bool:
        return self.reached < self.bound if self.is_least else self.reached > self.bound

    def __str__(self) -> str:
        verdict = "[red]missed[/]" if self.is_missed else "[green]reached[/]"
        return f"{self.title}: {self.reached:.2f}, at {'least' if self.is_least else 'most'} {self.bound:g} {verdict}"


def run_geo(folder: Path, *, quick: bool) -> int:
    """Measure and return the exit code.

    :raises StageNotReady, DatabaseDidNotStart:
    """
    rounds = QUICK_ROUNDS if quick else ROUNDS
    with ExitStack() as stack:
        say("Starting PostgreSQL (fsync and synchronous_commit on)")
        postgres = open_database(stack, folder)
        log = stack.enter_context((folder / "bench.log").open("wb"))
        environment = stage_environment(postgres) | {"GEOIP_PATH": str(folder / "geoip.mmdb")}
        say("Measuring the judging of places, and bets")
        judged = run_worker("geo_worker", rounds, environment | {"FRONT_DOOR": "wallet"}, log)
        say("Measuring launches")
        launched = run_worker("geo_launches", rounds, environment | {"FRONT_DOOR": "backoffice"}, log)
    samples = judged | launched
    figures = {name: Figures(median(taken), quantiles(taken, n=100)[98]) for name, taken in samples.items()}
    return show(figures, list_limits(figures))


def run_worker(module: str, rounds: int, environment: Mapping[str, str], log: IO[bytes]) -> dict[str, list[float]]:
    """Let a process measure, and return the microseconds by measure.

    :raises StageNotReady: it failed.
    """
    command = [*in_django(module), str(rounds)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=log, check=False)
    if done.returncode:
        raise StageNotReady(f"{module} could not measure: see {log.name}")
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def list_limits(found: dict[str, Figures]) -> list[Limit]:
    judging = found["authenticate"].p50 - found["ledger_authenticate"].p50
    bets = found["bet_without_rules"].p50 / found["bet"].p50
    return [
        Limit("look-up and decision, p99 in µs", found["judge"].p99, 100),
        Limit("what judging adds to an authenticate, p50 in µs", judging, 100),
        Limit("launch, p99 in ms", found["launch"].p99 / 1000, 100),
        Limit("rate of bets with rules in force to that without, p50", bets, 0.95, is_least=True),
    ]


def show(found: dict[str, Figures], limits: list[Limit]) -> int:
    """Print and keep what came of it, and return the exit code."""
    table = Table(title="Launches and places judged on this machine, one process", title_justify="left")
    table.add_column("")
    for heading in ("a second", "p50 µs", "p99 µs"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, title in TITLES.items():
        figures = found[name]
        table.add_row(title, f"{1e6 / figures.p50:,.0f}", f"{figures.p50:,.1f}", f"{figures.p99:,.1f}")
    console = Console(width=max(Console().width, 120), soft_wrap=True)
    console.print(table)
    for limit in limits:
        console.print(str(limit))
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    kept = {
        "machine": machine,
        "measures": {name: asdict(figures) for name, figures in found.items()},
        "limits": [asdict(limit) for limit in limits],
    }
    KEPT.write_text(json.dumps(kept, indent=2) + "\n")
    return int(any(limit.is_missed for limit in limits))
