-- Chains a ledger row to the account's row before it: SHA-256 of the previous hash and the fields in binary.
CREATE OR REPLACE FUNCTION wallet_row_hash(
    _previous bytea, _transaction_id bigint, _account_id bigint, _number bigint, _debit_id bigint, _credit_id bigint,
    _kind text, _amount numeric, _balance numeric, _operator_id bigint, _round_id bigint, _game_id bigint,
    _reverses_id bigint, _created_at timestamptz, _platform_at timestamptz, _tags text[], _context text
)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN sha256(
    _previous || record_send(
        ROW(
            _transaction_id, _account_id, _number, _debit_id, _credit_id, _kind, _amount, _balance, _operator_id,
            _round_id, _game_id, _reverses_id, _created_at, _platform_at, _tags, _context
        )
    )
);
