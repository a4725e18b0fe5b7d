-- Makes the ledger's partition of the month that holds the date, unless it is there; answers the partition's name.
CREATE OR REPLACE FUNCTION wallet_create_partition(_date date)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    _from timestamp := date_trunc('month', _date);
    _name text := to_char(_from, '"wallet_ledgerrow_y"YYYY"m"MM');
BEGIN
    IF to_regclass(_name) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF wallet_ledgerrow FOR VALUES FROM (%L) TO (%L)',
            _name, _from AT TIME ZONE 'UTC', (_from + interval '1 month') AT TIME ZONE 'UTC'
        );
        EXECUTE format(
            'CREATE TRIGGER wallet_ledgerrow_never_emptied BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change(''the ledger is append-only'')',
            _name
        );
    END IF;
    RETURN _name;
END;
$$;
