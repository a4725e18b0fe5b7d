"""To come."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0008_home_of_a_launch_page")]
    operations: list = []
