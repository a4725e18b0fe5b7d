"""What is measured of the catalogue, in rounds; the samples are in seconds, and those of memory in MB."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import requests

from tests.benchmarks.catalogue.stage import CatalogueStage, Desk
from tests.benchmarks.processors import read
from tests.benchmarks.stage import say

SMALL, MEDIUM, LARGE = 200, 2_000, 20_000
PAGES: Mapping[str, Mapping[str, str]] = {
    "page": {},
    "visitor": {"country": "DE", "currency": "EUR", "device": "desktop", "type": "slots", "enabled": "true"},
    "title": {"order": "title"},
    "search": {"search": "o"},
}
# What a second synchronisation may write, beside its run's own row.
WRITTEN: Mapping[str, Mapping[str, int]] = {
    "unchanged": {},
    "one_changed": {"catalog_game": 1, "catalog_change": 1, "operators_auditentry": 1},
}
RENAMED_GAME = "1429"
# A round during which others used more than this share of the processors is taken again, up to so many times in all.
DISTURBED, TRIES = 0.08, 3


@dataclass
class Found:
    """Samples by measure and round, what others used meanwhile, and what was written that should not have been."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    others: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, taken: Mapping[str, float]) -> None:
        for name, value in taken.items():
            self.samples.setdefault(name, []).append(value)


class Rounds:
    """The databases of a stage, and what is done with them in each round."""

    def __init__(self, stage: CatalogueStage) -> None:
        self.stage = stage
        self.found = Found()
        self.fresh, self.kept, self.small = self._open_desks()
        self._titles = 0

    def take(self, rounds: int) -> Found:
        """Warm up, then take every measure in each round; memory last, by new processes."""
        self._say("warm-up", dict(self._measure()))
        self.found.faults.clear()
        for turn in range(1, rounds + 1):
            taken = self._measure_calmly()
            self._say(f"round {turn}/{rounds}", taken)
            self.found.add(taken)
        for _ in range(min(rounds, 3)):
            self.found.add({f"memory_{games}": self._most_memory(games) for games in (MEDIUM, LARGE)})
        return self.found

    def _open_desks(self) -> tuple[Desk, Desk, Desk]:
        fresh = self.stage.open_desk("fresh", LARGE)
        kept, small = self.stage.open_desk("kept", LARGE), self.stage.open_desk("small", SMALL)
        for desk in (kept, small):
            desk.do("sync")
            desk.do("analyze")
        return fresh, kept, small

    def _measure_calmly(self) -> dict[str, float]:
        """Take a round; where others disturb it, take it again, and return the calmest."""
        tries: list[tuple[float, dict[str, float]]] = []
        while len(tries) < TRIES and not (tries and tries[-1][0] <= DISTURBED):
            before = read()
            taken = dict(self._measure())
            tries.append((read().others_since(before), taken))
        others, calmest = min(tries, key=lambda each: each[0])
        self.found.others.append(others)
        return calmest

    def _measure(self) -> Iterator[tuple[str, float]]:
        for name in ("download", "copy"):
            yield name, self.fresh.do(name)["seconds"]
        self.stage.empty(self.fresh)
        yield "first", self.fresh.do("sync")["seconds"]
        yield "unchanged", self._sync_again("unchanged")
        self._rename_a_game()
        yield "one_changed", self._sync_again("one_changed")
        for page, query in PAGES.items():
            for desk in (self.small, self.kept):
                yield f"{page}_{desk.games}", desk.do("page", **query)["seconds"]

    def _sync_again(self, name: str) -> float:
        before: dict[str, int] = self.kept.do("count")["written"]
        seconds = float(self.kept.do("sync")["seconds"])
        after: dict[str, int] = self.kept.do("count")["written"]
        written = {table: rows - before[table] for table, rows in after.items() if rows != before[table]}
        if written != WRITTEN[name]:
            self.found.faults.append(f"{name}: wrote {written}, not {WRITTEN[name]}")
        return seconds

    def _rename_a_game(self) -> None:
        """Have the sandbox list a game under another title; it makes its list anew for the first who asks."""
        self._titles += 1
        order = {"rename": {RENAMED_GAME: f"Renamed {self._titles}"}}
        requests.post(f"{self.kept.sandbox}/control/generic/catalogue", json=order, timeout=30).raise_for_status()
        self.kept.do("download")

    def _most_memory(self, games: int) -> float:
        """The peak of a new process that fills an empty catalogue and synchronises it once more."""
        desk = self.stage.open_desk("memory", games)
        desk.do("sync")
        desk.do("sync")
        peak = float(desk.do("memory")["peak"])
        desk.close()
        return peak

    def _say(self, when: str, taken: Mapping[str, float]) -> None:
        say(f"{when:10} " + "  ".join(f"{name} {value * 1000:,.0f}" for name, value in taken.items()))
