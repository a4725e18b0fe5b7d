"""Every list of players, rounds and movements, by each filter, search, order and page, is found by way of an index.

The same walk that `make bench ONLY=size` makes at 5,000,000 rows, where it also counts what an index scan passes over;
here PostgreSQL scans nothing that it can do without.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.benchmarks.size.lists import Case, list_cases, list_scans, plans_kept
from wallet.services.history.making import make_history
from wallet.services.history.play import Size

READERS = {"first page", "wallet.LedgerRow", "wallet.Player", "wallet.Round", "wallet.Session", "wallet.Transaction"}
SIZE = Size(rows=600, rounds=100, players=60, months=2)


@pytest.fixture
def walker(boss: Client, settings: Any) -> Client:
    """A superuser at a made-up casino, whose pages are planned without sequential scans wherever that can be."""
    settings.DEBUG = True
    make_history(size=SIZE, beside_others=True, by="test", now=timezone.now(), progress=lambda _done, _total: None)
    settings.DEBUG = False
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return boss


def scans_of(case: Case, client: Client) -> set[str]:
    with plans_kept() as kept:
        case.ask(client)
    return {name for _query, plan in kept for name in list_scans(plan)}


def test_no_page_scans_a_partition_of_the_ledger_or_another_long_table(walker: Client) -> None:
    cases = list(list_cases(walker, only=READERS))
    assert {case.name.partition("?")[0] for case in cases} == READERS
    found = {case.name: scans for case in cases if (scans := scans_of(case, walker))}
    assert found == {}


def test_scan_is_found_where_no_index_helps(walker: Client) -> None:
    with plans_kept() as kept, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM wallet_ledgerrow WHERE amount = 17")
    (plan,) = [plan for _query, plan in kept]
    assert "wallet_ledgerrow_default" in set(list_scans(plan))
