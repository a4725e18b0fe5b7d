"""A circuit breaker for each operator: who has failed time after time is left alone for a while, by all processes.

Two keys in Redis hold it. `failures` counts the failures since the last answer. From the limit on, `pause` exists while
nobody may call; whoever makes that key anew after it ran out is the trial, and everybody else goes on waiting.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

REDIS_SECONDS = 0.5
FORGOTTEN_AFTER_SECONDS = 3600


@lru_cache
def connect_redis(url: str) -> redis.Redis:
    """Return this process's connections to a Redis that must not hold up a call when it is away."""
    return redis.Redis.from_url(
        url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS, retry=Retry(NoBackoff(), 0)
    )


@dataclass(frozen=True, slots=True)
class Breaker:
    """One operator's breaker. Without Redis every call is admitted."""

    store: redis.Redis = field(repr=False)
    name: str
    limit: int = 5
    pause_seconds: float = 30.0

    def ask(self) -> float:
        """Return for how many seconds nobody may call: 0 admits this call, as the trial where the circuit is open."""
        return self._with_redis(self._ask, 0.0)

    def note_failure(self) -> None:
        """Count a failure that may pass; from the limit on, the pause begins (again)."""
        self._with_redis(self._note_failure, None)

    def note_answer(self) -> None:
        """The platform answered: close the circuit."""
        self._with_redis(self._note_answer, None)

    def _ask(self) -> float:
        if int(self.store.get(self._failures) or 0) < self.limit:
            return 0.0
        if self.store.set(self._pause, "trial", nx=True, px=self._pause_milliseconds):
            return 0.0
        return max(float(self.store.pttl(self._pause)), 1.0) / 1000

    def _note_failure(self) -> None:
        if int(self.store.incr(self._failures)) >= self.limit:
            self.store.set(self._pause, "open", px=self._pause_milliseconds)
        self.store.expire(self._failures, ceil(FORGOTTEN_AFTER_SECONDS + self.pause_seconds))

    def _note_answer(self) -> None:
        self.store.delete(self._failures, self._pause)

    def _with_redis(self, act: Callable[[], Found], otherwise: Found) -> Found:
        try:
            return act()
        except redis.RedisError as error:
            logger.warning("the circuit breaker of %s is out of work: %s", self.name, type(error).__name__)
            return otherwise

    @property
    def _failures(self) -> str:
        return f"breaker:{self.name}:failures"

    @property
    def _pause(self) -> str:
        return f"breaker:{self.name}:pause"

    @property
    def _pause_milliseconds(self) -> int:
        return ceil(self.pause_seconds * 1000)
