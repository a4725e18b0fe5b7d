"""The SQL functions of the synchronisation, in the migration's own copies, and the unit KIDR that platforms offer."""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0005"
FUNCTIONS = [
    "catalog_open_stage",
    "catalog_match_stage",
    "catalog_count_changes",
    "catalog_write_changes",
    "catalog_write_vendors",
    "catalog_write_games",
    "catalog_write_lobbies",
    "catalog_write_currencies",
    "catalog_write_configurations",
    "catalog_mark_gone",
]


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


def register_units(apps: object, _schema_editor: object) -> None:
    currencies = apps.get_model("catalog", "Currency").objects
    currencies.get_or_create(code="IDR", defaults={"name": "Rupiah", "decimals": 2, "is_iso": True})
    unit = {"name": "Thousand Rupiah", "decimals": 2, "base_code": "IDR", "unit_factor": 1000}
    currencies.get_or_create(code="KIDR", defaults=unit)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_feed")]
    operations = [
        migrations.RunPython(create_functions, migrations.RunPython.noop),
        migrations.RunPython(register_units, migrations.RunPython.noop),
    ]
