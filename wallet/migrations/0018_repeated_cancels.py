"""A bet that waited for its turn is held against the exclusion made meanwhile; a repeated cancel is told from the first.

From the functions' own copies.
"""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0018"
FUNCTIONS = ["wallet_change_balance", "wallet_cancel_transaction", "wallet_move_cash"]


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)
        # Replacing takes it away, and what grants it anew comes after the last migration: bets go on meanwhile.
        schema_editor.execute(f"ALTER FUNCTION {name} SECURITY DEFINER SET search_path TO public, pg_temp", params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0017_closing_reasons")]
    operations = [migrations.RunPython(create_functions, migrations.RunPython.noop)]
