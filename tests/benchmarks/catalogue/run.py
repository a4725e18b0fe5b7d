"""The catalogue's part of `make bench`: measured, shown beside its limits, kept in var/bench-catalogue.json."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from statistics import median

from rich.console import Console

from dev.options import VAR
from tests.benchmarks.catalogue.limits import LIMITS, table_of
from tests.benchmarks.catalogue.measures import Found, Rounds
from tests.benchmarks.catalogue.stage import open_catalogue_stage
from tests.benchmarks.stage import say

ROUNDS, QUICK_ROUNDS = 7, 3
KEPT = VAR / "bench-catalogue.json"


def run_catalogue(folder: Path, *, quick: bool) -> int:
    """Measure the catalogue and return the exit code.

    :raises StageNotReady, DatabaseDidNotStart:
    """
    with open_catalogue_stage(folder) as stage:
        say("Measuring the catalogue, in milliseconds")
        found = Rounds(stage).take(QUICK_ROUNDS if quick else ROUNDS)
    keep(found)
    return show(found)


def keep(found: Found) -> None:
    limits = [{**asdict(limit), "reached": limit.reached(found.samples)} for limit in LIMITS]
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    KEPT.write_text(json.dumps({"machine": machine, **asdict(found), "limits": limits}, indent=2) + "\n")


def show(found: Found) -> int:
    """Print what came of it, and return the exit code."""
    console = Console(width=max(Console().width, 120), soft_wrap=True)
    console.print(table_of(found.samples))
    for fault in found.faults:
        console.print(f"[red]Written without need:[/] {fault}")
    others = found.others
    console.print(f"Others used {median(others):.0%} of the processors meanwhile, at most {max(others):.0%}.")
    missed = [limit for limit in LIMITS if limit.is_missed(found.samples)]
    console.print(f"{len(LIMITS) - len(missed)} of {len(LIMITS)} limits reached; all of it is in {KEPT}")
    return 1 if missed or found.faults else 0
