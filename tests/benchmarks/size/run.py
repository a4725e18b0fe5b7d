"""The size part of `make bench`: what 5,000,000 ledger rows cost beside 50,000; kept in var/bench-size.json."""

import itertools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from operator import itemgetter, truediv
from pathlib import Path
from statistics import median
from typing import IO, Any, TypeVar

import psutil
import psycopg
from rich.console import Console
from rich.table import Table

from dev.options import VAR
from dev.postgres import Postgres, binaries_for, service_user
from tests.benchmarks.geo import Limit
from tests.benchmarks.house import ACTIVE_PLAYERS, GAMES, OPERATOR_REF
from tests.benchmarks.load import LoadFailed, run_pgbench, run_wrk
from tests.benchmarks.processors import read
from tests.benchmarks.size.pages import LIMIT, Page, measure_pages, table_of_pages
from tests.benchmarks.size.proof import MORE_MEGABYTES, MORE_POSTGRES_MEGABYTES, Proof, prove_ledger, table_of_proofs
from tests.benchmarks.size.proof import RATE as PROOF_RATE
from tests.benchmarks.stage import (
    Door,
    in_django,
    open_database,
    open_door,
    open_worker,
    say,
    stage_environment,
)

KEPT = VAR / "bench-size.json"
SMALL, BIG = "small", "big"
SIZES = {SMALL: (50_000, 10_000, 10_000), BIG: (5_000_000, 1_000_000, 200_000)}
QUICK_SIZES = SIZES | {BIG: (500_000, 100_000, 20_000)}
CLIENTS = (8, 32)
ROUNDS, SECONDS, OPEN_SECONDS = 5, 6, 20
QUICK_ROUNDS, QUICK_SECONDS = 3, 2
RATE, P99 = 0.9, 25
# As for the wallet's own benchmark: what others may use of the processors, and how often a measure is taken for it.
DISTURBED, TRIES = 0.08, 3
Taken = TypeVar("Taken")


@dataclass(frozen=True)
class Database:
    """A database of one size; `facts` are the ids of its casino and operator, and the wallet's connection options."""

    name: str
    url: str
    environment: Mapping[str, str]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class House:
    """A database, and the wallet that plays in it."""

    database: Database
    door: Door

    @property
    def name(self) -> str:
        return self.database.name


def run_size(folder: Path, *, quick: bool, only_pages: bool = False) -> int:
    """Measure, show and keep it, and return the exit code.

    :raises StageNotReady, DatabaseDidNotStart, LoadFailed:
    """
    with ExitStack() as stack:
        say("Starting PostgreSQL (fsync and synchronous_commit on)")
        postgres = open_database(stack, folder)
        log = stack.enter_context((folder / "bench.log").open("wb"))
        sizes = QUICK_SIZES if quick else SIZES
        databases = {name: fill(postgres, name, size, log) for name, size in sizes.items()}
        # Before the bets, which are like no usual day: hundreds of thousands in minutes, their rounds all open.
        say("Walking through the admin, page by page, in both")
        pages = measure_all_pages(databases)
        if only_pages:
            return show({}, {}, pages, {})
        with ExitStack() as playing:
            say("Starting a wallet for each")
            houses = [
                House(database, open_door(playing, database.environment, log, pinned=False))
                for database in databases.values()
            ]
            rates = measure_rates(postgres, houses, quick=quick)
            waits = measure_waits(houses, rates, quick=quick)
        say("Proving both ledgers")
        server = psutil.Process(postgres.process.pid) if postgres.process else psutil.Process()
        proofs = {name: prove_ledger(database.environment, server) for name, database in databases.items()}
    return show(rates, waits, pages, proofs)


def fill(postgres: Postgres, name: str, size: tuple[int, int, int], log: IO[bytes]) -> Database:
    """Make a database and its history up."""
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER backoffice")
    url = f"{postgres.url.rsplit('/', 1)[0]}/{name}"
    environment = stage_environment(postgres) | {"DATABASE_URL": url, "BENCH_SECRET": "size"}
    manage = [sys.executable, "manage.py"]
    rows, rounds, players = (str(count) for count in size)
    say(f"Filling “{name}”: {size[0]:,} ledger rows")
    subprocess.run([*manage, "migrate", "-v0"], env=environment, stdout=log, stderr=log, check=True)
    history = [*manage, "make_history", "--rows", rows, "--rounds", rounds, "--players", players]
    subprocess.run(history, env=environment | {"DEBUG": "true"}, check=True)
    done = subprocess.run(in_django("size.seed"), env=environment, stdout=subprocess.PIPE, stderr=log, check=True)
    return Database(name, url, environment, json.loads(done.stdout.splitlines()[-1]))


Rates = dict[str, dict[str, list[float]]]
_runs = itertools.count(1)


def measure_rates(postgres: Postgres, houses: list[House], *, quick: bool) -> Rates:
    """Let the databases take turns; return each measure's rates by database."""
    rates: Rates = {}
    for turn in range((QUICK_ROUNDS if quick else ROUNDS) + 1):
        for title, clients in itertools.product(("function", "http"), CLIENTS):
            for house in houses if turn % 2 else reversed(houses):
                seconds = QUICK_SECONDS if quick else SECONDS
                rate = take_calmly(partial(take_rate, postgres, house, title, clients, seconds))
                say(f"{f'round {turn}' if turn else 'warm-up':10} {title:10} {clients:3} {house.name:6} {rate:8,.0f}/s")
                if turn:
                    rates.setdefault(f"{title}, {clients} clients", {}).setdefault(house.name, []).append(rate)
    return rates


def take_rate(postgres: Postgres, house: House, title: str, clients: int, seconds: int) -> float:
    if title == "http":
        values: dict[str, str | int] = {"players": ACTIVE_PLAYERS, "games": GAMES, "operator": OPERATOR_REF}
        values |= {"secret": "size", "run": next(_runs)}
        return run_wrk("bet", url=house.door.url, connections=clients, seconds=seconds, values=values).rate
    facts = house.database.facts
    ids = {"operator": facts["operator"], "casino": facts["casino"], "games": GAMES, "players": ACTIVE_PLAYERS}
    binaries = binaries_for(service_user(postgres.directory), postgres.directory)
    return run_pgbench(
        "bet",
        binaries=binaries,
        database=house.database.url,
        options=facts["options"],
        clients=clients,
        seconds=seconds,
        values=ids,
    ).rate


def take_calmly(take: Callable[[], Taken]) -> Taken:
    """Take a measure; where others disturb it, take it again, and return what was found in the calmest try."""
    tries: list[tuple[float, Taken]] = []
    while len(tries) < TRIES and not (tries and tries[-1][0] <= DISTURBED):
        before = read()
        found = take()
        tries.append((read().others_since(before), found))
    return min(tries, key=itemgetter(0))[1]


Waits = dict[str, list[dict[str, Any]]]


def measure_waits(houses: list[House], rates: Rates, *, quick: bool) -> Waits:
    """Bet at half of each database's highest rate, whatever the answers take; return what they took."""
    waits: Waits = {house.name: [] for house in houses}
    for turn in range(2 if quick else 3):
        for house in houses if turn % 2 else reversed(houses):
            highest = max(median(taken[house.name]) for title, taken in rates.items() if title.startswith("http"))
            told = take_calmly(partial(take_waits, house, highest / 2, 5 if quick else OPEN_SECONDS))
            say(
                f"open loop  {house.name:6} {highest / 2:8,.0f}/s  p50 {told['p50']:.1f} ms, p99 {told['p99']:.1f} ms,"
                f" p99.9 {told['p999']:.1f} ms"
            )
            waits[house.name].append({"rate": highest / 2, **told})
    return waits


def take_waits(house: House, rate: float, seconds: int) -> dict[str, Any]:
    told = {"url": house.door.url, "rate": rate, "seconds": seconds, "players": ACTIVE_PLAYERS, "games": GAMES}
    told |= {"operator": OPERATOR_REF, "secret": "size", "run": next(_runs)}
    command = [sys.executable, "-m", "tests.benchmarks.size.open_loop", json.dumps(told)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    if found["fault"] or found["answered"] != found["calls"]:
        raise LoadFailed(f"open loop: not every call was answered OK: {found}")
    return found


def measure_all_pages(databases: Mapping[str, Database]) -> list[Page]:
    with ExitStack() as stack:
        walkers = [
            open_worker(stack, "size.list_worker", databases[name].environment, FRONT_DOOR="backoffice")
            for name in (SMALL, BIG)
        ]
        return measure_pages(*walkers)


def list_limits(rates: Rates, waits: Waits, pages: list[Page], proofs: Mapping[str, Proof]) -> list[Limit]:
    ratios = {title: median(map(truediv, taken[BIG], taken[SMALL])) for title, taken in rates.items()}
    p99 = [median(each["p99"] for each in waits[BIG])] if waits else []
    return [
        *(Limit(f"rate, {title}: big to small", ratio, RATE, is_least=True) for title, ratio in ratios.items()),
        *(Limit("changebalance at half the highest rate, p99 in ms", each, P99) for each in p99),
        Limit("slowest page, big to small", max(page.ratio for page in pages), LIMIT),
        Limit(
            "pages that scan a partition of the ledger, or another long table",
            sum(bool(page.scans) for page in pages),
            0,
        ),
        *(list_limits_of_proof(proofs[SMALL], proofs[BIG]) if proofs else []),
    ]


def list_limits_of_proof(small: Proof, big: Proof) -> list[Limit]:
    return [
        Limit("verify_ledger, rows a second", big.rate, PROOF_RATE, is_least=True),
        Limit("verify_ledger, differences", small.differences + big.differences, 0),
        Limit("verify_ledger, MB more in the big database", big.megabytes - small.megabytes, MORE_MEGABYTES),
        Limit(
            "PostgreSQL meanwhile, MB more in the big database",
            big.postgres_megabytes - small.postgres_megabytes,
            MORE_POSTGRES_MEGABYTES,
        ),
    ]


def table_of_rates(rates: Rates, waits: Waits) -> Table:
    table = Table(title="5,000,000 ledger rows beside 50,000 (medians)", title_justify="left")
    for heading in ("changebalance", SMALL, BIG):
        table.add_column(heading, justify="left" if heading == "changebalance" else "right")
    for title, taken in rates.items():
        table.add_row(f"{title}, a second", *(f"{median(taken[name]):,.0f}" for name in (SMALL, BIG)))
    for part in ("rate", "p50", "p99", "p999"):
        table.add_row(
            f"open loop, {part}", *(f"{median(each[part] for each in waits[name]):,.1f}" for name in (SMALL, BIG))
        )
    return table


def show(rates: Rates, waits: Waits, pages: list[Page], proofs: Mapping[str, Proof]) -> int:
    """Print and keep what came of it, and return the exit code."""
    limits = list_limits(rates, waits, pages, proofs)
    console = Console(width=max(Console().width, 120), soft_wrap=True)
    tables = [table_of_rates(rates, waits), table_of_proofs(proofs)] if rates else []
    for shown in (*tables, table_of_pages(pages), *limits):
        console.print(shown if isinstance(shown, Table) else str(shown))
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    kept = {"machine": machine, "rates": rates, "waits": waits, "pages": [asdict(page) for page in pages]}
    proved = {name: asdict(proof) for name, proof in proofs.items()}
    KEPT.write_text(
        json.dumps(kept | {"limits": [asdict(limit) for limit in limits], "proofs": proved}, indent=2) + "\n"
    )
    return int(any(limit.is_missed for limit in limits))
