"""A version of settings cannot be changed or removed, and whoever saved one may withdraw it while it waits.

The function is this migration's own copy.
"""

from pathlib import Path

from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0006"
FUNCTIONS = ["operators_keep_settings_version"]
TRIGGERS = """
CREATE TRIGGER operators_settingsversion_stay BEFORE UPDATE OR DELETE ON operators_settingsversion
    FOR EACH ROW EXECUTE FUNCTION operators_keep_settings_version();
CREATE TRIGGER operators_settingsversion_stay_whole BEFORE TRUNCATE ON operators_settingsversion
    FOR EACH STATEMENT EXECUTE FUNCTION operators_keep_settings_version();
"""


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("operators", "0005_settings_versions")]
    operations = [
        migrations.RemoveConstraint(model_name="settingsversion", name="operators_settingsversion_two_people"),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", models.F("saved_by")), _negated=True),
                    ("state", "rejected"),
                    _connector="OR",
                ),
                name="operators_settingsversion_two_people",
            ),
        ),
        migrations.RunPython(create_functions, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
