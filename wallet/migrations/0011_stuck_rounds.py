"""The queue of rounds that stay open, and notes on rounds and players, which nobody changes afterwards."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0011"

GUARDS = """
CREATE TRIGGER wallet_roundclosing_never_changed BEFORE UPDATE OR DELETE ON wallet_roundclosing
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('closings are append-only');
CREATE TRIGGER wallet_roundclosing_never_emptied BEFORE TRUNCATE ON wallet_roundclosing
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('closings are append-only');
CREATE TRIGGER wallet_roundnote_never_changed BEFORE UPDATE OR DELETE ON wallet_roundnote
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('notes are append-only');
CREATE TRIGGER wallet_roundnote_never_emptied BEFORE TRUNCATE ON wallet_roundnote
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('notes are append-only');
CREATE TRIGGER wallet_playernote_never_changed BEFORE UPDATE OR DELETE ON wallet_playernote
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('notes are append-only');
CREATE TRIGGER wallet_playernote_never_emptied BEFORE TRUNCATE ON wallet_playernote
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('notes are append-only');
"""

WATCH = "INSERT INTO wallet_roundwatch (id, up_to) VALUES (1, 0);"

# A player's cash and adjustments, in a ledger of rounds: no row of a bet or a win is in it.
CASH = "CREATE INDEX wallet_ledgerrow_cash ON wallet_ledgerrow (account_id, number) WHERE round_id IS NULL;"


def create_function(_apps, schema_editor):
    schema_editor.execute((FROZEN / "wallet_try_bet.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0010_four_eyes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RoundWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('up_to', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='wallet_roundwatch_one')],
            },
        ),
        migrations.CreateModel(
            name='PlayerNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=150)),
                ('text', models.CharField(max_length=2000)),
                ('player', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='wallet.player')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('by', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='wallet_playernote_says_something')],
            },
        ),
        migrations.CreateModel(
            name='RoundNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=150)),
                ('text', models.CharField(max_length=2000)),
                ('round', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='wallet.round')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('by', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='wallet_roundnote_says_something')],
            },
        ),
        migrations.CreateModel(
            name='StuckRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='stuck', to='wallet.round')),
                ('noted_at', models.DateTimeField()),
                ('stranded_at', models.DateTimeField(blank=True, help_text='Since when it is too old for what is still pending.', null=True)),
                ('owned_at', models.DateTimeField(blank=True, null=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stuck_rounds', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('take_round', 'Can take a stuck round, and give it back'), ('assign_round', 'Can give stuck rounds to others')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('owned_at__isnull', True), ('owner__isnull', True)), models.Q(('owned_at__isnull', False), ('owner__isnull', False)), _connector='OR'), name='wallet_stuckround_owned_since')],
            },
        ),
        migrations.RunSQL(GUARDS),
        migrations.RunSQL(WATCH),
        migrations.RunSQL(CASH),
        migrations.RunPython(create_function),
    ]
