-- Books the exact opposite of a transaction, takes it out of its round's sums, and answers the new transaction's id.
-- The caller holds the player's lock.
CREATE OR REPLACE FUNCTION wallet_reverse(
    _original wallet_transaction, _now timestamptz, _context text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    _row wallet_ledgerrow;
    _transaction_id bigint;
    _bet integer := CASE WHEN _original.kind = 'bet' THEN 1 ELSE 0 END;
    _after numeric;
BEGIN
    SELECT * INTO _row
    FROM wallet_ledgerrow
    WHERE transaction_id = _original.id AND created_at = _original.created_at;
    IF NOT FOUND THEN
        _row := wallet_recall_row(_original);
    END IF;
    SELECT balance + CASE WHEN _row.debit_id = id THEN _row.amount ELSE -_row.amount END INTO STRICT _after
    FROM wallet_account
    WHERE id = _row.account_id;
    INSERT INTO wallet_transaction (
        source, owner_id, kind, player_id, account_id, amount, round_id, game_id, reverses_id, created_at
    )
    VALUES (
        _original.source, _original.owner_id, 'cancel', _original.player_id, _original.account_id, _original.amount,
        _original.round_id, _original.game_id, _original.id, _now
    )
    RETURNING id INTO _transaction_id;
    INSERT INTO wallet_ledgerrow (
        transaction_id, account_id, debit_id, credit_id, kind, amount, operator_id, round_id, game_id, reverses_id,
        created_at, tags, context
    )
    VALUES (
        _transaction_id, _row.account_id, _row.credit_id, _row.debit_id, 'cancel', _row.amount, _row.operator_id,
        _row.round_id, _row.game_id, _original.id, _now, CASE WHEN _after < 0 THEN ARRAY['overdrawn'] END, _context
    );
    UPDATE wallet_round
    SET cancel_count = cancel_count + 1,
        bet_count = bet_count - _bet,
        win_count = win_count - 1 + _bet,
        bet_sum = bet_sum - _bet * _original.amount,
        win_sum = win_sum - (1 - _bet) * _original.amount
    WHERE id = _original.round_id;
    RETURN _transaction_id;
END;
$$;
