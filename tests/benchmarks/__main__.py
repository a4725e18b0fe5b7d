"""`make bench`: measure everything in one run, show it beside its limits, keep it in var/bench*.json."""

import argparse
import json
import os
import platform
import shutil
import signal
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from dev.options import VAR
from dev.postgres import DatabaseDidNotStart
from tests.benchmarks.books import find_faults
from tests.benchmarks.catalogue.run import run_catalogue
from tests.benchmarks.geo import run_geo
from tests.benchmarks.limits import LIMITS, Samples, figures, table_of
from tests.benchmarks.load import LoadFailed
from tests.benchmarks.measures import Measure, Measures, Sample
from tests.benchmarks.play_limits import run_play_limits
from tests.benchmarks.processors import read
from tests.benchmarks.size.run import run_size
from tests.benchmarks.stage import StageNotReady, open_stage, say

ROUNDS, SECONDS, WARM_UP_SECONDS = 3, 6, 2
# A measure during which others used more than this share of the processors is taken again, up to so many times in all.
DISTURBED, TRIES = 0.08, 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--quick", action="store_true", help="less time and fewer rounds: less sure")
    parser.add_argument("--only", choices=[*PARTS, *SMALLER], help="one of the parts")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if asked.only in {None, "wallet", "size"} and shutil.which("wrk") is None:
        sys.stderr.write("make bench: wrk makes the load over HTTP: install it (Debian: apt-get install wrk)\n")
        return 2
    parts = [asked.only] if asked.only else [*PARTS]
    try:
        return max(run(part, VAR / "bench", quick=asked.quick) for part in parts)
    except (DatabaseDidNotStart, StageNotReady, LoadFailed) as fault:
        sys.stderr.write(f"make bench: {fault}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def run(part: str, folder: Path, *, quick: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    busy = os.getloadavg()[0]
    if busy > 1:
        say(f"Others are busy on this machine (load {busy:.1f}): the figures will be lower, and less sure.")
    return (PARTS | SMALLER)[part](folder, quick=quick)


def run_wallet(folder: Path, *, quick: bool) -> int:
    seconds = 2 if quick else SECONDS
    with open_stage(folder) as stage:
        measures = Measures(stage)
        listed = list(measures)
        samples = take_turns(listed, seconds)
        say("Proving the books")
        faults = find_faults(stage, measures.book.booked)
    keep(VAR / "bench.json", listed, samples, faults, seconds)
    return show(listed, samples, faults)


def show(measures: Sequence[Measure], samples: Samples, faults: Sequence[str]) -> int:
    """Print what came of it, and return the exit code."""
    console = Console(width=max(Console().width, 120), soft_wrap=True)
    console.print(table_of(measures, samples))
    for fault in faults:
        console.print(f"[red]The books do not hold:[/] {fault}")
    others = [sample.others for taken in samples.values() for sample in taken]
    console.print(f"Others used {median(others):.0%} of the processors meanwhile, at most {max(others):.0%}.")
    missed = [limit for limit in LIMITS if limit.is_missed(samples)]
    console.print(f"{len(LIMITS) - len(missed)} of {len(LIMITS)} limits reached; all of it is in {VAR / 'bench.json'}")
    return 1 if missed or faults else 0


def take_turns(measures: Sequence[Measure], seconds: int) -> Samples:
    """Warm each measure up, then let them take turns, so that a slow minute of the machine is shared by all."""
    samples: dict[str, list[Sample]] = defaultdict(list)
    for turn in range(ROUNDS + 1):
        for measure in measures:
            sample = take_calmly(measure, seconds) if turn else measure.take(WARM_UP_SECONDS)
            shown = "  ".join(f"{value:>8}" for value in figures([sample]))
            say(f"{f'round {turn}/{ROUNDS}' if turn else 'warm-up':10} {measure.title:30} {measure.clients:3} {shown}")
            if turn:
                samples[measure.name].append(sample)
    return samples


def take_calmly(measure: Measure, seconds: int) -> Sample:
    """Take a measure; where others disturb it, take it again, and return the calmest."""
    taken: list[Sample] = []
    while len(taken) < TRIES and not (taken and taken[-1].others <= DISTURBED):
        before = read()
        sample = measure.take(seconds)
        taken.append(replace(sample, others=read().others_since(before)))
    return min(taken, key=lambda sample: sample.others)


def keep(path: Path, measures: Sequence[Measure], samples: Samples, faults: Sequence[str], seconds: int) -> None:
    rows: list[dict[str, Any]] = [
        {
            "name": measure.name,
            "title": measure.title,
            "clients": measure.clients,
            "rounds": [asdict(sample) for sample in samples[measure.name]],
        }
        for measure in measures
    ]
    limits = [{**asdict(limit), "reached": limit.reached(samples)} for limit in LIMITS]
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    found = {"machine": machine, "seconds": seconds, "measures": rows, "limits": limits, "faults": list(faults)}
    path.write_text(json.dumps(found, indent=2) + "\n")


PARTS = {
    "wallet": run_wallet,
    "catalogue": run_catalogue,
    "geo": run_geo,
    "play-limits": run_play_limits,
    "size": run_size,
}
# What only stands for a part of another one.
SMALLER = {"size-pages": partial(run_size, only_pages=True)}


if __name__ == "__main__":
    sys.exit(main())
