"""What lists of millions of rows are read by: the ledger by its time, and by what is rare in it."""

from django.db import migrations, models

# By the moment, not by stretches of pages: a list by time reads the rows that it shows and no others.
LEDGER = """
DROP INDEX wallet_ledgerrow_time;
CREATE INDEX wallet_ledgerrow_time ON wallet_ledgerrow (created_at, transaction_id);
CREATE INDEX wallet_ledgerrow_remarked ON wallet_ledgerrow (created_at, transaction_id) WHERE tags IS NOT NULL;
CREATE INDEX wallet_ledgerrow_rare ON wallet_ledgerrow (kind, created_at, transaction_id)
    WHERE kind <> 'bet' AND kind <> 'win';
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0011_stuck_rounds")]
    operations = [
        migrations.RunSQL(LEDGER),
        migrations.AddIndex(
            model_name="player",
            index=models.Index(models.F("country"), models.F("id"), name="wallet_player_country"),
        ),
        migrations.AddIndex(
            model_name="player",
            index=models.Index(
                models.F("id"), condition=models.Q(("blocked_at__isnull", False)), name="wallet_player_blocked"
            ),
        ),
        migrations.AddIndex(
            model_name="player",
            index=models.Index(
                models.F("id"), condition=models.Q(("excluded_until__isnull", False)), name="wallet_player_excluded"
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                models.F("kind"),
                models.F("id"),
                condition=models.Q(("kind__in", ["bet", "win"]), _negated=True),
                name="wallet_transaction_rare",
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                models.F("source"),
                models.F("id"),
                condition=models.Q(("source", "platform"), _negated=True),
                name="wallet_transaction_own",
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                models.F("player"), condition=models.Q(("kind", "tombstone")), name="wallet_transaction_tombstone"
            ),
        ),
    ]
