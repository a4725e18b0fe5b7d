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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import Error, InterfaceError, OperationalError, connection

from operators.models import Direction, Exchange

logger = logging.getLogger(__name__)

QUEUE_LENGTH = 10_000
BATCH = 200
# How long a batch is kept while the database does not answer; the queue goes on filling meanwhile.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 1.0
UNREACHABLE = (OperationalError, InterfaceError)
LONGEST_TEXT = 8_000
DOOR_REFUSALS_A_MINUTE = 60
REPLAYS_A_MINUTE = 60
MASK = "******"
# `html` is a page that opens a game, with whatever token in whatever place of it.
MASKED_NAME = "(?:token|hash|authorization|auth-sig|secret|password|api_?key|html)"
# A member of a JSON object whose name speaks of a secret, with its value: a text (cut short or not), or anything else.
SECRET_MEMBER = re.compile(
    rf'("[^"]*{MASKED_NAME}[^"]*"\s*:\s*)(?!null\b)("(?:[^"\\]|\\.)*"?|[^\s,}}\]\[{{"]+)', re.IGNORECASE
)
# A parameter of an address whose name speaks of a secret, with its value.
SECRET_PARAMETER = re.compile(rf'([?&][\w.-]{{0,40}}{MASKED_NAME}[\w.-]{{0,40}}=)[^&\s"#]+', re.IGNORECASE)
# An address: its host, and the rest, in which long words may be tokens under whatever name.
ADDRESS = re.compile(r'(https?:\\?/\\?/[^\s"<>/?\\]+)([^\s"<>]*)')
ADDRESS_WORD = re.compile(r"[A-Za-z0-9_-]{20,}")
# With what an outbound call's text begins, before its body.
REQUEST_LINE = re.compile(r"(?:GET|POST) \S+\n?")
# What our tokens (32 letters of both cases and digits) and SHA-1 hashes look like, wherever a body holds one.
SECRET_WORD = re.compile(
    r"(?<![A-Za-z0-9])(?:(?=[A-Z0-9]*[a-z])(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{32}|[0-9a-f]{40})(?![A-Za-z0-9])"
)
LONG_WORD = re.compile(r"[A-Za-z0-9]{20,}")


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
    """Return a body with its tokens, hashes and secrets replaced; what is no JSON loses all its long words."""
    line = REQUEST_LINE.match(text)
    start = line.end() if line else 0
    return f"{_mask_part(text[:start])}{_mask_part(text[start:])}"[:LONGEST_TEXT]


def _mask_part(text: str) -> str:
    masked = SECRET_MEMBER.sub(rf'\1"{MASK}"', SECRET_PARAMETER.sub(rf"\1{MASK}", text))
    masked = SECRET_WORD.sub(MASK, ADDRESS.sub(_mask_address, masked))
    if not _is_json(text):
        masked = LONG_WORD.sub(MASK, masked)
    return masked.replace("\0", "\\0")


def _mask_address(found: re.Match[str]) -> str:
    return found[1] + ADDRESS_WORD.sub(MASK, found[2])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class Allowance:
    """Lets through so many a minute and process of what others send as often as they like."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._lock = threading.Lock()
        self._minute = 0
        self._taken = 0

    def take(self) -> bool:
        """Say whether there is still one left, and take it."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._taken = minute, 0
            self._taken += 1
            return self._taken <= self._a_minute


class ExchangeLog:
    """A queue and the thread that empties it into the database."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Record] = queue.Queue(QUEUE_LENGTH)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._refusals = Allowance(DOOR_REFUSALS_A_MINUTE)
        self._replays = Allowance(REPLAYS_A_MINUTE)

    def put(self, record: Record) -> None:
        """Hand over one exchange; never blocks, never raises."""
        self._start()
        try:
            self._queue.put_nowait(record)
        except queue.Full:
            logger.warning("exchange log is full: one %s %s dropped", record.command, record.error_code)

    def put_refusal(self, record: Record) -> None:
        """Hand over a refusal at the door; a stranger's calls are sampled."""
        if self._refusals.take():
            self.put(record)

    def put_replay(self, record: Record) -> None:
        """Hand over a repetition that was answered as before; of a flood of them a part is kept."""
        if self._replays.take():
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
                _write(records, time.monotonic() + PATIENCE_SECONDS)
            finally:
                for _ in records:
                    self._queue.task_done()


def _write(records: list[Record], deadline: float) -> None:
    """Write a batch: again and again while the database cannot be reached, and else so that one loses only itself."""
    fault = _fault_of_writing(records)
    while isinstance(fault, UNREACHABLE) and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
        fault = _fault_of_writing(records)
    if fault is None:
        return
    if len(records) == 1 or isinstance(fault, UNREACHABLE):
        logger.warning("%s exchanges not logged: %s", len(records), type(fault).__name__)
        return
    for record in records:
        _write([record], deadline)


def _fault_of_writing(records: list[Record]) -> Exception | None:
    try:
        Exchange.objects.bulk_create([_row(record) for record in records])
    except (Error, ValueError) as fault:
        connection.close()
        return fault
    return None


def _row(record: Record) -> Exchange:
    masked = replace(record, request=mask(record.request), response=mask(record.response))
    return Exchange(**{name: getattr(masked, name) for name in Record.__slots__})


LOG = ExchangeLog()


def write_exchange(record: Record) -> None:
    """Log one exchange at once, masked: for background work, which can wait for it."""
    _row(record).save()


def resolve_exchanges(*, operator_id: int, about: str) -> None:
    """Let go of what was kept of calls of ours whose outcome was unknown, now that it is known."""
    of_ours = Exchange.objects.filter(operator=operator_id, direction=Direction.OUTBOUND, transaction_ref=about)
    of_ours.filter(unresolved=True).update(unresolved=False)


def purge_exchanges(*, now: datetime, days: int, batch: int = 5_000) -> int:
    """Delete exchanges older than so many days in batches, save those of unresolved outcomes; return how many."""
    deleted = 0
    old = Exchange.objects.filter(at__lt=now - timedelta(days=days), unresolved=False)
    while keys := list(old.order_by("at").values_list("pk", flat=True)[:batch]):
        Exchange.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
