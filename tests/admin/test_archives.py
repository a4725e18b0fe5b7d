"""The page of a transaction whose ledger row is archived."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.admin.house import House
from tests.admin.reading import words_of
from tests.wallet.world import STAFF, Seat
from wallet import ledger
from wallet.models import Transaction
from wallet.services.archives.months import archive_month
from wallet.services.verification import verify_ledger

NOW = datetime(2026, 11, 1, 3, 10, tzinfo=UTC)


@pytest.mark.plants_faults
def test_archived_transaction_says_where_its_row_is(
    boss: Client, house: House, seat: Seat, settings: Settings, tmp_path: Path
) -> None:
    settings.LEDGER_ARCHIVE_PATH = settings.LEDGER_DIGEST_PATH = tmp_path
    ledger.create_partition(date=date(2020, 1, 1))
    old = house.post("bet", seat, "10.00", at=datetime(2020, 1, 6, tzinfo=UTC))
    new = house.post("win", seat, "5.00", round_ref=old.round_ref)
    old_key, new_key = old.row.pk, new.row.pk
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    verify_ledger(now=NOW)
    archive = archive_month(month=date(2020, 1, 1), by=STAFF, now=NOW)
    words = words_of(boss.get(reverse("admin:wallet_transaction_change", args=[old_key])))
    for said in ("Archived", archive.folder, old.reference, "10.00 EUR", old.round_ref, f"by {STAFF}"):
        assert said in words
    assert "Tombstone" not in words
    assert boss.get(reverse("admin:wallet_transaction_change", args=[new_key])).status_code == 302
    round_key = Transaction.objects.get(pk=old_key).round_id
    assert boss.get(reverse("admin:wallet_round_change", args=[round_key])).status_code == 200
    assert boss.get(reverse("admin:wallet_player_change", args=[seat.player.pk])).status_code == 200
