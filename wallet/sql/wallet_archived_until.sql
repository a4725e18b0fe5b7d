-- Tells up to when the ledger's rows are archived; before every time where none are.
CREATE OR REPLACE FUNCTION wallet_archived_until()
RETURNS timestamptz
LANGUAGE sql
STABLE
AS $$
SELECT coalesce(max((month + interval '1 month') AT TIME ZONE 'UTC'), '-infinity') FROM wallet_ledgerarchive;
$$;
