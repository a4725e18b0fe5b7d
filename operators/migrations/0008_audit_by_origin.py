"""The audit trail is also looked up by address and by request."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operators", "0007_audit_trail")]
    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["address", "-id"], name="operators_auditentry_address"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                models.F("request_id"),
                condition=models.Q(("request_id", ""), _negated=True),
                name="operators_auditentry_request",
            ),
        ),
    ]
