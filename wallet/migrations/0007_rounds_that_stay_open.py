"""Rounds of operators without the closing state stay open while something is pending, in the migration's own copies."""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0007"
FUNCTIONS = ["wallet_round_end_state", "wallet_end_round", "wallet_change_balance", "wallet_check_round"]


def replace_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0006_schedule")]
    operations = [migrations.RunPython(replace_functions, migrations.RunPython.noop)]
