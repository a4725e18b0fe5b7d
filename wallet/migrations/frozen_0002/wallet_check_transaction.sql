-- Refuses a transaction that is not of its kind's shape: a cancel reverses, a tombstone moves nothing, the rest refer.
CREATE OR REPLACE FUNCTION wallet_check_transaction()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.amount < 0
        OR (NEW.kind = 'cancel') IS DISTINCT FROM (NEW.reverses_id IS NOT NULL)
        OR (NEW.kind = 'cancel') IS DISTINCT FROM (NEW.reference IS NULL)
        OR (NEW.kind = 'tombstone') IS DISTINCT FROM (NEW.account_id IS NULL)
        OR (NEW.kind = 'tombstone' AND NEW.amount <> 0) THEN
        RAISE EXCEPTION 'transaction refused: a % must not look like this', NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;
