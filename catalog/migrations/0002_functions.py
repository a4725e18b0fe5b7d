"""The SQL function by which play puts an unknown game on the catalogue; this is the migration's own copy."""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0002"


def create_functions(_apps: object, schema_editor: object) -> None:
    schema_editor.execute((FROZEN / "catalog_add_unmapped_game.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(create_functions)]
