"""Audit entries say from where, and stay as they are; the function is this migration's own copy."""

from pathlib import Path

from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0007"
FUNCTIONS = ["operators_keep_audit_entry"]
TRIGGERS = """
CREATE TRIGGER operators_auditentry_stay BEFORE UPDATE OR DELETE ON operators_auditentry
    FOR EACH ROW EXECUTE FUNCTION operators_keep_audit_entry();
CREATE TRIGGER operators_auditentry_stay_whole BEFORE TRUNCATE ON operators_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION operators_keep_audit_entry();
"""


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("operators", "0006_versions_stay")]
    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="address",
            field=models.GenericIPAddressField(blank=True, help_text="Whose request did it.", null=True),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="request_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["by", "-id"], name="operators_auditentry_actor"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["action", "-id"], name="operators_auditentry_action"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["subject"], name="operators_auditentry_subject", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.RunPython(create_functions, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
