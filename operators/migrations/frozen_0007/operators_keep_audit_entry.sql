-- Refuses to change or remove an audit entry, whoever asks.
CREATE OR REPLACE FUNCTION operators_keep_audit_entry() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was done stays on record', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
