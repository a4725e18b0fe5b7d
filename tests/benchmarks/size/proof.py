"""`verify_ledger` over both databases: rows a second, and what memory it takes with it and in PostgreSQL."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.table import Table

from tests.benchmarks.load import LoadFailed

RATE, MORE_MEGABYTES = 300_000, 100
# Two connections sort and hash with the 96 MB of `work_mem` that the searches set, however large the ledger.
MORE_POSTGRES_MEGABYTES = 400
TOLD = re.compile(r"([\d,]+) rows of [\d,]+ accounts in [\d.]+ s \(([\d,]+) rows/s\): ([\d,]+) differences")
ANONYMOUS = re.compile(r"^RssAnon:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Proof:
    """What one run said, and the most memory at any moment: the command's, and PostgreSQL's own without its buffers."""

    rows: int
    rate: int
    differences: int
    megabytes: float
    postgres_megabytes: float


def prove_ledger(environment: Mapping[str, str], postgres: psutil.Process) -> Proof:
    """Run the command to its end, as it shows its progress.

    :raises LoadFailed: it came to no result.
    """
    command = [sys.executable, "manage.py", "verify_ledger"]
    said = ""
    with peak_of(postgres) as peaks, subprocess.Popen(command, env=environment, stdout=-1, text=True) as process:
        for line in process.stdout or ():
            said += line
            sys.stdout.write(line)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if (found := TOLD.search(said)) is None:
        raise LoadFailed(f"verify_ledger came to no result\n{said}")
    rows, rate, differences = (int(figure.replace(",", "")) for figure in found.groups())
    return Proof(rows, rate, differences, used.ru_maxrss / 1024, max(peaks))


@contextmanager
def peak_of(postgres: psutil.Process) -> Iterator[list[float]]:
    """Note every quarter of a second how much memory PostgreSQL's processes have that is no shared buffer."""
    noted, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            noted.append(sum(map(read_anonymous, postgres.children())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield noted
    finally:
        over.set()
        watcher.join()


def read_anonymous(process: psutil.Process) -> float:
    """Megabytes; none of a process that has ended."""
    with suppress(OSError):
        found = ANONYMOUS.search(Path(f"/proc/{process.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def table_of_proofs(proofs: Mapping[str, Proof]) -> Table:
    table = Table("verify_ledger", title="The ledger's proof", title_justify="left")
    for heading in ("rows", "a second", "its memory, MB", "PostgreSQL's, MB", "differences"):
        table.add_column(heading, justify="right")
    for name, proof in proofs.items():
        figures = (proof.rows, proof.rate, proof.megabytes, proof.postgres_megabytes, proof.differences)
        table.add_row(name, *(f"{figure:,.0f}" for figure in figures))
    return table
