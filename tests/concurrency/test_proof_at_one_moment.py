"""All searches of a proof see the ledger as it stood at one moment, and none can be lost unnoticed."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from dev.processes import wait_until
from tests.databases import postgres_url
from tests.wallet.world import Seat, World
from wallet.models import LedgerVerification
from wallet.services import digests, proofs
from wallet.services.verification import verify_ledger

pytestmark = pytest.mark.xdist_group("races")
SEARCHES = ("find_broken_chains", "find_unmatched", "find_lost_rounds", "find_repeated_reversals")
ASKED = """
SELECT pg_backend_pid(), pg_current_snapshot()::text, current_setting('transaction_isolation'),
    current_setting('transaction_read_only'), current_setting('work_mem')
"""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, tuple[Any, ...]]]:
    """What each search sees, and the comparison with the digests, while others commit; and whether it is the caller."""
    noted: list[tuple[bool, tuple[Any, ...]]] = []
    caller = threading.current_thread()

    def noting(find: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
        def note(*ids: int) -> Sequence[Any]:
            with connection.cursor() as cursor, psycopg.connect(postgres_url(), autocommit=True) as other:
                other.execute("SELECT pg_current_xact_id()")
                cursor.execute(ASKED)
                noted.append((threading.current_thread() is caller, cursor.fetchone()))
            return find(*ids)

        return note

    for name in SEARCHES:
        monkeypatch.setattr(proofs, name, noting(getattr(proofs, name)))
    monkeypatch.setattr(digests, "find_changes", noting(digests.find_changes))
    return noted


def has_ended(pids: set[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(pids)])
        return bool(cursor.fetchone() == (0,))


def test_searches_on_other_connections_see_what_the_caller_does(
    world: World, seat: Seat, seen: list[tuple[bool, tuple[Any, ...]]]
) -> None:
    world.bet(seat, "1.00")
    assert verify_ledger(now=datetime.now(UTC)).differences == []
    [changes] = [facts for is_caller, facts in seen if is_caller]
    searches = [facts for is_caller, facts in seen if not is_caller]
    assert len(searches) >= len(SEARCHES)
    assert {facts[1:] for facts in searches} == {(changes[1], "repeatable read", "on", "96MB")}
    pids = {facts[0] for facts in searches}
    assert changes[0] not in pids
    assert wait_until(lambda: has_ended(pids), seconds=10, pause=0.05)


def test_search_that_breaks_off_breaks_the_proof_off(world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_ids: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    kept = LedgerVerification.objects.count()
    monkeypatch.setattr(proofs, "find_lost_rounds", die)
    with pytest.raises(OperationalError):
        verify_ledger(now=datetime.now(UTC))
    assert LedgerVerification.objects.count() == kept


def test_fault_ends_the_proof_with_the_two_searches_that_had_begun(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    both, failed = threading.Barrier(3), threading.Event()

    def search(first: int, _last: int) -> list[Any]:
        begun.append(first)
        both.wait(10)
        failed.wait(10)
        time.sleep(0.3)  # until what is left is forgotten
        return []

    def fail() -> None:
        both.wait(10)
        time.sleep(1)  # in which a third would begin
        failed.set()
        raise OperationalError("no digests")

    for name in SEARCHES:
        monkeypatch.setattr(proofs, name, search)
    monkeypatch.setattr(digests, "find_changes", fail)
    with pytest.raises(OperationalError, match="no digests"):
        verify_ledger(now=datetime.now(UTC))
    assert len(begun) == 2
