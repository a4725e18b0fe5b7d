-- Lets an account's balance, count and head change only from within the ledger's own trigger.
CREATE OR REPLACE FUNCTION wallet_guard_balance()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'update of wallet_account is refused: only the ledger writes balances' USING ERRCODE = 'WA002';
END;
$$;
