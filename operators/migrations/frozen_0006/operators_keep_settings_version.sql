-- Refuses to change what a version of settings says and who saved it when, to decide on it twice, or to take it away.
CREATE OR REPLACE FUNCTION operators_keep_settings_version() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.operator_id, NEW.number, NEW.text, NEW.value, NEW.warnings, NEW.new_secrets, NEW.saved_at,
                NEW.saved_by, NEW.reason, NEW.brought_back_from) IS NOT DISTINCT FROM
            (OLD.id, OLD.operator_id, OLD.number, OLD.text, OLD.value, OLD.warnings, OLD.new_secrets, OLD.saved_at,
                OLD.saved_by, OLD.reason, OLD.brought_back_from)
            AND (OLD.state = 'pending' OR (NEW.state, NEW.decided_at, NEW.decided_by, NEW.decision_reason)
                IS NOT DISTINCT FROM (OLD.state, OLD.decided_at, OLD.decided_by, OLD.decision_reason)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: a version of the settings stays as it is', TG_OP, TG_TABLE_NAME;
END;
$$;
