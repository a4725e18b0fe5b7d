-- Lists the accounts with a transaction that is reversed more than once.
CREATE OR REPLACE FUNCTION wallet_find_repeated_reversals()
RETURNS TABLE (account_id bigint)
LANGUAGE sql
STABLE
AS $$
SELECT min(reversal.account_id)
FROM wallet_transaction AS reversal
WHERE reversal.reverses_id IS NOT NULL
GROUP BY reversal.reverses_id
HAVING count(*) > 1;
$$;
