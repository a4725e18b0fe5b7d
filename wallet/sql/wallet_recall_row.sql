-- Makes up of a platform's archived row what its reversal needs: the sides were the usual ones unless that was kept.
CREATE OR REPLACE FUNCTION wallet_recall_row(_asked wallet_transaction)
RETURNS wallet_ledgerrow
LANGUAGE plpgsql
STABLE
AS $$
DECLARE
    _row wallet_ledgerrow;
BEGIN
    IF _asked.source <> 'platform' OR _asked.created_at >= wallet_archived_until() THEN
        RAISE EXCEPTION 'transaction % has no ledger row', _asked.id USING ERRCODE = 'no_data_found';
    END IF;
    _row.transaction_id := _asked.id;
    _row.account_id := _asked.account_id;
    _row.kind := _asked.kind;
    _row.amount := _asked.amount;
    _row.operator_id := _asked.owner_id;
    _row.round_id := _asked.round_id;
    _row.game_id := _asked.game_id;
    SELECT debit_id, credit_id INTO _row.debit_id, _row.credit_id
    FROM wallet_archivedside
    WHERE transaction_id = _asked.id;
    IF NOT FOUND THEN
        SELECT CASE WHEN _asked.kind = 'bet' THEN account.id ELSE house.id END,
            CASE WHEN _asked.kind = 'bet' THEN house.id ELSE account.id END
        INTO STRICT _row.debit_id, _row.credit_id
        FROM wallet_account AS account
        JOIN wallet_account AS house ON house.casino_id = account.casino_id AND house.operator_id = _asked.owner_id
            AND house.kind = 'house' AND house.currency = account.currency
        WHERE account.id = _asked.account_id;
    END IF;
    RETURN _row;
END;
$$;
