"""The roles, as groups; what each may is this migration's own copy of the table."""

import json
from pathlib import Path

from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = json.loads((Path(__file__).parent / "frozen_0002/roles.json").read_text())


class UnknownPermission(Exception):
    """A role names a permission that no model has by now."""


def make_groups(apps, _schema_editor):
    make_permissions(apps)
    permission_model = apps.get_model("auth", "Permission")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.select_related("content_type").order_by("pk")
    }
    for role, names in ROLES.items():
        if unknown := sorted(set(names) - set(known)):
            raise UnknownPermission(f"{role}: {', '.join(unknown)}")
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in names])


def make_permissions(apps):
    """Django makes them only after the last migration."""
    for app in apps.get_app_configs():
        app.models_module = True
        create_permissions(app, apps=apps, verbosity=0)
        app.models_module = None


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0001_initial"),
        # Whose models the permissions are of.
        ("auth", "0012_alter_user_first_name_max_length"),
        ("catalog", "0007_name_synchronisations"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("django_celery_beat", "0018_improve_crontab_helptext"),
        ("geoblock", "0003_own_changes_withdrawn"),
        ("operators", "0007_audit_trail"),
        ("wallet", "0014_privileges"),
    ]
    operations = [
        migrations.AlterModelOptions(name="secondfactor", options={}),
        migrations.CreateModel(
            name="Person",
            fields=[],
            options={
                "permissions": [
                    ("assign_roles", "Can say which roles another person has"),
                    ("reset_second_factor", "Can take a lost second factor away from a person"),
                ],
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("auth.user",),
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
