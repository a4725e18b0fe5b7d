-- Makes the ledger's partition of the month that holds the date, unless it is there; answers the partition's name.
CREATE OR REPLACE FUNCTION wallet_create_partition(_date date)
RETURNS text
LANGUAGE plpgsql
-- Bets would queue behind a longer wait for a reader of the default partition; months ahead, there will be another night.
SET lock_timeout = '1s'
AS $$
DECLARE
    _from timestamp := date_trunc('month', _date);
    _name text := to_char(_from, '"wallet_ledgerrow_y"YYYY"m"MM');
BEGIN
    IF to_regclass(_name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE wallet_ledgerrow INCLUDING ALL)', _name);
        EXECUTE format(
            'CREATE TRIGGER wallet_ledgerrow_never_emptied BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change(''the ledger is append-only'')',
            _name
        );
        -- Attached rather than made as a partition, which would lock the whole ledger.
        EXECUTE format(
            'ALTER TABLE wallet_ledgerrow ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            _name, _from AT TIME ZONE 'UTC', (_from + interval '1 month') AT TIME ZONE 'UTC'
        );
    END IF;
    RETURN _name;
END;
$$;
