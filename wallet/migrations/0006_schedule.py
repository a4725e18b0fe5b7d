"""The usual schedule of the wallet's newer background work. Staff change it from then on."""

from django.db import migrations

INTERVALS = [
    ("Make the calls that wait", "wallet.make_waiting_calls", 15),
    ("Close old rounds", "wallet.close_old_rounds", 300),
    ("Purge launch pages", "wallet.purge_launch_pages", 300),
]


def add_entries(apps, _schema_editor):
    def get(model):
        return apps.get_model("django_celery_beat", model).objects

    for name, task, seconds in INTERVALS:
        # Staff may have made a second schedule of the same length meanwhile: the first will do.
        interval = get("IntervalSchedule").filter(every=seconds, period="seconds").order_by("pk").first()
        interval = interval or get("IntervalSchedule").create(every=seconds, period="seconds")
        get("PeriodicTask").get_or_create(name=name, defaults={"task": task, "interval": interval})
        # It counts as late only by what is due from now on.
        apps.get_model("operators", "TaskStanding").objects.get_or_create(task=task)


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0005_settings_and_test_players"),
        ("operators", "0004_taskstanding_expected_since"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(add_entries, migrations.RunPython.noop)]
