-- Refuses whatever statement it is a trigger of: what it guards is only ever added to, or written by the ledger alone.
CREATE OR REPLACE FUNCTION wallet_refuse_change()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: %', lower(TG_OP), TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'WA002';
END;
$$;
