"""The part of `make bench` about limits of play: what a bet costs without the check, without limits, and with six."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from dev.options import VAR
from dev.postgres import Postgres, binaries_for, service_user
from tests.benchmarks.house import GAMES, PLAYERS
from tests.benchmarks.load import run_pgbench
from tests.benchmarks.processors import seconds_used
from tests.benchmarks.stage import fill, open_database, say, stage_environment

ROUNDS, SECONDS = 6, 4
CLIENTS = 4
KEPT = VAR / "bench-play-limits.json"
SQL = Path(__file__).parents[2] / "wallet/sql"
# What the functions are without limits of play: each text, and what stands there instead.
WITHOUT = {
    "wallet_change_balance": {
        ", account.limited INTO _account_id, balance, _limited": " INTO _account_id, balance",
        "SELECT account_id, sitting_until INTO _session_account_id, _sitting_until": (
            "SELECT account_id INTO _session_account_id"
        ),
        """            WHEN _sitting_until <= _now
                OR (_limited AND wallet_passes_limit(_player_id, _account_id, _currency, _kind, _amount, _now))
                THEN 'limit_reached'
""": "",
    },
    "wallet_append_row": {
        "head_hash, limited\n": "head_hash\n",
        "NEW.hash, _limited;": "NEW.hash;",
        """    IF _limited THEN
        PERFORM wallet_count_use(NEW.account_id, NEW.kind, NEW.amount, NEW.reverses_id, NEW.created_at);
    END IF;
""": "",
    },
}
# Half of the players have six limits, none of which is ever reached.
LIMIT_HALF = """
INSERT INTO wallet_limitchange (player_id, currency, kind, period, amount, asked_at, effective_at, by)
SELECT id, 'EUR', kind, period, 1000000000, now(), now(), 'benchmark'
FROM wallet_player
CROSS JOIN unnest(ARRAY['wager', 'net_loss']) AS kind
CROSS JOIN unnest(ARRAY['day', 'week', 'month']) AS period
WHERE user_id IN (SELECT 'player' || number FROM generate_series(%(first)s::integer, %(last)s::integer) AS number);
"""
LIMIT_ACCOUNTS = """
SELECT wallet_limit_account(player_id, 'EUR', now())
FROM wallet_limitchange
WHERE kind = 'wager' AND period = 'day'
"""
UNLIMITED, LIMITED = (1, PLAYERS // 2), (PLAYERS // 2 + 1, PLAYERS)
TITLES = {
    "without": "BET, functions without the check",
    "none": "BET, account without limits",
    "limited": "BET, account with six limits",
}
# The most that a bet may cost in PostgreSQL's processor time, as a share of one without the check.
MOST = {"none": 1.03, "limited": 2.2}

Sample = tuple[float, float]


def run_play_limits(folder: Path, *, quick: bool) -> int:
    """Measure in turns, show and keep the figures, and return the exit code.

    :raises StageNotReady, DatabaseDidNotStart, LoadFailed:
    """
    with ExitStack() as stack:
        say("Starting PostgreSQL (fsync and synchronous_commit on)")
        postgres = open_database(stack, folder)
        log = stack.enter_context((folder / "bench.log").open("wb"))
        facts = fill(stage_environment(postgres), log)
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(LIMIT_HALF, {"first": LIMITED[0], "last": LIMITED[1]})
            connection.execute(LIMIT_ACCOUNTS)
            connection.execute("VACUUM ANALYZE")
            samples = take_turns(postgres, connection, facts, rounds=2 if quick else ROUNDS)
    return show(samples)


def take_turns(
    postgres: Postgres, connection: psycopg.Connection[Any], facts: Mapping[str, Any], *, rounds: int
) -> dict[str, list[Sample]]:
    """Let the three take turns, after a round that warms them up."""
    bet = partial(take, postgres, facts)
    turns: dict[str, Callable[[], Sample]] = {
        "none": partial(bet, UNLIMITED),
        "limited": partial(bet, LIMITED),
    }
    samples: dict[str, list[Sample]] = {name: [] for name in TITLES}
    for turn in range(rounds + 1):
        with without_limits(connection):
            taken = {"without": bet(UNLIMITED)}
        taken |= {name: act() for name, act in turns.items()}
        for name, sample in taken.items():
            shown = f"{TITLES[name]:34} {sample[0]:8,.0f} {sample[1]:6,.0f}"
            say(f"{f'round {turn}/{rounds}' if turn else 'warm-up':10} {shown}")
            if turn:
                samples[name].append(sample)
    return samples


def take(postgres: Postgres, facts: Mapping[str, Any], players: tuple[int, int]) -> Sample:
    """Bet for some seconds; return the rate, and PostgreSQL's processor time a bet in microseconds."""
    process = postgres.process
    pid = process.pid if process else 0
    before = seconds_used(pid)
    load = run_pgbench(
        "play_limits",
        binaries=binaries_for(service_user(postgres.directory), postgres.directory),
        database=postgres.url,
        options=facts["options"],
        clients=CLIENTS,
        seconds=SECONDS,
        values={
            "first": players[0],
            "last": players[1],
            "games": GAMES,
            "operator": facts["operator"],
            "casino": facts["casino"],
        },
    )
    return load.rate, (seconds_used(pid) - before) / load.acts * 1e6


@contextmanager
def without_limits(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Put the functions in place as they would be without limits of play, and back."""
    texts = {name: (SQL / f"{name}.sql").read_text() for name in WITHOUT}
    for name, text in texts.items():
        connection.execute(strip(text, WITHOUT[name]).encode())
    try:
        yield
    finally:
        for text in texts.values():
            connection.execute(text.encode())


def strip(text: str, changes: Mapping[str, str]) -> str:
    """Replace each text, which has to be there once."""
    for old, new in changes.items():
        if text.count(old) != 1:
            raise ValueError(f"the function has changed: {old!r} is not in it once")
        text = text.replace(old, new)
    return text


def show(samples: Mapping[str, list[Sample]]) -> int:
    """Print and keep what came of it, and return the exit code."""
    table = Table(title="Bets and limits of play on this machine (medians of all rounds)", title_justify="left")
    table.add_column("")
    for heading in ("a second", "db µs", "to without", "at most"):
        table.add_column(heading, justify="right", no_wrap=True)
    reached = {name: share_of(samples, name) for name in TITLES}
    for name, title in TITLES.items():
        rates, costs = zip(*samples[name], strict=True)
        bound = f"{MOST[name]:.2f}" if name in MOST else ""
        table.add_row(title, f"{median(rates):,.0f}", f"{median(costs):,.0f}", f"{reached[name]:.3f}", bound)
    Console(width=120, soft_wrap=True).print(table)
    KEPT.write_text(json.dumps({"samples": samples, "to_without": reached, "most": MOST}, indent=2) + "\n")
    return int(any(reached[name] > bound for name, bound in MOST.items()))


def share_of(samples: Mapping[str, list[Sample]], name: str) -> float:
    """Return a bet's processor time over that of one without the check, of the same round, in the median."""
    pairs = zip(samples[name], samples["without"], strict=True)
    return median(own[1] / other[1] for own, other in pairs)
