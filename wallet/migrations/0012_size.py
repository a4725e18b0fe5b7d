"""To come."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0011_stuck_rounds")]
    operations: list = []
