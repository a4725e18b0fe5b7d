"""Load from outside: pgbench on the database, wrk on the wallet's door, and what they report."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

HERE = Path(__file__).parent
# Latencies are taken of one transaction in this many: logging them all would be load too.
SAMPLED = 10
# wrk listens this much longer than calls are made, so that all of them are answered.
QUIET_SECONDS = 1


class LoadFailed(Exception):
    """A load generator failed, or some of its calls did; the message says how."""


@dataclass(frozen=True)
class Load:
    """What one run did: acts that were acknowledged, in how many seconds, and how long each took (milliseconds)."""

    acts: int
    seconds: float
    p50: float | None
    p99: float | None
    counts: tuple[int, ...] = field(default=())

    @property
    def rate(self) -> float:
        return self.acts / self.seconds


def run_pgbench(
    script: str, *, binaries: Path, database: str, options: str, clients: int, seconds: int, values: Mapping[str, int]
) -> Load:
    """Call a function from a number of clients, each call a prepared statement in a transaction of its own.

    :raises LoadFailed:
    """
    with tempfile.TemporaryDirectory() as folder:
        command: list[str | Path] = [binaries / "pgbench", "--no-vacuum", "--protocol=prepared", "--jobs=2"]
        command += [f"--client={clients}", f"--time={seconds}", f"--file={HERE / script}.pgbench"]
        command += ["--log", f"--log-prefix={folder}/log", f"--sampling-rate={1 / SAMPLED}"]
        command += [f"--define={name}={value}" for name, value in values.items()]
        output = _output([*command, database], environment={"PGOPTIONS": options})
        waits = sorted(
            int(line.split()[2]) / 1000 for log in Path(folder).iterdir() for line in log.read_text().splitlines()
        )
    acts, failed = (_number(rf"{what}: (\d+)", output) for what in ("actually processed", "failed transactions"))
    if failed or not acts:
        raise LoadFailed(f"pgbench {script}: {failed} transactions failed\n{output}")
    p50, p99 = _percentiles(waits)
    return Load(acts=acts, seconds=acts / _rate(output), p50=p50, p99=p99)


def run_wrk(act: str, *, url: str, connections: int, seconds: int, values: Mapping[str, str | int]) -> Load:
    """Make calls over a number of connections; every one must be answered OK.

    :raises LoadFailed:
    """
    command = ["wrk", f"--threads={min(2, connections)}", f"--connections={connections}", "--timeout=10s"]
    command += [f"--duration={seconds + QUIET_SECONDS}s", f"--script={HERE / 'platform.lua'}", url, "--"]
    arguments = [f"{name}={value}" for name, value in {"act": act, "seconds": seconds, **values}.items()]
    report: dict[str, Any] = json.loads(_output([*command, *arguments], environment={}).splitlines()[-1])
    if report["refused"] or report["broken"] or not report["ok"]:
        raise LoadFailed(f"wrk {act}: not every call was answered OK: {report}")
    return Load(report["ok"], report["seconds"], report["p50"], report["p99"], tuple(report["counts"]))


def _output(command: Sequence[str | Path], *, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | dict(environment),
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise LoadFailed(f"{command[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def _rate(output: str) -> float:
    found = re.search(r"tps = ([\d.]+)", output)
    if found is None:
        raise LoadFailed(f"pgbench told no rate:\n{output}")
    return float(found[1])


def _percentiles(waits: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(waits, n=100)
    return cuts[49], cuts[98]
