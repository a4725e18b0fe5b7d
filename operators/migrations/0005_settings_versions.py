"""Settings have versions, and secrets out of them are kept apart; what there is becomes each operator's first version."""

import json
from collections.abc import Iterator

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import operators.documents.writing
import operators.fields
from django.db import migrations, models


SECRET_NAMES = {"sharedsecret", "apikey", "recontoken", "password"}


def keep_first_versions(apps, _schema_editor):
    version_model = apps.get_model("operators", "SettingsVersion")
    secret_model = apps.get_model("operators", "SettingsSecret")
    for operator in apps.get_model("operators", "Operator").objects.exclude(settings={}).order_by("pk"):
        secrets = dict(mask_secrets(operator.settings, ""))
        for path, secret in secrets.items():
            secret_model.objects.create(operator=operator, path=path, secret=secret)
        operator.save(update_fields=["settings"])
        version_model.objects.create(
            operator=operator,
            number=1,
            text=json.dumps(operator.settings, indent=2, ensure_ascii=False, default=float),
            value=operator.settings,
            new_secrets=list(secrets),
            state="taken",
            saved_by="migration",
            reason="What was set before settings had versions.",
        )


def mask_secrets(settings: object, path: str) -> Iterator[tuple[str, str]]:
    members = settings.items() if isinstance(settings, dict) else ()
    for name, value in list(members):
        place = path + "/" + name.replace("~", "~0").replace("/", "~1")
        if isinstance(value, str) and value and name.casefold() in SECRET_NAMES:
            settings[name] = "******"
            yield place, value
        else:
            yield from mask_secrets(value, place)


class Migration(migrations.Migration):

    dependencies = [
        ('operators', '0004_taskstanding_expected_since'),
    ]

    operations = [
        migrations.AddField(
            model_name='operator',
            name='second_person_for_settings',
            field=models.BooleanField(db_default=False, default=False, help_text='A change of settings that may lose money or open a market waits until another person approves it.'),
        ),
        migrations.AlterField(
            model_name='operator',
            name='settings',
            field=models.JSONField(blank=True, decoder=operators.documents.writing.ExactDecoder, default=dict, encoder=operators.documents.writing.ExactEncoder, help_text='The settings in force, as their newest version has them; secrets masked.', validators=[operators.fields.validate_json_object]),
        ),
        migrations.CreateModel(
            name='SettingsSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.TextField(help_text='As a JSON pointer.')),
                ('secret', operators.fields.SecretField()),
                ('pending', models.BooleanField(default=False)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settings_secrets', to='operators.operator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('operator', 'path', 'pending'), name='operators_settingssecret_once')],
            },
        ),
        migrations.CreateModel(
            name='SettingsVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='From 1, without a gap.')),
                ('text', models.TextField(help_text='The JSON as it was typed.')),
                ('value', models.JSONField(decoder=operators.documents.writing.ExactDecoder, encoder=operators.documents.writing.ExactEncoder)),
                ('warnings', models.JSONField(blank=True, default=list, help_text='What looked odd about it.')),
                ('new_secrets', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, help_text='Where a secret was typed anew.', size=None)),
                ('state', models.CharField(choices=[('taken', 'Taken'), ('pending', 'Waits for a second person'), ('rejected', 'Rejected')], max_length=16)),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('saved_by', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('brought_back_from', models.PositiveIntegerField(blank=True, help_text='The number it repeats.', null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('decision_reason', models.CharField(blank=True, max_length=500)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settings_versions', to='operators.operator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('operator', 'number'), name='operators_settingsversion_once'), models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('operator',), name='operators_settingsversion_one_pending'), models.CheckConstraint(condition=models.Q(('saved_by', ''), _negated=True), name='operators_settingsversion_by_someone'), models.CheckConstraint(condition=models.Q(('decided_by', models.F('saved_by')), _negated=True), name='operators_settingsversion_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('decided_by', ''), _negated=True), _connector='OR'), name='operators_settingsversion_rejected_by_someone')],
            },
        ),
        migrations.RunPython(keep_first_versions, migrations.RunPython.noop),
    ]
