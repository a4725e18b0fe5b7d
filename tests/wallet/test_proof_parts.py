"""What a proof is cut into: every id lies in one range, and no more is kept or told than was said."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection

from tests.wallet.world import Seat, World
from wallet.models import Account, LedgerDigest
from wallet.services import proofs, verification
from wallet.services.verification import verify_ledger

NOW = datetime(2026, 11, 1, 3, 10, tzinfo=UTC)
LOWEST, HIGHEST = -9_223_372_036_854_775_808, 9_223_372_036_854_775_807


def count_rows() -> list[int]:
    """How many rows each player's account says it has, by the accounts' ids."""
    return [account.last_number or 0 for account in Account.objects.filter(kind="player").order_by("pk")]


@pytest.mark.parametrize(("rows", "count", "few"), [(1, 100, 99), (4, 100, 99), (1, 2, 2), (1_000, 100, 1)])
def test_accounts_are_cut_into_ranges_without_a_gap(world: World, seat: Seat, rows: int, count: int, few: int) -> None:
    for _ in range(5):
        world.bet(world.seat(), "1.00")
    batches = proofs.list_batches(rows=rows, count=count)
    assert (batches[0].first, batches[-1].last) == (LOWEST, HIGHEST)
    assert all(earlier.last + 1 == later.first for earlier, later in pairwise(batches))
    told = count_rows()
    assert (sum(batch.accounts for batch in batches), sum(batch.rows for batch in batches)) == (len(told), sum(told))
    assert len(batches) <= few
    assert few == 1 or all(batch.rows for batch in batches[1:])


def test_without_an_account_there_is_one_range_of_nothing(db: None) -> None:
    batches = proofs.list_batches(rows=10, count=10)
    assert sum(batch.accounts for batch in batches) == Account.objects.filter(kind="player").count()
    if not count_rows():
        assert batches == [proofs.Batch(LOWEST, HIGHEST, 0, 0)]


@pytest.mark.parametrize(
    ("ids", "count", "starts"),
    [
        ("generate_series(10, 20)", 1, []),
        ("generate_series(10, 20)", 2, [15]),
        ("generate_series(10, 20)", 3, [14, 18]),
        ("generate_series(1, 3)", 5, [2]),
        ("generate_series(7, 7)", 5, []),
        ("generate_series(1, 0)", 5, []),
    ],
)
@pytest.mark.django_db
def test_ids_are_cut_into_ranges_of_one_width(ids: str, count: int, starts: list[int]) -> None:
    ranges = proofs.list_ranges(table=f"{ids} AS given (id)", count=count)
    assert ranges == list(zip([LOWEST, *starts], [*(start - 1 for start in starts), HIGHEST], strict=True))


def test_progress_tells_the_share_of_the_work_that_is_done(world: World, seat: Seat) -> None:
    for _ in range(14):  # fifteen rows: there, another weight of any search shows after rounding
        world.bet(seat, "1.00")
    told: list[tuple[int, int]] = []
    verify_ledger(now=NOW, progress=lambda done, total: told.append((done, total)))
    rows = sum(count_rows())
    work = 3.1 * rows + 1
    assert told == [(round(rows * done / work), rows) for done in (2 * rows, 3 * rows, 3.1 * rows, work)]


def test_large_ledger_is_cut_into_more_ranges(world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        world.bet(seat, "1.00")
    monkeypatch.setattr(verification, "ROWS_A_BATCH", -(-sum(count_rows()) // 2))
    told: list[int] = []
    verify_ledger(now=NOW, progress=lambda done, _total: told.append(done))
    tables = sum(len(proofs.list_ranges(table=name, count=2)) for name in ("wallet_transaction", "wallet_round"))
    assert tables == 4
    assert len(told) in {tables + 1 + batches for batches in (1, 2)}


@pytest.mark.plants_faults
@pytest.mark.parametrize("account", [LOWEST, -1, HIGHEST])
def test_row_of_any_account_is_looked_at(world: World, seat: Seat, account: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE wallet_ledgerrow DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE wallet_ledgerrow SET account_id = %s, credit_id = %s WHERE account_id = %s",
            [account, account, seat.account.pk],
        )
    assert {found["account_id"] for found in verify_ledger(now=NOW).differences} == {account, seat.account.pk}
    connection.needs_rollback = True  # what points at nothing is not looked at again


@pytest.mark.plants_faults
def test_first_hundred_differences_are_kept(world: World, seat: Seat) -> None:
    player = world.add_player(
        *(f"X{number:03}".translate(str.maketrans("0123456789", "ABCDEFGHIJ")) for number in range(101))
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE wallet_account DISABLE TRIGGER USER")
        cursor.execute("UPDATE wallet_account SET last_number = 1 WHERE player_id = %s", [player.pk])
    result = verify_ledger(now=NOW)
    assert (result.difference_count, len(result.differences)) == (101, 100)
    connection.needs_rollback = True


def test_no_digest_is_kept_unless_it_is_asked_for(world: World, seat: Seat) -> None:
    verify_ledger(now=NOW)
    assert LedgerDigest.objects.count() == 0
