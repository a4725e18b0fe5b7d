"""The nightly digest: a ledger that proves itself, but is not the one that was there the night before, is found."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from dev.credentials import random_fernet_key
from tests.wallet.rewriting import rewrite
from tests.wallet.world import Seat, World
from wallet.models import LedgerDigest, LedgerRow, LedgerVerification
from wallet.services.verification import verify_ledger
from wallet.tasks import verify_ledger as nightly

NOW = datetime(2026, 11, 1, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.LEDGER_DIGEST_PATH = tmp_path
    settings.LEDGER_DIGEST_KEYS = {"new": random_fernet_key(), "old": random_fernet_key()}
    return tmp_path


def verify(night: int, *, keeps_digest: bool = True) -> LedgerVerification:
    return verify_ledger(now=NOW + timedelta(days=night), keeps_digest=keeps_digest)


def list_found(verification: LedgerVerification) -> list[tuple[int | None, int | None, str]]:
    return [(each["account_id"], each["number"], each["fault"]) for each in verification.differences]


def count_open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def name_of(night: int) -> str:
    return LedgerDigest.objects.order_by("written_at")[night].name


def test_digest_holds_every_players_head_and_later_nights_agree_with_it(world: World, seat: Seat, folder: Path) -> None:
    idle = world.add_player("EUR").accounts.get()
    world.bet(seat)
    head = seat.rows[-1]
    assert verify(0).difference_count == 0
    [file] = folder.iterdir()
    *heads, signature = file.read_text().splitlines()
    assert f"{seat.account.pk}\t2\t\\\\x{head.hash.hex()}" in heads
    assert f"{idle.pk}\t0\t\\\\x{'00' * 32}" in heads
    assert signature.startswith("signature new ")
    assert LedgerDigest.objects.get().accounts == len(heads)
    assert file.stat().st_mode & 0o777 == 0o440
    world.bet(seat)
    assert [verify(night).differences for night in (1, 2, 3, 4)] == [[], [], [], []]
    assert len(list(folder.iterdir())) == 5


@pytest.mark.plants_faults
def test_ledger_that_was_rewritten_with_all_its_hashes_is_found(world: World, seat: Seat, settings: Settings) -> None:
    for stake in ("1.00", "2.00", "3.00"):
        world.bet(seat, stake)
    verify(0)
    world.win(seat, "4.00")
    bet = seat.rows[1]
    rewrite(
        seat.account.pk,
        f"UPDATE wallet_ledgerrow SET amount = 0.5 WHERE transaction_id = {bet.pk};"
        f"UPDATE wallet_transaction SET amount = 0.5 WHERE id = {bet.pk}",
    )
    assert LedgerRow.objects.get(pk=bet.pk).amount != bet.amount
    found = [(seat.account.pk, 4, f"the hash is another since {name_of(0)}")]
    assert list_found(verify(1)) == found
    assert LedgerDigest.objects.count() == 1
    settings.LEDGER_DIGEST_PATH = settings.LEDGER_DIGEST_PATH / "elsewhere"
    LedgerDigest.objects.all().delete()
    assert verify(1, keeps_digest=False).differences == []


@pytest.mark.plants_faults
def test_each_digest_tells_for_itself_what_has_changed_since(world: World, seat: Seat) -> None:
    for night in (0, 1):
        world.bet(seat, "1.00")
        verify(night)
    bet = seat.rows[0]
    rewrite(
        seat.account.pk,
        f"UPDATE wallet_ledgerrow SET amount = 0.5 WHERE transaction_id = {bet.pk};"
        f"UPDATE wallet_transaction SET amount = 0.5 WHERE id = {bet.pk}",
    )
    assert list_found(verify(2)) == [
        (seat.account.pk, 3, f"the hash is another since {name_of(1)}"),
        (seat.account.pk, 2, f"the hash is another since {name_of(0)}"),
    ]


@pytest.mark.plants_faults
def test_account_that_is_gone_is_told(world: World, seat: Seat) -> None:
    idle = world.add_player("EUR").accounts.get()
    verify(0)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE wallet_account DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM wallet_account WHERE id = %s", [idle.pk])
    assert list_found(verify(1)) == [(idle.pk, 0, f"the account is gone since {name_of(0)}")]


def test_last_three_digests_are_held_against_the_ledger(world: World, seat: Seat, folder: Path) -> None:
    for night in range(4):
        verify(night)
    for night in (0, 1):
        (folder / name_of(night)).chmod(0o600)
        (folder / name_of(night)).write_text("")
    [(_, _, fault)] = list_found(verify(4))
    assert fault.startswith(f"the digest {name_of(1)} is signed with a key “”")


@pytest.mark.django_db
def test_digest_is_written_where_nothing_was_or_what_a_dead_process_left(settings: Settings, tmp_path: Path) -> None:
    folder = settings.LEDGER_DIGEST_PATH = tmp_path / "of" / "the books"
    before = count_open_files()
    assert verify_ledger(now=NOW, keeps_digest=True).differences == []
    (folder / f"heads-{connection.settings_dict['NAME']}-draft-{os.getpid()}").write_text("half a line")
    assert verify(1).differences == []
    assert sorted(path.name for path in folder.iterdir()) == [name_of(0), name_of(1)]
    assert count_open_files() == before


@pytest.mark.plants_faults
def test_last_rows_that_were_taken_away_with_all_that_told_of_them_are_found(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00")
    verify(0)
    last = seat.rows[-1]
    rewrite(
        seat.account.pk,
        f"DELETE FROM wallet_ledgerrow WHERE transaction_id = {last.pk};"
        f"DELETE FROM wallet_transaction WHERE id = {last.pk}",
    )
    assert list_found(verify(1)) == [(seat.account.pk, 2, f"the hash is another since {name_of(0)}")]


def test_digest_that_was_changed_or_is_gone_or_was_signed_by_another_is_told(
    world: World, seat: Seat, folder: Path, settings: Settings
) -> None:
    verify(0)
    verify(1)
    path = folder / name_of(0)
    path.chmod(0o600)
    text = path.read_text()
    path.write_text(text.replace(f"{seat.account.pk}\t1\t", f"{seat.account.pk}\t0\t"))
    assert list_found(verify(2)) == [(None, None, f"the digest {path.name} is not what was signed")]
    path.write_text(text.rpartition("signature")[0])
    unknown = "is signed with a key “” that LEDGER_DIGEST_KEYS does not have"
    assert list_found(verify(2)) == [(None, None, f"the digest {path.name} {unknown}")]
    path.write_text(text)
    settings.LEDGER_DIGEST_KEYS = {"newest": random_fernet_key(), "new": settings.LEDGER_DIGEST_KEYS["new"]}
    assert verify(2).differences == []
    settings.LEDGER_DIGEST_KEYS = {"newest": settings.LEDGER_DIGEST_KEYS["newest"]}
    assert len(list_found(verify(3))) == 2
    (folder / name_of(2)).unlink()
    assert list_found(verify(3))[0] == (None, None, f"the digest {name_of(2)} is missing")


def test_every_night_leaves_a_digest(world: World, seat: Seat, folder: Path) -> None:
    assert nightly() == 0
    assert [path.name for path in folder.iterdir()] == [LedgerDigest.objects.get().name]
