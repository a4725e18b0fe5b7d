"""The GeoIP part of `make bench`: what judging a place costs launches; kept in var/bench-geo.json."""

import json
import os
import platform
import subprocess
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

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
    "launch": "launch, wallet.services",
}


@dataclass(frozen=True)
class Figures:
    """Microseconds."""

    p50: float
    p99: float


def run_geo(folder: Path, *, quick: bool) -> int:
    """Measure and return the exit code.

    :raises StageNotReady, DatabaseDidNotStart:
    """
    with ExitStack() as stack:
        say("Starting PostgreSQL (fsync and synchronous_commit on)")
        postgres = open_database(stack, folder)
        log = stack.enter_context((folder / "bench.log").open("wb"))
        own = {"GEOIP_PATH": str(folder / "geoip.mmdb"), "FRONT_DOOR": "wallet"}
        say("Measuring launches and the judging of places")
        rounds = QUICK_ROUNDS if quick else ROUNDS
        done = subprocess.run(
            [*in_django("geo_worker"), str(rounds)],
            env=stage_environment(postgres) | own,
            stdout=subprocess.PIPE,
            stderr=log,
            check=False,
        )
        if done.returncode:
            raise StageNotReady(f"launches could not be measured: see {log.name}")
    samples: dict[str, list[float]] = json.loads(done.stdout)
    return show({name: Figures(median(taken), quantiles(taken, n=100)[98]) for name, taken in samples.items()})


def show(found: dict[str, Figures]) -> int:
    """Print and keep what came of it, and return the exit code."""
    table = Table(title="Places judged on this machine, one process", title_justify="left")
    table.add_column("")
    for heading in ("a second", "p50 µs", "p99 µs"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, figures in found.items():
        table.add_row(TITLES[name], f"{1e6 / figures.p50:,.0f}", f"{figures.p50:,.1f}", f"{figures.p99:,.1f}")
    limits = {
        "look-up and decision, p99 in µs": (found["judge"].p99, 100.0),
        "what judging adds to an authenticate, p50 in µs": (
            found["authenticate"].p50 - found["ledger_authenticate"].p50,
            100.0,
        ),
    }
    console = Console(width=max(Console().width, 120), soft_wrap=True)
    console.print(table)
    for title, (reached, most) in limits.items():
        verdict = "[red]missed[/]" if reached > most else "[green]reached[/]"
        console.print(f"{title}: {reached:.1f}, at most {most:.0f} {verdict}")
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    figures_by_name = {name: asdict(figures) for name, figures in found.items()}
    KEPT.write_text(json.dumps({"machine": machine, "measures": figures_by_name, "limits": limits}, indent=2) + "\n")
    return int(any(reached > most for reached, most in limits.values()))
