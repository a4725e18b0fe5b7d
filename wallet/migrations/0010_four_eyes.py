"""What takes two people: requests, their guards, what approving them does, and the ceilings to begin with."""

from decimal import Decimal
from pathlib import Path

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

FROZEN = Path(__file__).parent / "frozen_0010"
FUNCTIONS = ["wallet_reverse", "wallet_tell_request", "wallet_adjust", "wallet_force_cancel", "wallet_force_close"]

GUARDS = """
CREATE TRIGGER wallet_approvalrequest_stays_as_asked BEFORE UPDATE OF id, kind, player_id, account_id, transaction_id,
    round_id, amount, currency, reason, note, requested_by, requested_at, expires_at ON wallet_approvalrequest
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('what was asked for stays');
CREATE TRIGGER wallet_approvalrequest_ends_once BEFORE UPDATE ON wallet_approvalrequest
    FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION wallet_refuse_change('it was decided');
CREATE TRIGGER wallet_approvalrequest_never_deleted BEFORE DELETE ON wallet_approvalrequest
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('requests stay on record');
CREATE TRIGGER wallet_approvalrequest_never_emptied BEFORE TRUNCATE ON wallet_approvalrequest
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('requests stay on record');
"""

# Role, and how much it may request and approve in each of the currencies; administrators change it from then on.
CURRENCIES = ["EUR", "GBP", "USD"]
CEILINGS = [("support", Decimal(100), Decimal(0)), ("finance", Decimal(10_000), Decimal(10_000))]


def create_functions(_apps, schema_editor):
    # It answers an id and takes a context now, for which it has to be made anew.
    schema_editor.execute("DROP FUNCTION wallet_reverse(wallet_transaction, timestamptz)")
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


def add_ceilings(apps, _schema_editor):
    for role, request_up_to, approve_up_to in CEILINGS:
        for currency in CURRENCIES:
            apps.get_model("wallet", "Ceiling").objects.create(
                role=role, currency=currency, request_up_to=request_up_to, approve_up_to=approve_up_to
            )


def schedule(apps, _schema_editor):
    def get(model):
        return apps.get_model("django_celery_beat", model).objects

    interval = get("IntervalSchedule").filter(every=300, period="seconds").order_by("pk").first()
    interval = interval or get("IntervalSchedule").create(every=300, period="seconds")
    get("PeriodicTask").get_or_create(
        name="Expire requests", defaults={"task": "wallet.expire_requests", "interval": interval}
    )
    apps.get_model("operators", "TaskStanding").objects.get_or_create(task="wallet.expire_requests")


class Migration(migrations.Migration):
    dependencies = [("wallet", "0009_limits")]
    operations = [
        migrations.CreateModel(
            name='ApprovalRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('adjustment', 'Adjustment'), ('forced_cancel', 'Forced cancel'), ('forced_close', 'Forced close')])),
                ('state', models.TextField(choices=[('open', 'Waits'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('overtaken', 'Overtaken by events'), ('expired', 'Expired')], default='open')),
                ('amount', models.DecimalField(blank=True, decimal_places=8, max_digits=24, null=True)),
                ('currency', models.CharField(max_length=4)),
                ('reason', models.TextField(choices=[('goodwill', 'Goodwill'), ('correction', 'Correction of an error of ours'), ('game_fault', 'Fault of a game or its platform'), ('platform_asked', 'The platform asked for it'), ('chargeback', 'Chargeback'), ('fraud', 'Fraud or abuse'), ('authority', 'Order of an authority'), ('stuck', 'Nothing more will come for it')])),
                ('note', models.CharField(max_length=500)),
                ('requested_by', models.CharField(max_length=160)),
                ('requested_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, max_length=160)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_note', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'verbose_name': 'request',
                'permissions': [('request_adjustment', 'Can request adjustments of balances'), ('approve_adjustment', 'Can approve and reject adjustments of balances'), ('request_forced_cancel', 'Can request that a transaction be canceled'), ('approve_forced_cancel', 'Can approve and reject forced cancels'), ('request_forced_close', 'Can request that a round be closed'), ('approve_forced_close', 'Can approve and reject forced closes')],
            },
        ),
        migrations.CreateModel(
            name='Ceiling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(help_text="The group's name.", max_length=150)),
                ('currency', models.CharField(max_length=4)),
                ('request_up_to', models.DecimalField(decimal_places=8, max_digits=24, validators=[django.core.validators.MinValueValidator(0)])),
                ('approve_up_to', models.DecimalField(decimal_places=8, max_digits=24, validators=[django.core.validators.MinValueValidator(0)])),
                ('changed_by', models.CharField(blank=True, help_text='Empty for one that came with the system.', max_length=160)),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='roundclosing',
            name='reason',
            field=models.TextField(choices=[('settled', 'What it waited for is settled'), ('age', 'Old, with nothing pending'), ('stranded', 'Too old for what is still pending'), ('forced', 'Forced by two members of staff')]),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='kind',
            field=models.TextField(choices=[('bet', 'Bet'), ('win', 'Win'), ('refund', 'Refund'), ('cancel', 'Cancel'), ('tombstone', 'Tombstone'), ('deposit', 'Deposit'), ('withdrawal', 'Withdrawal'), ('credit', 'Credit by staff'), ('debit', 'Debit by staff')]),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='source',
            field=models.TextField(choices=[('platform', 'Platform'), ('cashier', 'Cashier'), ('adjustment', 'Adjustment')]),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='account',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approval_requests', to='wallet.account'),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='booked',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The movement that the approval made.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='wallet.transaction'),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='player',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approval_requests', to='wallet.player'),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='round',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='close_requests', to='wallet.round'),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='transaction',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cancel_requests', to='wallet.transaction'),
        ),
        migrations.AddConstraint(
            model_name='ceiling',
            constraint=models.UniqueConstraint(fields=('role', 'currency'), name='wallet_ceiling_once'),
        ),
        migrations.AddConstraint(
            model_name='ceiling',
            constraint=models.CheckConstraint(condition=models.Q(('approve_up_to__gte', 0), ('request_up_to__gte', 0)), name='wallet_ceiling_not_negative'),
        ),
        migrations.AddIndex(
            model_name='approvalrequest',
            index=models.Index(models.F('expires_at'), condition=models.Q(('state', 'open')), name='wallet_approvalrequest_open'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('amount__isnull', False), ('kind', 'adjustment'), ('round__isnull', True), ('transaction__isnull', True), models.Q(('amount', 0), _negated=True)), models.Q(('account__isnull', False), ('amount__isnull', False), ('kind', 'forced_cancel'), ('round__isnull', True), ('transaction__isnull', False)), models.Q(('account__isnull', True), ('amount__isnull', True), ('kind', 'forced_close'), ('round__isnull', False), ('transaction__isnull', True)), _connector='OR'), name='wallet_approvalrequest_names_its_object'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('note', ''), _negated=True), models.Q(('requested_by', ''), _negated=True)), name='wallet_approvalrequest_explained'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('requested_at'))), name='wallet_approvalrequest_expires_later'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='wallet_approvalrequest_ended_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'rejected', 'overtaken']), _negated=True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='wallet_approvalrequest_two_people'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('decided_by', models.F('requested_by')), _connector='OR'), name='wallet_approvalrequest_withdrawn_by_requester'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booked__isnull', False), ('state', 'approved'), ('kind__in', ['adjustment', 'forced_cancel'])), models.Q(('booked__isnull', True), models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('kind__in', ['adjustment', 'forced_cancel']), _negated=True), _connector='OR')), _connector='OR'), name='wallet_approvalrequest_approved_is_booked'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('transaction',), name='wallet_approvalrequest_one_for_transaction'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('round',), name='wallet_approvalrequest_one_for_round'),
        ),
        migrations.RunPython(create_functions),
        migrations.RunSQL(GUARDS),
        migrations.RunPython(add_ceilings, migrations.RunPython.noop),
        migrations.RunPython(schedule, migrations.RunPython.noop),
    ]
