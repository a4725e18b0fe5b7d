"""What `wallet_authenticate` answers grows by what the player's place is judged by, in the migration's own copy.

A function's answer cannot be changed in place. Whoever calls it meanwhile names the columns of before, which are still there.
"""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0003"


def replace_function(_apps: object, schema_editor: object) -> None:
    schema_editor.execute("DROP FUNCTION wallet_authenticate(bigint, boolean, bytea, timestamptz)")
    schema_editor.execute((FROZEN / "wallet_authenticate.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0002_ledger"),
        ("catalog", "0004_feed"),
        ("geoblock", "0001_initial"),
    ]
    operations = [migrations.RunPython(replace_function, migrations.RunPython.noop)]
