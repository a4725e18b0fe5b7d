"""The ledger's partitioned table, the functions that move money, and the triggers that guard both.

The functions' text is this migration's own copy; today's stands in `wallet/sql/`.
"""

from pathlib import Path

from django.db import migrations

FROZEN = Path(__file__).parent / "frozen_0002"
# In the order in which they need each other; plpgsql resolves names when called, SQL functions when made.
FUNCTIONS = [
    "wallet_refuse_change",
    "wallet_check_account",
    "wallet_check_transaction",
    "wallet_check_round",
    "wallet_tags",
    "wallet_answer_retry",
    "wallet_row_hash",
    "wallet_append_row",
    "wallet_create_partition",
    "wallet_open_system_account",
    "wallet_is_pending",
    "wallet_round_end_state",
    "wallet_end_round",
    "wallet_change_balance",
    "wallet_reverse",
    "wallet_cancel_transaction",
    "wallet_finish_round",
    "wallet_get_status",
    "wallet_authenticate",
    "wallet_get_balance",
    "wallet_move_cash",
    "wallet_find_differences",
    "wallet_find_unbooked",
]

LEDGER = """
CREATE TABLE wallet_ledgerrow (
    transaction_id bigint NOT NULL,
    account_id bigint NOT NULL,
    number bigint NOT NULL,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    operator_id bigint,
    round_id bigint,
    game_id bigint,
    reverses_id bigint,
    created_at timestamptz NOT NULL,
    platform_at timestamptz,
    amount numeric(24, 8) NOT NULL,
    balance numeric(24, 8) NOT NULL,
    kind text NOT NULL,
    hash bytea NOT NULL,
    tags text[],
    context text
) PARTITION BY RANGE (created_at);
CREATE TABLE wallet_ledgerrow_default PARTITION OF wallet_ledgerrow DEFAULT;
CREATE INDEX wallet_ledgerrow_account ON wallet_ledgerrow (account_id, number);
CREATE INDEX wallet_ledgerrow_transaction ON wallet_ledgerrow (transaction_id);
CREATE INDEX wallet_ledgerrow_time ON wallet_ledgerrow USING brin (created_at) WITH (pages_per_range = 32);
"""

GUARDS = """
CREATE TRIGGER wallet_ledgerrow_append BEFORE INSERT ON wallet_ledgerrow
    FOR EACH ROW EXECUTE FUNCTION wallet_append_row();
CREATE TRIGGER wallet_ledgerrow_never_changed BEFORE UPDATE OR DELETE ON wallet_ledgerrow
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('the ledger is append-only');
CREATE TRIGGER wallet_ledgerrow_never_emptied BEFORE TRUNCATE ON wallet_ledgerrow
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('the ledger is append-only');
CREATE TRIGGER wallet_ledgerrow_never_emptied BEFORE TRUNCATE ON wallet_ledgerrow_default
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('the ledger is append-only');
CREATE TRIGGER wallet_transaction_never_changed BEFORE UPDATE OR DELETE ON wallet_transaction
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('transactions are append-only');
CREATE TRIGGER wallet_transaction_never_emptied BEFORE TRUNCATE ON wallet_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('transactions are append-only');
CREATE TRIGGER wallet_account_written_by_ledger BEFORE UPDATE OF balance, last_number, head_hash ON wallet_account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION wallet_refuse_change('only the ledger writes balances');
CREATE TRIGGER wallet_account_keeps_identity BEFORE UPDATE OF id, casino_id, kind, player_id, operator_id, currency
    ON wallet_account FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('an account stays whose it is');
CREATE TRIGGER wallet_transaction_check BEFORE INSERT ON wallet_transaction
    FOR EACH ROW EXECUTE FUNCTION wallet_check_transaction();
CREATE TRIGGER wallet_round_check BEFORE INSERT OR UPDATE OF state, finished_at, finished_by ON wallet_round
    FOR EACH ROW EXECUTE FUNCTION wallet_check_round();
CREATE TRIGGER wallet_account_check BEFORE INSERT ON wallet_account
    FOR EACH ROW EXECUTE FUNCTION wallet_check_account();
CREATE TRIGGER wallet_account_never_deleted BEFORE DELETE ON wallet_account
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
CREATE TRIGGER wallet_account_never_emptied BEFORE TRUNCATE ON wallet_account
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
CREATE TRIGGER wallet_round_never_deleted BEFORE DELETE ON wallet_round
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
CREATE TRIGGER wallet_round_never_emptied BEFORE TRUNCATE ON wallet_round
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
CREATE TRIGGER wallet_player_never_deleted BEFORE DELETE ON wallet_player
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('ledger rows point at the accounts');
CREATE TRIGGER wallet_game_never_deleted BEFORE DELETE ON catalog_game
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
CREATE TRIGGER wallet_game_never_emptied BEFORE TRUNCATE ON catalog_game
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
CREATE TRIGGER wallet_operator_never_deleted BEFORE DELETE ON operators_operator
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change('ledger rows point at it');
"""

# Room on each page for the next version of a row, so that an update touches no index (HOT).
STORAGE = """
ALTER TABLE wallet_account SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE wallet_round SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
"""

PARTITIONS = "SELECT wallet_create_partition((now() + make_interval(months => n))::date) FROM generate_series(0, 3) AS n;"


def create_functions(_apps: object, schema_editor: object) -> None:
    for name in FUNCTIONS:
        schema_editor.execute((FROZEN / f"{name}.sql").read_text(), params=None)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_initial"), ("catalog", "0002_functions")]
    operations = [
        migrations.RunSQL(LEDGER),
        migrations.RunPython(create_functions),
        migrations.RunSQL(GUARDS),
        migrations.RunSQL(STORAGE),
        migrations.RunSQL(PARTITIONS),
    ]
