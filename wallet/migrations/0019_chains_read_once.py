"""The search for broken chains reads each row once, from the function's own copy."""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0019"


def create_function(_apps: object, schema_editor: object) -> None:
    schema_editor.execute((FROZEN / "wallet_find_broken_chains.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0018_repeated_cancels")]
    operations = [migrations.RunPython(create_function, migrations.RunPython.noop)]
