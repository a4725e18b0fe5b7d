"""The log of HTTP exchanges: masked, bounded, and written beside the answer, never in its way.

A process hands its exchanges to one thread with a database connection of its own. What cannot be written in time is
dropped and counted; the call that is logged neither waits nor fails.
"""

import atexit
import json
import logging
import queue
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import Error, connection

from operators.models import Direction, Exchange

logger = logging.getLogger(__name__)

QUEUE_LENGTH = 10_000
BATCH = 200
LONGEST_TEXT = 8_000
DOOR_REFUSALS_A_MINUTE = 60
MASK = "******"
MASKED_KEYS = {"token", "hash", "authorization", "x-authorization", "x-h-auth-sig", "secret", "apikey", "password"}
MASKED_TEXT = re.compile(
    r'(?i)("?(?:token|hash|authorization|secret|api_?key|password)"?\s*[:=]\s*"?)([^"&,}\s]+)|\b[A-Za-z0-9]{20,}\b'
)


@dataclass(frozen=True, slots=True)
class Record:
    """One exchange, before masking. `request` and `response` are bodies as text."""

    at: datetime
    direction: Direction
    operator_id: int | None
    command: str
    http_status: int | None
    error_code: str
    milliseconds: Decimal
    caller_ip: str | None
    user_ref: str = ""
    transaction_ref: str = ""
    round_ref: str = ""
    unresolved: bool = False
    request: str = ""
    response: str = ""


def mask(text: str) -> str:
    """Return a body with its tokens, hashes and secrets replaced; what is no JSON loses every long word too."""
    try:
        parsed = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return MASKED_TEXT.sub(lambda match: (match[1] or "") + MASK, text)[:LONGEST_TEXT]
    return json.dumps(_mask_value(parsed), ensure_ascii=False, default=str)[:LONGEST_TEXT]


def _mask_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: MASK if key.lower().replace("_", "") in MASKED_KEYS and inner else _mask_value(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_mask_value(inner) for inner in value]
    return value


class ExchangeLog:
    """A queue and the thread that empties it into the database."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Record | None] = queue.Queue(QUEUE_LENGTH)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._minute = 0
        self._refused: Counter[str] = Counter()

    def put(self, record: Record) -> None:
        """Hand over one exchange; never blocks, never raises."""
        self._start()
        try:
            self._queue.put_nowait(record)
        except queue.Full:
            logger.warning("exchange log is full: one %s %s dropped", record.command, record.error_code)

    def put_refusal(self, record: Record) -> None:
        """Hand over a refusal at the door: a stranger's calls are sampled, so many a minute and process."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._refused = minute, Counter()
            self._refused["all"] += 1
            counted = self._refused["all"]
        if counted <= DOOR_REFUSALS_A_MINUTE:
            self.put(record)

    def flush(self, seconds: float = 5.0) -> None:
        """Wait until what was handed over is written, or the time is up."""
        deadline = time.monotonic() + seconds
        while self._queue.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.005)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._write_all, name="exchange-log", daemon=True)
                    self._thread.start()
                    atexit.register(self.flush, 2.0)

    def _write_all(self) -> None:
        while True:
            records = [self._queue.get()]
            while len(records) < BATCH and not self._queue.empty():
                records.append(self._queue.get_nowait())
            try:
                _write([record for record in records if record is not None])
            finally:
                for _ in records:
                    self._queue.task_done()


def _write(records: list[Record]) -> None:
    """Write a batch; one that fails is tried again once, on a new connection."""
    for attempt in range(2):
        try:
            Exchange.objects.bulk_create([_row(record) for record in records])
        except (Error, ValueError) as error:
            connection.close()
            if attempt:
                logger.warning("%s exchanges not logged: %s", len(records), type(error).__name__)
        else:
            return


def _row(record: Record) -> Exchange:
    masked = replace(record, request=mask(record.request), response=mask(record.response))
    return Exchange(**{name: getattr(masked, name) for name in Record.__slots__})


LOG = ExchangeLog()


def write_exchange(record: Record) -> None:
    """Log one exchange at once, masked: for background work, which can wait for it."""
    _row(record).save()


def purge_exchanges(*, now: datetime, days: int, batch: int = 5_000) -> int:
    """Delete exchanges older than so many days in batches, save those of unresolved outcomes; return how many."""
    deleted = 0
    old = Exchange.objects.filter(at__lt=now - timedelta(days=days), unresolved=False)
    while keys := list(old.order_by("at").values_list("pk", flat=True)[:batch]):
        Exchange.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
