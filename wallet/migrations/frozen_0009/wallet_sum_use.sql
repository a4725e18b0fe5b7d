-- Adds up from the ledger what an account staked, lost and paid in since a moment; what was canceled did not happen.
CREATE OR REPLACE FUNCTION wallet_sum_use(
    _account_id bigint, _since timestamptz, OUT wager numeric, OUT net_loss numeric, OUT deposit numeric
)
LANGUAGE sql
STABLE
AS $$
-- Stakes that were never let below zero, as wallet_count_use has it, are those above their lowest sum so far.
SELECT coalesce(sum(stake) - least(min(stakes), 0), 0),
    coalesce(sum(CASE kind WHEN 'bet' THEN amount WHEN 'win' THEN -amount WHEN 'refund' THEN -amount END), 0),
    coalesce(sum(CASE kind WHEN 'deposit' THEN amount END), 0)
FROM (
    SELECT kind, amount, stake, sum(stake) OVER (ORDER BY number) AS stakes
    FROM (
        SELECT moved.number, coalesce(original.kind, moved.kind) AS kind, signed.amount,
            CASE coalesce(original.kind, moved.kind)
                WHEN 'bet' THEN signed.amount WHEN 'refund' THEN -signed.amount ELSE 0
            END AS stake
        FROM wallet_ledgerrow AS moved
        LEFT JOIN wallet_transaction AS original ON original.id = moved.reverses_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN moved.reverses_id IS NULL THEN moved.amount ELSE -moved.amount END AS amount
        ) AS signed
        WHERE moved.account_id = _account_id AND moved.created_at >= _since
            AND (moved.reverses_id IS NULL OR original.created_at >= _since)
    ) AS stands
) AS ran;
$$;
