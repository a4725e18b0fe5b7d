"""Limits of play, their use, exclusions and refusals, weighed and counted by the migration's own copies of functions."""

import datetime
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0009"
# In the order in which they need each other.
FUNCTIONS = [
    "wallet_sum_use",
    "wallet_get_use",
    "wallet_count_use",
    "wallet_limit_account",
    "wallet_find_passed_limit",
    "wallet_passes_limit",
    "wallet_note_refusal",
    "wallet_note_refused_bet",
    "wallet_append_row",
    "wallet_change_balance",
    "wallet_move_cash",
    "wallet_authenticate",
]

GUARDS = """
CREATE TRIGGER wallet_player_exclusion_only_grows BEFORE UPDATE OF excluded_until ON wallet_player
    FOR EACH ROW
    WHEN (OLD.excluded_until IS NOT NULL AND (NEW.excluded_until IS NULL OR NEW.excluded_until < OLD.excluded_until))
    EXECUTE FUNCTION wallet_refuse_change('an exclusion only grows longer');
CREATE TRIGGER wallet_exclusion_never_changed BEFORE UPDATE OR DELETE ON wallet_exclusion
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('exclusions are append-only');
CREATE TRIGGER wallet_exclusion_never_emptied BEFORE TRUNCATE ON wallet_exclusion
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('exclusions are append-only');
CREATE TRIGGER wallet_limitchange_never_changed BEFORE UPDATE OR DELETE ON wallet_limitchange
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('limit changes are append-only');
CREATE TRIGGER wallet_limitchange_never_emptied BEFORE TRUNCATE ON wallet_limitchange
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('limit changes are append-only');
CREATE TRIGGER wallet_limitrefusal_keeps_facts BEFORE UPDATE OF id, player_id, account_id, operator_id, kind, reference,
    amount, reason, period, allowed, used, until, at OR DELETE ON wallet_limitrefusal
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('a refusal is proof');
CREATE TRIGGER wallet_limitrefusal_never_emptied BEFORE TRUNCATE ON wallet_limitrefusal
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('a refusal is proof');
"""

# Room on each page for the next version of a row, as each movement of an account with limits writes one.
STORAGE = "ALTER TABLE wallet_limituse SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);"


def replace_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0008_home_of_a_launch_page")]
    operations = [
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('cool_off', 'Cool-off'), ('self_exclusion', 'Self-exclusion')])),
                ('asked_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('by', models.CharField(max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name='LimitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(blank=True, help_text="Empty for session time, which is the player's.", max_length=4)),
                ('kind', models.TextField(choices=[('wager', 'Stakes'), ('net_loss', 'Net loss'), ('deposit', 'Deposits'), ('session_time', 'Session time')])),
                ('period', models.TextField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('session', 'Session')])),
                ('was', models.DecimalField(decimal_places=8, max_digits=24, null=True, verbose_name='from')),
                ('amount', models.DecimalField(decimal_places=8, max_digits=24, null=True, verbose_name='to')),
                ('asked_at', models.DateTimeField()),
                ('effective_at', models.DateTimeField()),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'permissions': [('set_limits', "Can set limits of play on a player's behalf")],
            },
        ),
        migrations.CreateModel(
            name='LimitRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('bet', 'Bet'), ('deposit', 'Deposit')], verbose_name='asked for')),
                ('reference', models.CharField(db_collation='C', help_text="The platform's or the cashier's own id.", max_length=127)),
                ('amount', models.DecimalField(decimal_places=8, max_digits=24)),
                ('reason', models.TextField(choices=[('wager', 'Limit of stakes'), ('net_loss', 'Limit of net loss'), ('deposit', 'Limit of deposits'), ('session_time', 'Session time is up'), ('exclusion', 'Player is excluded')])),
                ('period', models.TextField(blank=True, choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('session', 'Session')])),
                ('allowed', models.DecimalField(decimal_places=8, max_digits=24, null=True, verbose_name='limit')),
                ('used', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('until', models.DateTimeField(help_text="The exclusion's end, or the end of the session time.", null=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('last_at', models.DateTimeField()),
                ('times', models.IntegerField(default=1, help_text='How often the same was asked.')),
            ],
        ),
        migrations.CreateModel(
            name='LimitUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.TextField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('session', 'Session')])),
                ('zone', models.TextField(help_text="The casino's, when the period began.", verbose_name='time zone')),
                ('started_at', models.DateTimeField()),
                ('wager', models.DecimalField(decimal_places=8, max_digits=24)),
                ('net_loss', models.DecimalField(decimal_places=8, max_digits=24)),
                ('deposit', models.DecimalField(decimal_places=8, max_digits=24)),
            ],
        ),
        migrations.AddField(
            model_name='account',
            name='limited',
            field=models.BooleanField(db_default=False, default=False, help_text='Limits of play are weighed, and their use is counted.'),
        ),
        migrations.AddField(
            model_name='session',
            name='sitting_since',
            field=models.DateTimeField(blank=True, help_text='From when limited time counts.', null=True),
        ),
        migrations.AddField(
            model_name='session',
            name='sitting_until',
            field=models.DateTimeField(blank=True, help_text='It takes no bets from then on.', null=True),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sitting_since__isnull', True), ('sitting_until__isnull', True)), models.Q(('sitting_since__isnull', False), ('sitting_until__gte', models.F('sitting_since')), ('sitting_until__isnull', False)), _connector='OR'), name='wallet_session_sitting'),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='player',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exclusions', to='wallet.player'),
        ),
        migrations.AddField(
            model_name='limitchange',
            name='player',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='limit_changes', to='wallet.player'),
        ),
        migrations.AddField(
            model_name='limitrefusal',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='limit_refusals', to='wallet.account'),
        ),
        migrations.AddField(
            model_name='limitrefusal',
            name='operator',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='limit_refusals', to='operators.operator'),
        ),
        migrations.AddField(
            model_name='limitrefusal',
            name='player',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='limit_refusals', to='wallet.player'),
        ),
        migrations.AddField(
            model_name='limituse',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='limit_use', to='wallet.account'),
        ),
        migrations.AddConstraint(
            model_name='exclusion',
            constraint=models.CheckConstraint(condition=models.Q(('by', ''), _negated=True), name='wallet_exclusion_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='exclusion',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('asked_at'))), name='wallet_exclusion_lasts'),
        ),
        migrations.AddIndex(
            model_name='limitchange',
            index=models.Index(models.F('player'), models.F('currency'), models.F('kind'), models.F('period'), models.OrderBy(models.F('id'), descending=True), name='wallet_limitchange_newest'),
        ),
        migrations.AddConstraint(
            model_name='limitchange',
            constraint=models.CheckConstraint(condition=models.Q(('by', ''), _negated=True), name='wallet_limitchange_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='limitchange',
            constraint=models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('amount__gte', 0), _connector='OR'), name='wallet_limitchange_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='limitchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('kind', 'session_time'), ('period', 'session')), models.Q(('kind', 'session_time'), ('period', 'session'), ('currency', ''), _connector='OR', _negated=True), _connector='OR'), name='wallet_limitchange_of_its_period'),
        ),
        migrations.AddConstraint(
            model_name='limitchange',
            constraint=models.CheckConstraint(condition=models.Q(('effective_at__gte', django.db.models.expressions.CombinedExpression(models.F('asked_at'), '+', models.Value(datetime.timedelta(days=1)))), models.Q(('amount__isnull', False), ('effective_at__gte', models.F('asked_at')), ('was__isnull', True)), models.Q(('amount__isnull', False), ('amount__lte', models.F('was')), ('effective_at__gte', models.F('asked_at')), ('was__isnull', False)), _connector='OR'), name='wallet_limitchange_loosened_later'),
        ),
        migrations.AddConstraint(
            model_name='limitrefusal',
            constraint=models.UniqueConstraint(fields=('account', 'operator', 'kind', 'reference', 'reason', 'period'), name='wallet_limitrefusal_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='limituse',
            constraint=models.UniqueConstraint(fields=('account', 'period'), name='wallet_limituse_once'),
        ),
        migrations.RunPython(replace_functions, migrations.RunPython.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
