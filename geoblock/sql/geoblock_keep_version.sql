-- Refuses to change what a version of GeoIP rules says, or to take it away: every process keeps what it has read of it.
CREATE OR REPLACE FUNCTION geoblock_keep_version() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.operator_id, NEW.number, NEW.text, NEW.value) IS NOT DISTINCT FROM
            (OLD.id, OLD.operator_id, OLD.number, OLD.text, OLD.value) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: a version of the rules stays as it is', TG_OP, TG_TABLE_NAME;
END;
$$;
