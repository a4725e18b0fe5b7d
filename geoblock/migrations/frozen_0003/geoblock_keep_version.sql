-- Refuses to change what a version of GeoIP rules says, who saved it when and why, to decide twice, or to take it away.
CREATE OR REPLACE FUNCTION geoblock_keep_version() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.operator_id, NEW.number, NEW.text, NEW.value, NEW.at, NEW."by", NEW.reason,
                NEW.brought_back_from) IS NOT DISTINCT FROM
            (OLD.id, OLD.operator_id, OLD.number, OLD.text, OLD.value, OLD.at, OLD."by", OLD.reason,
                OLD.brought_back_from)
            AND (OLD.state = 'pending' OR (NEW.decided_at, NEW.decided_by)
                IS NOT DISTINCT FROM (OLD.decided_at, OLD.decided_by)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: a version of the rules stays as it is', TG_OP, TG_TABLE_NAME;
END;
$$;
