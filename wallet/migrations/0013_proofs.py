"""A proof that searches in sets, from the functions' own copies."""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0013"
FUNCTIONS = [
    "wallet_find_broken_chains",
    "wallet_find_unmatched",
    "wallet_find_lost_rounds",
    "wallet_find_repeated_reversals",
    "wallet_find_differences",
    "wallet_find_unbooked",
]
# They take the accounts and transactions that a search has found, where they took ranges.
REPLACED = """
DROP FUNCTION wallet_find_differences(bigint, bigint);
DROP FUNCTION wallet_find_unbooked(bigint, bigint);
"""


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0012_size")]
    operations = [migrations.RunSQL(REPLACED), migrations.RunPython(create_functions)]
