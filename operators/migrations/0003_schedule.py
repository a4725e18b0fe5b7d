"""The usual schedule of the background work of all apps, in UTC. Staff change it from then on."""

from django.db import migrations

CRONTABS = [
    ("Verify the ledger", "wallet.verify_ledger", "10", "3"),
    ("Make the ledger's coming partitions", "wallet.create_coming_partitions", "30", "1"),
    ("Purge the exchange log", "operators.purge_exchanges", "20", "*"),
    ("Sync the catalogue", "catalog.sync_catalogs", "5", "*"),
    ("Purge previews of the catalogue", "catalog.purge_previews", "40", "4"),
]
INTERVALS = [
    ("Settle what was left in doubt", "wallet.settle_pending", 60),
    ("Resume synchronisations that broke off", "catalog.resume_syncs", 60),
]


def make_schedule(apps, _schema_editor):
    def get(model):
        return apps.get_model("django_celery_beat", model).objects

    for name, task, minute, hour in CRONTABS:
        crontab, _ = get("CrontabSchedule").get_or_create(
            minute=minute, hour=hour, day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
        )
        get("PeriodicTask").get_or_create(name=name, defaults={"task": task, "crontab": crontab})
    for name, task, seconds in INTERVALS:
        interval, _ = get("IntervalSchedule").get_or_create(every=seconds, period="seconds")
        get("PeriodicTask").get_or_create(name=name, defaults={"task": task, "interval": interval})


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0002_taskstanding"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(make_schedule, migrations.RunPython.noop)]
