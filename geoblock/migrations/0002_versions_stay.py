"""A version of GeoIP rules cannot be changed or removed; the function is this migration's own copy."""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0002"
FUNCTIONS = ["geoblock_keep_version"]
TRIGGERS = """
CREATE TRIGGER geoblock_georules_stay BEFORE UPDATE OR DELETE ON geoblock_georules
    FOR EACH ROW EXECUTE FUNCTION geoblock_keep_version();
CREATE TRIGGER geoblock_georules_stay_whole BEFORE TRUNCATE ON geoblock_georules
    FOR EACH STATEMENT EXECUTE FUNCTION geoblock_keep_version();
"""


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("geoblock", "0001_initial")]
    operations = [
        migrations.RunPython(create_functions, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
