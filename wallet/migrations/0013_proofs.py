"""A proof that searches in sets and goes on where months are archived, from the functions' own copies."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0013"
FUNCTIONS = [
    "wallet_archived_until",
    "wallet_is_loose",
    "wallet_find_broken_chains",
    "wallet_find_unmatched",
    "wallet_find_lost_rounds",
    "wallet_find_repeated_reversals",
    "wallet_find_differences",
    "wallet_find_unbooked",
    "wallet_recall_row",
    "wallet_reverse",
]
# They take the accounts and transactions that a search has found, where they took ranges.
REPLACED = """
DROP FUNCTION wallet_find_differences(bigint, bigint);
DROP FUNCTION wallet_find_unbooked(bigint, bigint);
"""


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


KINDS = [
    ("bet", "Bet"),
    ("win", "Win"),
    ("refund", "Refund"),
    ("cancel", "Cancel"),
    ("tombstone", "Tombstone"),
    ("deposit", "Deposit"),
    ("withdrawal", "Withdrawal"),
    ("credit", "Credit by staff"),
    ("debit", "Debit by staff"),
]


class Migration(migrations.Migration):
    dependencies = [("wallet", "0012_size")]
    operations = [
        migrations.CreateModel(
            name="LedgerArchive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day; months begin in UTC.", unique=True)),
                ("folder", models.CharField(help_text="Its folder under LEDGER_ARCHIVE_PATH.", max_length=200)),
                ("rows", models.BigIntegerField()),
                ("accounts", models.BigIntegerField()),
                ("manifest_sha256", models.CharField(max_length=64)),
                ("archived_at", models.DateTimeField()),
                ("archived_by", models.CharField(max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("accounts", models.BigIntegerField()),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ArchivedSide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transaction_id", models.BigIntegerField(unique=True)),
                ("debit_id", models.BigIntegerField()),
                ("credit_id", models.BigIntegerField()),
                (
                    "archive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sides", to="wallet.ledgerarchive"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ArchivedSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(choices=KINDS)),
                ("received", models.DecimalField(decimal_places=8, max_digits=30)),
                ("given", models.DecimalField(decimal_places=8, max_digits=30)),
                ("rows", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="archived_sums", to="wallet.account"
                    ),
                ),
                (
                    "archive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sums", to="wallet.ledgerarchive"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("archive", "account", "kind"), name="wallet_archivedsum_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivedRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("first_number", models.BigIntegerField()),
                ("last_number", models.BigIntegerField()),
                ("previous_balance", models.DecimalField(decimal_places=8, max_digits=24)),
                ("previous_hash", models.BinaryField()),
                ("balance", models.DecimalField(decimal_places=8, max_digits=24)),
                ("hash", models.BinaryField()),
                (
                    "archive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="wallet.ledgerarchive"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "last_number"), name="wallet_archivedrun_once")
                ],
            },
        ),
        migrations.RunSQL(REPLACED),
        migrations.RunPython(create_functions),
    ]
