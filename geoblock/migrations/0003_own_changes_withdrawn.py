"""Whoever saved rules may withdraw them while they wait; a version keeps who saved it, when and why, and its decision.

The function is this migration's own copy.
"""

from pathlib import Path

from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0003"
FUNCTIONS = ["geoblock_keep_version"]


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("geoblock", "0002_versions_stay")]
    operations = [
        migrations.RemoveConstraint(model_name="georules", name="geoblock_georules_two_people"),
        migrations.AddConstraint(
            model_name="georules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by", models.F("decided_by")), _negated=True), ("state", "rejected"), _connector="OR"
                ),
                name="geoblock_georules_two_people",
            ),
        ),
        migrations.RunPython(create_functions, migrations.RunPython.noop),
    ]
