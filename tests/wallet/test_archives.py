"""Months that leave the ledger: their proof stays, late calls are answered as before, the rows come back unchanged."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from dev.credentials import random_fernet_key
from operators.models import AuditEntry
from tests.wallet.world import STAFF, Seat, World
from wallet import ledger
from wallet.ledger import Caller, Movement
from wallet.models import Account, ArchivedRun, LedgerArchive, LedgerRow, Transaction
from wallet.selectors.archives import find_archive_of, sum_system_account
from wallet.services import proofs
from wallet.services.archives.files import ArchiveUnreadable
from wallet.services.archives.months import ArchiveRefused, archive_month, restore_month, verify_archive
from wallet.services.verification import verify_ledger

# The invariants that every test is held to read the live rows alone.
pytestmark = pytest.mark.plants_faults

JANUARY, FEBRUARY = date(2020, 1, 1), date(2020, 2, 1)
NOW = datetime(2026, 11, 1, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.LEDGER_DIGEST_PATH, settings.LEDGER_ARCHIVE_PATH = tmp_path / "digests", tmp_path / "archive"
    settings.LEDGER_DIGEST_KEYS = {"key": random_fernet_key()}
    return tmp_path / "archive"


@pytest.fixture
def old(world: World) -> Seat:
    """A player with rows 1, 2, 3 and 5 in January, 4 and 6 in February, all 2020, and one of today."""
    for month in (JANUARY, FEBRUARY):
        ledger.create_partition(date=month)
    seat = world.seat("0")
    deposit(world, seat, datetime(2020, 1, 5, tzinfo=UTC))
    move(world, seat, "bet", "10.00", "old-bet", datetime(2020, 1, 6, tzinfo=UTC))
    move(world, seat, "win", "3.00", "old-gift", datetime(2020, 1, 6, 1, tzinfo=UTC), promotional=True)
    # Time is taken before the lock: at the turn of a month, numbers and times may disagree.
    move(world, seat, "bet", "4.00", "early", datetime(2020, 2, 1, 0, 0, 0, 1, tzinfo=UTC))
    move(world, seat, "bet", "5.00", "late", datetime(2020, 1, 31, 23, 59, 59, tzinfo=UTC))
    move(world, seat, "win", "6.00", "february", datetime(2020, 2, 3, tzinfo=UTC))
    world.bet(seat, "1.00")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert verify_ledger(now=NOW).differences == []
    return seat


def deposit(world: World, seat: Seat, now: datetime) -> None:
    ledger.move_cash(
        casino_id=world.casino.pk,
        kind="deposit",
        user_id=seat.user_id,
        reference=f"old-{seat.user_id}",
        currency="EUR",
        amount=Decimal(100),
        context="{}",
        now=now,
    )


def move(  # noqa: PLR0917 - as a line of a history reads
    world: World, seat: Seat, kind: str, amount: str, reference: str, now: datetime, *, promotional: bool = False
) -> str:
    movement = Movement(
        kind=kind,
        user_id=seat.user_id,
        token=seat.token,
        reference=reference,
        round_ref="old-round",
        round_finished=False,
        game_ref="200",
        currency="EUR",
        amount=Decimal(amount),
        promotional=promotional,
        platform_at=now,
        context='{"é": 1}',
    )
    return ledger.change_balance(caller=caller_of(world), movement=movement, now=now).outcome


def caller_of(world: World) -> Caller:
    return Caller(world.operator.pk, world.casino.pk, suspended=False, skip_closing=False, large_win=Decimal(1000))


def archive(month: date) -> LedgerArchive:
    return archive_month(month=month, by=STAFF, now=NOW)


def list_rows(seat: Seat) -> list[Any]:
    return list(LedgerRow.objects.filter(account_id=seat.account.pk).order_by("number").values())


def sum_system(world: World, kind: str) -> Decimal:
    return sum_system_account(world.casino.accounts.get(kind=kind, currency="EUR"))


def test_archived_month_leaves_its_proof_and_comes_back_as_it_was(world: World, old: Seat) -> None:
    before, house, whole = list_rows(old), sum_system(world, "house"), verify_ledger(now=NOW)
    first = archive(JANUARY)
    assert (first.rows, first.accounts, first.folder[-8:]) == (4, 1, "-2020-01")
    assert [row["number"] for row in list_rows(old)] == [4, 6, 7]
    runs = ArchivedRun.objects.filter(account_id=old.account.pk).order_by("first_number")
    assert [(run.first_number, run.last_number, run.balance) for run in runs] == [
        (1, 3, Decimal("93.00")),
        (5, 5, Decimal("84.00")),
    ]
    assert (sum_system(world, "house"), sum_system(world, "cashier")) == (house, Decimal(-100))
    proof = verify_ledger(now=NOW, keeps_digest=True)
    assert (proof.differences, proof.rows) == ([], whole.rows - 4)
    second = archive(FEBRUARY)
    assert verify_ledger(now=NOW).differences == []
    assert [verify_archive(archive=each) for each in (first, second)] == [[], []]
    assert find_archive_of(datetime(2020, 2, 3, tzinfo=UTC)) == second
    with pytest.raises(ArchiveRefused, match="newest first"):
        restore_month(month=JANUARY, by=STAFF)
    assert restore_month(month=FEBRUARY, by=STAFF) == 2
    assert restore_month(month=JANUARY, by=STAFF) == 4
    assert list_rows(old) == before
    assert (verify_ledger(now=NOW).differences, sum_system(world, "house")) == ([], house)
    acts = AuditEntry.objects.filter(action__endswith="_ledger_month").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["archive_ledger_month"] * 2 + ["restore_ledger_month"] * 2


def test_late_calls_about_archived_movements_are_answered_as_ever(world: World, old: Seat) -> None:
    archive(JANUARY)
    balance = old.balance
    now = datetime.now(UTC)
    assert move(world, old, "bet", "10.00", "old-bet", now) == "replayed"
    assert move(world, old, "bet", "11.00", "old-bet", now) == "duplicate_transaction"
    assert ledger.get_status(caller=caller_of(world), user_id=old.user_id, reference="old-bet") == "booked"
    house, promotions = sum_system(world, "house"), sum_system(world, "promotions")
    assert [world.cancel(old, reference, "old-round").verdict for reference in ("old-bet", "old-gift")] == ["OK", "OK"]
    assert old.balance == balance + 10 - 3
    assert (sum_system(world, "house"), sum_system(world, "promotions")) == (house - 10, promotions + 3)
    assert world.cancel(old, "old-bet", "old-round").verdict == "OK"
    assert old.balance == balance + 10 - 3
    assert move(world, old, "bet", "10.00", "old-bet", now) == "transaction_canceled"
    assert verify_ledger(now=NOW).differences == []
    restore_month(month=JANUARY, by=STAFF)
    assert verify_ledger(now=NOW).differences == []


def test_archived_bet_goes_back_from_its_own_operators_house_in_its_own_currency(world: World, old: Seat) -> None:
    world.bet(world.seat(currency="USD"), "1.00")
    mine = world.operator, world.platform
    world.operator, world.platform = world.join_platform()
    world.add_game("200")
    world.bet(world.seat(), "1.00")
    world.operator, world.platform = mine
    archive(JANUARY)
    balance = old.balance
    assert world.cancel(old, "old-bet", "old-round").verdict == "OK"
    assert old.balance == balance + 10
    house = world.casino.accounts.get(operator=world.operator, kind="house", currency="EUR")
    assert old.rows[-1].debit == house


@pytest.mark.parametrize("reference", ["february", "deposit"])
def test_movement_without_a_row_is_recalled_only_where_a_platforms_was_archived(old: Seat, reference: str) -> None:
    archive(JANUARY)
    known = "kind = 'deposit'" if reference == "deposit" else "reference = 'february'"
    query = f"SELECT wallet_recall_row(asked) FROM wallet_transaction AS asked WHERE player_id = %s AND {known}"
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="has no ledger row"), transaction.atomic():
        cursor.execute(query, [old.player.pk])


@pytest.mark.parametrize(
    ("change", "row", "fault"),
    [
        (
            "UPDATE wallet_archivedrun SET hash = decode(repeat('01', 32), 'hex') WHERE first_number = 1",
            4,
            "hash does not follow from the row and the one before it",
        ),
        (
            "UPDATE wallet_archivedrun SET balance = balance + 1 WHERE first_number = 1",
            4,
            "balance after is 89.00000000, which 94.00000000 and the amount 4.00000000 do not make",
        ),
        (
            "UPDATE wallet_archivedrun SET previous_hash = hash WHERE first_number = 5",
            5,
            "archived rows 5 to 5 do not follow from what is before them",
        ),
        (
            "DELETE FROM wallet_archivedrun WHERE first_number = 5",
            6,
            "row 6 stands in place 5 of its account: a row is missing or one too many",
        ),
    ],
)
def test_what_is_left_of_a_month_is_proved_with_the_rest(old: Seat, change: str, row: int, fault: str) -> None:
    archived = archive(JANUARY)
    with connection.cursor() as cursor:
        cursor.execute(change)
    found = [(each["account_id"], each["number"], each["fault"]) for each in verify_ledger(now=NOW).differences]
    assert (old.account.pk, row, fault) in found
    assert {account for account, _, _ in found} == {old.account.pk}
    assert verify_archive(archive=archived) != []
    with pytest.raises(ArchiveRefused, match="do not prove right"):
        restore_month(month=JANUARY, by=STAFF)


def test_archived_row_that_does_not_follow_from_the_archived_one_before_it_is_found(world: World, old: Seat) -> None:
    for month in (JANUARY, FEBRUARY):
        archive(month)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wallet_archivedrun SET previous_hash = hash WHERE first_number = 5 AND account_id = %s",
            [old.account.pk],
        )
    [found] = verify_ledger(now=NOW).differences
    assert found["fault"] == "archived rows 5 to 5 do not follow from what is before them"


def test_account_whose_last_row_is_archived_is_held_against_it(world: World, old: Seat) -> None:
    idle = world.seat("0")
    deposit(world, idle, datetime(2020, 1, 7, tzinfo=UTC))
    archive(JANUARY)
    assert verify_ledger(now=NOW).differences == []
    assert proofs.find_broken_chains(proofs.LOWEST_ID, proofs.HIGHEST_ID) == []
    archived = Transaction.objects.get(player=idle.player)
    assert proofs.list_differences(accounts=[idle.account.pk], transactions=[archived.pk]) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_account DISABLE TRIGGER USER")
        cursor.execute("UPDATE wallet_account SET balance = 101 WHERE id = %s", [idle.account.pk])
    [found] = verify_ledger(now=NOW).differences
    assert (found["account_id"], found["number"]) == (idle.account.pk, 1)
    said = "its last archived row says 100.00000000 and is number 1"
    assert found["fault"] == f"the account holds 101.00000000 and counts 1 rows, {said}"


def test_files_that_are_not_what_was_signed_are_refused(old: Seat, folder: Path) -> None:
    archived = archive(JANUARY)
    path = folder / archived.folder
    rows, manifest = path / "rows.copy.gz", path / "manifest.json"
    content, text = rows.read_bytes(), manifest.read_text()
    rows.write_bytes(content[:-1])
    with pytest.raises(ArchiveUnreadable, match=r"rows\.copy\.gz is not the file that was written"):
        restore_month(month=JANUARY, by=STAFF)
    rows.write_bytes(content)
    manifest.write_text(text.replace('"rows": 4', '"rows": 5'))
    with pytest.raises(ArchiveUnreadable, match=r"manifest\.json is not what was signed"):
        verify_archive(archive=archived)
    manifest.unlink()
    with pytest.raises(ArchiveUnreadable, match="cannot be read"):
        verify_archive(archive=archived)
    manifest.write_text(text)
    assert verify_archive(archive=archived) == []


def test_month_is_archived_only_when_it_is_old_the_oldest_and_proved(old: Seat, folder: Path) -> None:
    for month, words in (
        (date(2025, 10, 1), "2025-10 is too recent"),
        (FEBRUARY, "Months leave oldest first: 2020-01 still has rows"),
        (date(2019, 12, 1), "2019-12 has no partition of its own"),
    ):
        with pytest.raises(ArchiveRefused, match=words):
            archive(month)
    with pytest.raises(ArchiveRefused, match="verify_ledger"):
        archive_month(month=date(2026, 11, 1), by=STAFF, now=datetime(2028, 11, 1, tzinfo=UTC))
    assert not list(folder.glob("*"))
    Account.objects.filter(pk=old.account.pk).update(created_at=NOW)
    archive(JANUARY)
    with pytest.raises(ArchiveRefused, match="no partition"):
        archive(JANUARY)


def test_last_month_stays_for_the_limits_of_this_week_and_of_casinos_where_it_goes_on(settings: Settings) -> None:
    settings.LEDGER_MONTHS_KEPT = 0
    with pytest.raises(ArchiveRefused, match="2026-10 is too recent"):
        archive(date(2026, 10, 1))


def test_command_archives_proves_and_restores(old: Seat) -> None:
    printed = StringIO()
    for arguments in (["2020-01"], ["2020-01", "--verify"], ["2020-01", "--restore"]):
        call_command("archive_ledger", *arguments, stdout=printed)
    assert [line.partition(" in ")[0] for line in printed.getvalue().splitlines()] == [
        "4 rows of 1 accounts are",
        "4 rows: 0 faults",
        "4 rows are back",
    ]
    with pytest.raises(CommandError, match="2020-01 is not archived"):
        call_command("archive_ledger", "2020-01", "--verify")
