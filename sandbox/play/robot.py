"""Seats the players, lets them play in threads that share nothing but the wallet, and compares the books at the end."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, islice
from random import Random
from threading import Event
from typing import Any, Self

from sandbox.casino_client import CasinoClient
from sandbox.journal import Journal
from sandbox.play.mischief import MISCHIEF
from sandbox.play.rounds import ROUNDS, Play
from sandbox.play.seat import Seat, Venue
from sandbox.play.tally import Tally
from sandbox.wallet_client import Identifiers, WalletClient

CURRENCIES = ("EUR", "EUR", "EUR", "USD")
FIRST_DEPOSIT = Decimal("100.00")
PLACES_PLAYED = 200
MISCHIEF_SHARE = 0.5
CONFIRMED_AT_THE_END = 4
TICK = 0.25
# A round's threads: its player's own, and the copies that are sent with it at one moment.
RACERS = 4

Tick = Callable[[Sequence[Tally], float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to play: `rounds` in all, or for `seconds`, or until one of them is reached; at `rate` rounds a second."""

    players: int
    rounds: int | None
    seconds: float | None
    rate: float | None
    threads: int
    seed: int
    misbehave: bool
    ip: str
    patience: float


@dataclass(slots=True)
class Table:
    """The players of one thread."""

    seats: list[Seat]
    tally: Tally
    rounds: int | None
    random: Random


class CannotBegin(Exception):
    """The wallet is not there, or the casino has no game of this operator that is switched on."""


def check_wallet(wallet: WalletClient) -> None:
    """Ping the wallet.

    :raises CannotBegin: it does not answer as a wallet does.
    """
    answer = wallet.send("ping", None, {}, "GET")
    if answer.status != 200 or answer.body != b"PONG":
        found = answer.message or f"HTTP status {answer.status}, {answer.body[:40]!r}"
        raise CannotBegin(f"no wallet answers a ping at {wallet.base_url}: {found}")


def find_games(casino: CasinoClient, operator_id: str) -> list[str]:
    """The ids of some games that can be launched.

    :raises CannotBegin: there is none.
    :raises CasinoRefusal: the casino does not list them, or does not answer.
    """
    games = _offered(casino.list_games(), operator_id, "game_id")
    if not games:
        raise CannotBegin(f"the casino lists no enabled game of operator {operator_id}")
    return games


def _offered(rows: Iterable[Mapping[str, Any]], operator_id: str, name: str) -> list[str]:
    offered = (row for row in rows if row["operator_id"] == operator_id and row.get("enabled", True))
    return [str(row[name]) for row in islice(offered, PLACES_PLAYED)]


def lay_tables(plan: Plan, venue: Venue) -> list[Table]:
    """Deal the players out over the threads: each has one writer, but for the races that are meant."""
    threads = min(plan.threads, plan.players)
    tables = [
        Table([], Tally(), _share(plan.rounds, threads, index), Random(f"{plan.seed} table {index}"))
        for index in range(threads)
    ]
    for index in range(plan.players):
        table = tables[index % threads]
        random = Random(f"{plan.seed} player {index}")
        numeric = random.random() < 0.5
        user_id = f"{venue.run}{index:05d}" if numeric else f"robot-{venue.run}-{index}"
        currency = CURRENCIES[index % len(CURRENCIES)]
        table.seats.append(Seat(venue, user_id, currency, random, random.random() < 0.3, tally=table.tally))
    return tables


def _share(rounds: int | None, threads: int, index: int) -> int | None:
    return None if rounds is None else rounds // threads + (index < rounds % threads)


class Robot:
    """One run, step by step: `open`, `play`, `close`; a context manager, which ends its threads.

    Each step calls `tick` a few times a second with the tallies and how far it is, from 0 to 1.
    """

    def __init__(self, plan: Plan, wallet: WalletClient, casino: CasinoClient, journal: Journal, tick: Tick) -> None:
        self.plan = plan
        self.tick = tick
        self.stop = Event()
        self.workers = ThreadPoolExecutor(plan.threads, "table")
        self.racers = ThreadPoolExecutor(plan.threads * RACERS, "racer")
        run = time.time_ns() // 1_000_000
        self.venue = Venue(wallet, casino, Identifiers(), self.racers, journal, [], [], run, plan.ip, plan.patience)
        self.tables: list[Table] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.workers.shutdown(cancel_futures=True)
        self.racers.shutdown(cancel_futures=True)

    @property
    def tallies(self) -> list[Tally]:
        return [table.tally for table in self.tables]

    def open(self) -> None:
        """Register the players, give them money, and launch their first games.

        :raises CannotBegin: the wallet does not answer a ping, or there is no game to launch.
        :raises CasinoRefusal: the casino refuses one of these, or does not answer.
        """
        check_wallet(self.venue.wallet)
        casino, operator_id = self.venue.casino, self.venue.wallet.operator_id
        lobbies = _offered(casino.list_lobbies(), operator_id, "lobby_id")
        self.venue = replace(self.venue, game_ids=find_games(casino, operator_id), lobby_ids=lobbies)
        self.tables = lay_tables(self.plan, self.venue)
        jobs = [self.workers.submit(_open_table, table, self.stop) for table in self.tables]
        self._work(jobs, lambda: self._count(lambda seat: seat.token) / self.plan.players)

    def play(self) -> float:
        """Play until the rounds are played, the time is up, or nobody plays on; return the seconds it took."""
        started = time.monotonic()
        rounds, seconds = self.plan.rounds, self.plan.seconds

        def share() -> float:
            of_rounds = sum(tally.rounds for tally in self.tallies) / rounds if rounds else 0.0
            return min(1.0, max(of_rounds, (time.monotonic() - started) / seconds if seconds else 0.0))

        pause = len(self.tables) / self.plan.rate if self.plan.rate else 0.0
        shifts = [self.workers.submit(_play_shift, table, self.plan, pause, self.stop) for table in self.tables]
        self._work(shifts, share, seconds)
        return time.monotonic() - started

    def close(self) -> None:
        """Compare every player's books with the wallet."""
        jobs = [self.workers.submit(_close_books, table) for table in self.tables]
        self._work(jobs, lambda: self._count(lambda seat: seat.compared) / self.plan.players)

    def _count(self, holds: Callable[[Seat], object]) -> int:
        return sum(bool(holds(seat)) for table in self.tables for seat in table.seats)

    def _work(self, jobs: Iterable[Future[None]], share: Callable[[], float], seconds: float | None = None) -> None:
        """Wait for jobs, until the time is up or the user interrupts, who gets his summary all the same."""
        deadline = None if seconds is None else time.monotonic() + seconds
        pending = set(jobs)
        while pending:
            with suppress(KeyboardInterrupt):
                done, pending = wait(pending, TICK)
                for job in done:
                    job.result()
                self.tick(self.tallies, share())
                if deadline is None or time.monotonic() < deadline:
                    continue
            self.stop.set()


def _open_table(table: Table, stop: Event) -> None:
    for seat in table.seats:
        if not stop.is_set():
            seat.register()
            seat.deposit(FIRST_DEPOSIT)
            seat.launch()


def _play_shift(table: Table, plan: Plan, pause: float, stop: Event) -> None:
    due = time.monotonic() + table.random.random() * pause
    while not stop.wait(max(0.0, due - time.monotonic())):
        playing = [seat for seat in table.seats if not seat.out]
        if not playing or table.tally.rounds == table.rounds:
            return
        play_round(table.random.choice(playing), misbehave=plan.misbehave)
        due += pause


def play_round(seat: Seat, *, misbehave: bool) -> None:
    """Let a player play one round of a kind that chance picks."""
    mischief = misbehave and seat.random.random() < MISCHIEF_SHARE
    play = _pick(seat.random, MISCHIEF if mischief else ROUNDS)
    play(seat)
    seat.tally.rounds += 1
    (seat.tally.mischief if mischief else seat.tally.plays)[play.__name__] += 1


def _pick(random: Random, plays: dict[Play, int]) -> Play:
    return random.choices(list(plays), cum_weights=list(accumulate(plays.values())))[0]


def _close_books(table: Table) -> None:
    for seat in table.seats:
        seat.out = False
        seat.settle_at_last()
        seat.compare_balance()
        for transaction in list(seat.books.held)[-CONFIRMED_AT_THE_END:]:
            seat.confirm(transaction)
        seat.compared = True
