"""Since when each scheduled task is expected to succeed; those of the usual schedule are, from now on."""

from django.db import migrations, models
from django.db.models.functions import Now


def expect_scheduled(apps, _schema_editor):
    standings = apps.get_model("operators", "TaskStanding").objects
    for task in apps.get_model("django_celery_beat", "PeriodicTask").objects.values_list("task", flat=True):
        standings.get_or_create(task=task)


class Migration(migrations.Migration):
    dependencies = [("operators", "0003_schedule")]
    operations = [
        migrations.AddField(
            model_name="taskstanding",
            name="expected_since",
            field=models.DateTimeField(
                db_default=Now(),
                help_text="It counts as late only by what was due since then: since it was last rescheduled.",
            ),
        ),
        migrations.RunPython(expect_scheduled, migrations.RunPython.noop),
    ]
