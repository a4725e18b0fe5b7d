-- Chains a ledger row to the account's row before it; its number and balance are passed apart, since they are known last.
CREATE OR REPLACE FUNCTION wallet_row_hash(_previous bytea, _number bigint, _balance numeric, _row wallet_ledgerrow)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN sha256(
    _previous || convert_to(
        ROW(
            _row.transaction_id, _row.account_id, _number, _row.debit_id, _row.credit_id, _row.kind, _row.amount, _balance,
            _row.operator_id, _row.round_id, _row.game_id, _row.reverses_id, extract(EPOCH FROM _row.created_at),
            extract(EPOCH FROM _row.platform_at), _row.tags, _row.context
        )::text,
        'UTF8'
    )
);
