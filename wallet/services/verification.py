"""The proof that the ledger holds: balances equal sums, chains hold, every reversal has its one original."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from math import ceil

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from wallet.models import LedgerArchive, LedgerVerification
from wallet.services import digests, proofs
from wallet.services.proofs import Batch, Difference

CONNECTIONS = 2
ROWS_A_BATCH = 1_000_000
BATCHES = 16
KEPT_DIFFERENCES = 100
# Sorts and hash tables of more than this go to disk. Each search is one process of PostgreSQL's, as long as it is.
SEARCH_SETTINGS = """
SET LOCAL work_mem = '96MB';
SET LOCAL hash_mem_multiplier = 2;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SET LOCAL statement_timeout = 0
"""

Progress = Callable[[int, int], None]
Suspect = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Search:
    """One query over a range of ids, and its share of the work."""

    find: Callable[[int, int], Sequence[Suspect]]
    first: int
    last: int
    cost: float


@dataclass
class Findings:
    """What the searches of several threads have found so far, and how far they have come."""

    rows: int
    cost: float
    progress: Progress | None
    accounts: set[int] = field(default_factory=set)
    unbooked: set[int] = field(default_factory=set)
    done: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, search: Search, suspects: Sequence[Suspect]) -> None:
        with self.lock:
            self.accounts.update(account for account, _ in suspects if account is not None)
            self.unbooked.update(unbooked for _, unbooked in suspects if unbooked is not None)
            self.done += search.cost
            if self.progress is not None:
                self.progress(round(self.rows * self.done / self.cost), self.rows)


def verify_ledger(*, now: datetime, progress: Progress | None = None, keeps_digest: bool = False) -> LedgerVerification:
    """Prove the whole ledger, and keep the result with the first differences, each named by account and row.

    All of it is judged as it stands at one moment, so that play may go on meanwhile. `progress` is told the rows proved
    so far and those to prove in all. A digest of the heads is kept if it is asked for and nothing was found. Inside a
    transaction, whose changes only its own connection sees, that one alone does the work.
    """
    alone, draft = connection.in_atomic_block, None
    try:
        with transaction.atomic(savepoint=False):
            snapshot = None if alone else _export_snapshot()
            draft = digests.draft_digest() if keeps_digest else None
            batches, differences = _prove(snapshot, progress)
        if draft is not None and not differences:
            draft.keep(now=now)
    finally:
        if draft is not None:
            draft.discard()
    return LedgerVerification.objects.create(
        started_at=now,
        finished_at=timezone.now(),
        accounts=sum(batch.accounts for batch in batches),
        rows=_count_rows(batches),
        difference_count=len(differences),
        differences=[asdict(difference) for difference in differences[:KEPT_DIFFERENCES]],
    )


def _export_snapshot() -> str:
    """Let other connections see the database as this transaction does, as long as it lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
    return str(snapshot)


def _prove(snapshot: str | None, progress: Progress | None) -> tuple[list[Batch], list[Difference]]:
    """Search everything fast for suspects; only at those is looked closely."""
    # Few, as each reads the whole of what lies scattered: larger ones where the ledger is large.
    batches = proofs.list_batches(rows=ROWS_A_BATCH, count=BATCHES)
    rows = _count_rows(batches)
    searches = deque(_list_searches(batches, rows))
    findings = Findings(rows, sum(search.cost for search in searches), progress)
    if snapshot is None:
        _search(searches, findings)
        changes = digests.find_changes()
    else:
        changes = _search_at_once(searches, findings, snapshot)
    differences = proofs.list_differences(accounts=findings.accounts, transactions=findings.unbooked)
    return batches, differences + changes


def _count_rows(batches: Sequence[Batch]) -> int:
    """How many there should be to read: what accounts count, less what is archived."""
    archived = LedgerArchive.objects.aggregate(rows=Sum("rows"))["rows"] or 0
    return sum(batch.rows for batch in batches) - archived


def _list_searches(batches: Sequence[Batch], rows: int) -> Iterator[Search]:
    """The longest first, so that no connection is left with a long one at the end."""
    count = max(1, min(ceil(rows / ROWS_A_BATCH), BATCHES))
    for batch in batches:
        yield Search(proofs.find_broken_chains, batch.first, batch.last, cost=2 * batch.rows)
    for first, last in proofs.list_ranges(table="wallet_transaction", count=count):
        yield Search(proofs.find_unmatched, first, last, cost=rows / count)
    for first, last in proofs.list_ranges(table="wallet_round", count=count):
        yield Search(proofs.find_lost_rounds, first, last, cost=rows / count / 10)
    yield Search(proofs.find_repeated_reversals, 0, 0, cost=1)


def _search_at_once(searches: deque[Search], findings: Findings, snapshot: str) -> list[Difference]:
    """Search on several connections, and meanwhile find on this one what has changed since the last digests."""
    with ThreadPoolExecutor(CONNECTIONS, "proof") as pool:
        try:
            shares = [pool.submit(_search_in_snapshot, searches, findings, snapshot) for _ in range(CONNECTIONS)]
            changes = digests.find_changes()
            for share in shares:
                share.result()
        finally:
            searches.clear()
    return changes


def _search_in_snapshot(searches: deque[Search], findings: Findings, snapshot: str) -> None:
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            cursor.execute(SEARCH_SETTINGS)
            _search(searches, findings)
    finally:
        connection.close()


def _search(searches: deque[Search], findings: Findings) -> None:
    """Take one search after the other from those that are left, until none is."""
    for search in iter(partial(_take, searches), None):
        findings.add(search, search.find(search.first, search.last))


def _take(searches: deque[Search]) -> Search | None:
    try:
        return searches.popleft()
    except IndexError:
        return None
