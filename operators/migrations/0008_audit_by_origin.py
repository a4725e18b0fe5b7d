"""The audit trail is also looked up by address and by request; the indexes are made while entries are written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("operators", "0007_audit_trail")]
    operations = [
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(fields=["address", "-id"], name="operators_auditentry_address"),
        ),
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(
                models.F("request_id"),
                condition=models.Q(("request_id", ""), _negated=True),
                name="operators_auditentry_request",
            ),
        ),
    ]
