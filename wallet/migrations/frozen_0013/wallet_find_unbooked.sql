-- Lists those of some transactions that should have moved money but have no ledger row.
CREATE OR REPLACE FUNCTION wallet_find_unbooked(_transactions bigint[])
RETURNS TABLE (account_id bigint, number bigint, transaction_id bigint, fault text)
LANGUAGE sql
STABLE
AS $$
SELECT asked.account_id, NULL::bigint, asked.id,
    format('%s %s has no ledger row', asked.kind, coalesce(asked.reference, 'of transaction ' || asked.reverses_id))
FROM wallet_transaction AS asked
WHERE asked.id = ANY(_transactions) AND asked.kind <> 'tombstone'
    AND asked.created_at >= wallet_archived_until()
    AND NOT EXISTS (
        SELECT
        FROM wallet_ledgerrow AS ledger
        WHERE ledger.transaction_id = asked.id AND ledger.created_at = asked.created_at
    )
ORDER BY asked.id;
$$;
