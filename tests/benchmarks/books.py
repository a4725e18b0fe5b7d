"""Whether, after all that load, the books hold: every acknowledged act is one ledger row, and the ledger proves."""

import subprocess
import sys
from collections.abc import Mapping

import psycopg

from tests.benchmarks.stage import Stage


def find_faults(stage: Stage, booked: Mapping[str, int]) -> list[str]:
    """Compare what was acknowledged with what is booked, and prove the ledger; `verify_ledger` shows its progress."""
    with psycopg.connect(stage.postgres.url) as connection:
        rows: dict[str, int] = dict(
            connection.execute("SELECT kind, count(*) FROM wallet_ledgerrow GROUP BY kind").fetchall()
        )
        refusals = connection.execute("SELECT count(*) FROM operators_exchange").fetchone()
    faults = [
        f"{count} of kind {kind} were acknowledged, {rows.get(kind, 0)} are booked"
        for kind, count in booked.items()
        if rows.get(kind, 0) != count
    ]
    if refusals != (0,):
        faults.append(f"the exchange log has calls that were answered with an error: {refusals}")
    command = [sys.executable, "manage.py", "verify_ledger"]
    if subprocess.run(command, env=stage.environment, check=False).returncode:
        faults.append("verify_ledger found differences")
    return faults
