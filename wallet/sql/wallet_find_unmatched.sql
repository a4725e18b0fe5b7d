-- Matches the transactions in a range of ids with their rows: the accounts where something differs, and what has no row.
CREATE OR REPLACE FUNCTION wallet_find_unmatched(_first bigint, _last bigint)
RETURNS TABLE (account_id bigint, transaction_id bigint)
LANGUAGE sql
STABLE
AS $$
WITH unmatched AS MATERIALIZED (
    SELECT CASE WHEN compared.differs THEN entry.account_id END AS account_id,
        CASE WHEN compared.unbooked THEN asked.id END AS transaction_id
    FROM (SELECT * FROM wallet_transaction WHERE id BETWEEN _first AND _last) AS asked
    FULL JOIN (SELECT * FROM wallet_ledgerrow AS ledger WHERE ledger.transaction_id BETWEEN _first AND _last) AS entry
        ON entry.transaction_id = asked.id
    LEFT JOIN wallet_account AS account ON account.id = entry.account_id
    CROSS JOIN LATERAL (
        SELECT asked.kind <> 'tombstone' AND asked.created_at IS DISTINCT FROM entry.created_at
                AND asked.created_at >= (SELECT wallet_archived_until()) AS unbooked,
            entry.account_id IS NOT NULL AND (
                (asked.kind, asked.account_id, asked.amount, asked.player_id, asked.round_id, asked.game_id,
                    asked.reverses_id)
                IS DISTINCT FROM (entry.kind, entry.account_id, entry.amount, account.player_id, entry.round_id,
                    entry.game_id, entry.reverses_id)
                -- Small tables, each read once into memory: joins would hand every column on at every step.
                OR (entry.game_id IN (SELECT id FROM catalog_game)) IS FALSE
                OR (entry.operator_id IN (SELECT id FROM operators_operator)) IS FALSE
                OR ((CASE WHEN entry.debit_id = entry.account_id THEN entry.credit_id ELSE entry.debit_id END,
                    account.casino_id, account.currency::text)
                    IN (SELECT id, casino_id, currency::text FROM wallet_account WHERE kind <> 'player')) IS NOT TRUE
                OR (entry.number = account.last_number
                    AND (entry.balance <> account.balance OR entry.hash <> account.head_hash))
            ) AS differs
    ) AS compared
    WHERE compared.unbooked OR compared.differs
)
SELECT * FROM unmatched
UNION ALL
SELECT reversal.account_id, NULL
FROM wallet_transaction AS reversal
LEFT JOIN wallet_transaction AS original ON original.id = reversal.reverses_id
WHERE reversal.id BETWEEN _first AND _last AND reversal.reverses_id IS NOT NULL
    AND (original.account_id, original.amount) IS DISTINCT FROM (reversal.account_id, reversal.amount)
UNION ALL
-- Where all match and there are as many of the one as of the other, none is booked twice.
SELECT DISTINCT min(ledger.account_id), NULL::bigint
FROM wallet_ledgerrow AS ledger
WHERE ledger.transaction_id BETWEEN _first AND _last
    AND (
        EXISTS (SELECT FROM unmatched)
        OR (SELECT count(*) FROM wallet_ledgerrow AS booked WHERE booked.transaction_id BETWEEN _first AND _last)
            <> (
                SELECT count(*)
                FROM wallet_transaction
                WHERE id BETWEEN _first AND _last AND kind <> 'tombstone'
                    AND created_at >= (SELECT wallet_archived_until())
            )
    )
GROUP BY ledger.transaction_id
HAVING count(*) > 1;
$$;
