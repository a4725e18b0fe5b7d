"""What one person may request, and approve, in a day: to begin with five times what a role may move at once."""

import django.core.validators
from django.db import migrations, models

FILL = "UPDATE wallet_ceiling SET daily_up_to = 5 * greatest(request_up_to, approve_up_to)"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0015_quarter_sums")]
    operations = [
        migrations.AddField(
            model_name="ceiling",
            name="daily_up_to",
            field=models.DecimalField(
                decimal_places=8,
                default=0,
                max_digits=24,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL),
        migrations.RemoveConstraint(model_name="ceiling", name="wallet_ceiling_not_negative"),
        migrations.AddConstraint(
            model_name="ceiling",
            constraint=models.CheckConstraint(
                condition=models.Q(("approve_up_to__gte", 0), ("daily_up_to__gte", 0), ("request_up_to__gte", 0)),
                name="wallet_ceiling_not_negative",
            ),
        ),
    ]
