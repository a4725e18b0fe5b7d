"""Counts what happened, per thread and without locks; the progress line and the summary add the threads up."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.play.books import Difference

BUCKETS_PER_E_FOLD = 50
DIFFERENCES_KEPT = 1000


@dataclass
class Tally:
    rounds: int = 0
    retries: int = 0
    deposits: int = 0
    faults: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    plays: Counter[str] = field(default_factory=Counter)
    mischief: Counter[str] = field(default_factory=Counter)
    races: Counter[str] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def count_call(self, command: str, code: str, milliseconds: float) -> None:
        self.calls[command] += 1
        self.latencies[math.ceil(math.log(max(milliseconds, 0.01)) * BUCKETS_PER_E_FOLD)] += 1
        if code:
            self.refusals[code] += 1

    def report(self, difference: Difference) -> None:
        """Count a difference; only the first thousand are kept to be shown."""
        self.faults += 1
        if len(self.differences) < DIFFERENCES_KEPT:
            self.differences.append(difference)

    def percentile(self, share: float) -> float:
        """The milliseconds within which this share of the calls was answered, to about 2 %."""
        due = share * self.latencies.total()
        for bucket in sorted(self.latencies):
            due -= self.latencies[bucket]
            if due <= 0:
                return math.exp(bucket / BUCKETS_PER_E_FOLD)
        return 0.0


def add_up(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.rounds += tally.rounds
        total.retries += tally.retries
        total.deposits += tally.deposits
        total.faults += tally.faults
        total.differences += tally.differences
        for name in ("calls", "refusals", "plays", "mischief", "races", "latencies"):
            getattr(total, name).update(getattr(tally, name))
    return total
