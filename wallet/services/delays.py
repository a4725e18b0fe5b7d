"""What an operator's settings say of calls that wait and of rounds that grow old."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# The types whose calls wait unless the settings say otherwise: Pariplay, LottoLand Omni, ISoftBet, EveryMatrix.
DELAYING_TYPES = {2, 4, 5, 6}
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Delay:
    """How a call is tried again: `retries` or not, so many times soon, then seldom, until it is too old."""

    retries: bool
    short_count: int
    short: timedelta
    long: timedelta
    longest_age: timedelta

    def pause_after(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries."""
        return self.short if tries <= self.short_count else self.long


@dataclass(frozen=True, slots=True)
class RoundAges:
    """When a round is closed that nobody closes: where nothing is pending, and where something is."""

    close_after: timedelta
    stranded_after: timedelta

    @property
    def shortest(self) -> timedelta:
        return min(self.close_after, self.stranded_after)

    @property
    def longest(self) -> timedelta:
        return max(self.close_after, self.stranded_after)


def read_delay(settings: Mapping[str, Any]) -> Delay:
    """Return how calls of an operator wait; what is not in the settings, or not of its form, is as usual."""
    told = settings.get("delaySettings")
    named: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    should = settings.get("shouldWeDelay")
    return Delay(
        retries=should if isinstance(should, bool) else settings.get("protocolType") in DELAYING_TYPES,
        short_count=_whole(named, "shortRetryCount", 10),
        short=_milliseconds(named, "shortRetryTimeInMS", 60_000),
        long=_milliseconds(named, "longRetryTimeInMS", 3_600_000),
        longest_age=_seconds(settings, "maxGameRoundAge", 86_400),
    )


def read_round_ages(settings: Mapping[str, Any]) -> RoundAges:
    """Return when rounds of an operator are closed."""
    return RoundAges(
        close_after=_milliseconds(settings, "gameRoundAgeToCloseInMS", 21_600_000),
        stranded_after=_seconds(settings, "maxGameRoundAge", 86_400),
    )


def _whole(settings: Mapping[str, Any], name: str, usual: int) -> int:
    value = settings.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else usual


def _milliseconds(settings: Mapping[str, Any], name: str, usual: int) -> timedelta:
    return _bound(_whole(settings, name, usual) // 1000)


def _seconds(settings: Mapping[str, Any], name: str, usual: int) -> timedelta:
    return _bound(_whole(settings, name, usual))


def _bound(seconds: int) -> timedelta:
    return max(SHORTEST, timedelta(seconds=min(seconds, int(LONGEST.total_seconds()))))
