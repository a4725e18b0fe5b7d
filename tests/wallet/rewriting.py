"""A ledger rewritten by someone with all rights: consistent in itself, every balance and hash made anew."""

from django.db import connection

GUARDED = ("wallet_ledgerrow", "wallet_transaction", "wallet_account")
AGAIN = """
DO $$
DECLARE
    _row wallet_ledgerrow;
    _balance numeric := 0;
    _hash bytea := decode(repeat('00', 32), 'hex');
    _number bigint := 0;
BEGIN
    FOR _row IN SELECT * FROM wallet_ledgerrow WHERE account_id = {account} ORDER BY number LOOP
        _number := _number + 1;
        _balance := _balance + CASE WHEN _row.credit_id = {account} THEN _row.amount ELSE -_row.amount END;
        _hash := wallet_row_hash(
            _hash, _row.transaction_id, _row.account_id, _number, _row.debit_id, _row.credit_id, _row.kind, _row.amount,
            _balance, _row.operator_id, _row.round_id, _row.game_id, _row.reverses_id, _row.created_at,
            _row.platform_at, _row.tags, _row.context
        );
        UPDATE wallet_ledgerrow SET number = _number, balance = _balance, hash = _hash
        WHERE transaction_id = _row.transaction_id;
    END LOOP;
    UPDATE wallet_account SET balance = _balance, last_number = _number, head_hash = _hash WHERE id = {account};
END;
$$
"""


def rewrite(account: int, change: str) -> None:
    """Change something with the guards off, and make the account's whole chain anew from what is there then."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(change)
        cursor.execute(AGAIN.format(account=account))
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
