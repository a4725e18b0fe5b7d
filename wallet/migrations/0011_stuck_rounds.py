"""To come."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0010_four_eyes")]
    operations: list = []
