"""To come."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0009_limits")]
    operations: list = []
