"""How each entry of the schedule went, in place of each task: several entries may have the same task."""

from django.db import migrations, models
from django.db.models.functions import Now

FACTS = ("expected_since", "started_at", "succeeded_at", "failed_at", "seconds", "error")


def copy_standings(apps, _schema_editor):
    by_task = {each.task: each for each in apps.get_model("operators", "TaskStanding").objects.all()}
    by_entry = apps.get_model("operators", "EntryStanding").objects
    for entry in apps.get_model("django_celery_beat", "PeriodicTask").objects.all():
        standing = by_task.get(entry.task)
        by_entry.create(entry=entry, **{name: getattr(standing, name) for name in FACTS} if standing else {})


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0008_audit_by_origin"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        # Up to this one, the wallet's migrations make entries with standings by task.
        ("wallet", "0015_quarter_sums"),
    ]
    operations = [
        migrations.CreateModel(
            name="EntryStanding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        related_name="standing",
                        to="django_celery_beat.periodictask",
                    ),
                ),
                (
                    "expected_since",
                    models.DateTimeField(
                        db_default=Now(),
                        help_text="It counts as late only by what was due since then: since it was last rescheduled.",
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("seconds", models.DecimalField(blank=True, decimal_places=3, max_digits=10, null=True)),
                ("error", models.TextField(blank=True, help_text="Of the last failure, if none has succeeded since.")),
            ],
        ),
        migrations.RunPython(copy_standings, migrations.RunPython.noop),
        # The table stays for a release: workers of the one before write to it until they are restarted.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="TaskStanding")]),
    ]
