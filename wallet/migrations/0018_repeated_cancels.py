"""A bet that waited for its turn is held against the exclusion made meanwhile; a repeated cancel is told from the first.

What changed no answer is gone. From the functions' own copies.
"""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0018"
FUNCTIONS = ["wallet_round_end_state", "wallet_change_balance", "wallet_cancel_transaction", "wallet_move_cash"]


def create_functions(_apps: object, schema_editor: object) -> None:
    schema_editor.execute("DROP FUNCTION wallet_round_end_state(bigint, text, text, boolean, text)", params=None)
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0017_closing_reasons")]
    operations = [
        migrations.RemoveIndex(model_name="round", name="wallet_round_opened"),
        migrations.RunPython(create_functions, migrations.RunPython.noop),
    ]
