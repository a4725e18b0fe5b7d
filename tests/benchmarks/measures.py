"""What is measured, each under a name, and the rounds in which the measures take turns."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.benchmarks.house import GAMES, PLAYERS
from tests.benchmarks.load import Load, run_pgbench, run_wrk
from tests.benchmarks.processors import seconds_used
from tests.benchmarks.stage import Door, Stage, Worker

FEW, MANY = 8, 32
THREADS = (1, 4)


@dataclass(frozen=True)
class Sample:
    """One run of a measure: its rate, latencies in milliseconds where they were taken, and microseconds of processor
    time an act of the process that answers and of PostgreSQL; what share of the processors others used meanwhile."""

    rate: float
    p50: float | None
    p99: float | None
    web_time: float | None
    database_time: float
    others: float = 0


@dataclass(frozen=True)
class Measure:
    """`take` makes one run of so many seconds."""

    name: str
    title: str
    clients: int
    take: Callable[[int], Sample]


@dataclass
class Book:
    """What was acknowledged to us, by kind, to be compared with the ledger."""

    booked: dict[str, int] = field(default_factory=lambda: {"bet": 0, "win": 0})

    def note(self, kind: str, acts: int) -> None:
        if kind in self.booked:
            self.booked[kind] += acts


class Measures:
    """The measures of a stage. Each run over HTTP has a number of its own, from which its transaction ids follow."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.book = Book()
        self._runs = itertools.count(1)
        self._bets: dict[str, int | str] = {}

    def __iter__(self) -> Iterator[Measure]:
        for clients in (FEW, MANY):
            yield Measure(f"bare_{clients}", "BET, bare function", clients, self._pgbench("bare", clients))
            yield Measure(f"function_{clients}", "BET, wallet_change_balance", clients, self._pgbench("bet", clients))
            yield Measure(f"http_{clients}", "BET over HTTP", clients, self._http("bet", clients, self.stage.door))
        yield Measure("win_8", "WIN over HTTP", FEW, self._http("win", FEW, self.stage.door))
        yield Measure("balance_8", "balance over HTTP", FEW, self._http("balance", FEW, self.stage.door))
        yield Measure("ping_8", "ping over HTTP", FEW, self._http("ping", FEW, self.stage.door))
        yield Measure("one_32", "BET over HTTP, one account", MANY, self._http("bet", MANY, self.stage.door, player=1))
        yield from self._pinned()
        for threads in THREADS:
            yield Measure(f"services_{threads}", "BET, wallet.services", threads, self._services(threads))
            for act, title in (("bare", "django-hordak"), ("safe", "django-hordak made safe")):
                yield Measure(f"hordak_{act}_{threads}", title, threads, self._hordak(act, threads))

    def _pinned(self) -> Iterator[Measure]:
        door = self.stage.pinned_door
        if door is None:
            return
        for clients in (FEW, MANY):
            take = self._http("bet", clients, door)
            yield Measure(f"pinned_{clients}", "BET over HTTP, on cores apart", clients, self._apart(take))

    def _apart(self, take: Callable[[int], Sample]) -> Callable[[int], Sample]:
        def take_apart(seconds: int) -> Sample:
            with self.stage.database_apart():
                return take(seconds)

        return take_apart

    def _pgbench(self, script: str, clients: int) -> Callable[[int], Sample]:
        stage = self.stage
        ids = {"operator": stage.operator, "casino": stage.casino, "games": GAMES} if script == "bet" else {}

        def take(seconds: int) -> Sample:
            before = seconds_used(stage.database_pid)
            load = run_pgbench(
                script,
                binaries=stage.binaries,
                database=stage.postgres.url,
                options=stage.options,
                clients=clients,
                seconds=seconds,
                values={"players": PLAYERS, **ids},
            )
            self.book.note(script, load.acts)
            return self._sample(load, None, seconds_used(stage.database_pid) - before)

        return take

    def _http(self, act: str, connections: int, door: Door, **more: int) -> Callable[[int], Sample]:
        def take(seconds: int) -> Sample:
            run = next(self._runs)
            before = seconds_used(door.pid), seconds_used(self.stage.database_pid)
            values = {"run": run, **self.stage.platform, **(self._bets if act == "win" else {}), **more}
            load = run_wrk(act, url=door.url, connections=connections, seconds=seconds, values=values)
            web, database = seconds_used(door.pid) - before[0], seconds_used(self.stage.database_pid) - before[1]
            if act == "bet" and not more:
                self._bets = {"bets": run, "counts": ",".join(map(str, load.counts))}
            self.book.note(act, load.acts)
            return self._sample(load, web, database)

        return take

    def _services(self, threads: int) -> Callable[[int], Sample]:
        def take(seconds: int) -> Sample:
            load, sample = self._act(self.stage.wallet, "bet", threads, seconds)
            self.book.note("bet", load.acts)
            return sample

        return take

    def _hordak(self, act: str, threads: int) -> Callable[[int], Sample]:
        return lambda seconds: self._act(self.stage.hordak, act, threads, seconds)[1]

    def _act(self, worker: Worker, name: str, threads: int, seconds: int) -> tuple[Load, Sample]:
        before = seconds_used(worker.process.pid), seconds_used(self.stage.database_pid)
        counted = worker.act(name, threads=threads, seconds=seconds)
        load = Load(acts=int(counted["acts"]), seconds=counted["seconds"], p50=None, p99=None)
        web, database = seconds_used(worker.process.pid) - before[0], seconds_used(self.stage.database_pid) - before[1]
        return load, self._sample(load, web, database)

    @staticmethod
    def _sample(load: Load, web: float | None, database: float) -> Sample:
        return Sample(
            rate=load.rate,
            p50=load.p50,
            p99=load.p99,
            web_time=None if web is None else web / load.acts * 1e6,
            database_time=database / load.acts * 1e6,
        )
