-- Lists the accounts with movements in rounds, of a range of ids, that there are not.
CREATE OR REPLACE FUNCTION wallet_find_lost_rounds(_first bigint, _last bigint)
RETURNS TABLE (account_id bigint)
LANGUAGE sql
STABLE
AS $$
SELECT asked.account_id
FROM wallet_transaction AS asked
WHERE asked.round_id BETWEEN _first AND _last
    AND NOT EXISTS (SELECT FROM wallet_round AS round WHERE round.id = asked.round_id AND round.id BETWEEN _first AND _last);
$$;
