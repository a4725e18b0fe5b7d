"""Sums by quarter of an hour for the first page, and the task that keeps them."""

from django.db import migrations, models

NAME, TASK = "Sum the quarters of an hour that are over", "wallet.sum_quarters"


def add_entry(apps, _schema_editor):
    def get(model):
        return apps.get_model("django_celery_beat", model).objects

    interval = get("IntervalSchedule").filter(every=300, period="seconds").order_by("pk").first()
    interval = interval or get("IntervalSchedule").create(every=300, period="seconds")
    get("PeriodicTask").get_or_create(name=NAME, defaults={"task": TASK, "interval": interval})
    apps.get_model("operators", "TaskStanding").objects.get_or_create(task=TASK)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0014_privileges")]
    operations = [
        migrations.CreateModel(
            name="QuarterSum",
            fields=[
                (
                    "quarter",
                    models.DateTimeField(help_text="Its beginning.", primary_key=True, serialize=False),
                ),
                (
                    "left_out",
                    models.BinaryField(help_text="SHA-256 of the keys of the accounts that were test players' then."),
                ),
                (
                    "movements",
                    models.JSONField(help_text="By casino, currency and kind: amount, rows, and rows with a remark."),
                ),
                ("bettors", models.JSONField(help_text="By casino and currency: the players' keys.")),
            ],
        ),
        migrations.RunPython(add_entry, migrations.RunPython.noop),
    ]
