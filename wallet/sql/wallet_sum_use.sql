-- Adds up from the ledger what an account staked, lost and paid in since a moment; what was canceled did not happen.
CREATE OR REPLACE FUNCTION wallet_sum_use(
    _account_id bigint, _since timestamptz, OUT wager numeric, OUT net_loss numeric, OUT deposit numeric
)
LANGUAGE sql
STABLE
AS $$
SELECT coalesce(sum(CASE kind WHEN 'bet' THEN amount WHEN 'refund' THEN -amount END), 0),
    coalesce(sum(CASE kind WHEN 'bet' THEN amount WHEN 'win' THEN -amount WHEN 'refund' THEN -amount END), 0),
    coalesce(sum(CASE kind WHEN 'deposit' THEN amount END), 0)
FROM (
    SELECT coalesce(original.kind, moved.kind) AS kind,
        CASE WHEN moved.reverses_id IS NULL THEN moved.amount ELSE -moved.amount END AS amount
    FROM wallet_ledgerrow AS moved
    LEFT JOIN wallet_transaction AS original ON original.id = moved.reverses_id
    WHERE moved.account_id = _account_id AND moved.created_at >= _since
        AND (moved.reverses_id IS NULL OR original.created_at >= _since)
) AS stands;
$$;
