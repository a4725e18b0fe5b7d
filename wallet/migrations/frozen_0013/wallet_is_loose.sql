-- Tells whether a run of archived rows follows from no row or other run before it.
CREATE OR REPLACE FUNCTION wallet_is_loose(_run wallet_archivedrun)
RETURNS boolean
LANGUAGE sql
STABLE
AS $$
SELECT CASE
    WHEN _run.first_number = 1
        THEN (_run.previous_balance, _run.previous_hash) <> (0, decode(repeat('00', 32), 'hex'))
    ELSE NOT EXISTS (
        SELECT
        FROM wallet_archivedrun AS earlier
        WHERE earlier.account_id = _run.account_id AND earlier.last_number = _run.first_number - 1
            AND earlier.hash = _run.previous_hash AND earlier.balance = _run.previous_balance
    ) AND NOT EXISTS (
        SELECT
        FROM wallet_ledgerrow AS earlier
        WHERE earlier.account_id = _run.account_id AND earlier.number = _run.first_number - 1
            AND earlier.hash = _run.previous_hash AND earlier.balance = _run.previous_balance
    )
END;
$$;
