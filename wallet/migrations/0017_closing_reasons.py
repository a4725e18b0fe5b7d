"""Rounds are not ended as stranded any more; the reason of those that once were shows as it was written."""

from django.db import migrations, models

REASONS = [
    ("settled", "What it waited for is settled"),
    ("age", "Old, with nothing pending"),
    ("forced", "Forced by two members of staff"),
]


class Migration(migrations.Migration):
    dependencies = [("wallet", "0016_daily_ceilings")]
    operations = [
        migrations.AlterField(
            model_name="roundclosing",
            name="reason",
            field=models.TextField(choices=REASONS),
        ),
    ]
