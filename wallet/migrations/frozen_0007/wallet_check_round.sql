-- Refuses a round that is open with an end, or ended without saying when and by whom.
CREATE OR REPLACE FUNCTION wallet_check_round()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF (NEW.state = 'open') IS DISTINCT FROM (NEW.finished_at IS NULL)
        OR (NEW.state = 'open') IS DISTINCT FROM (NEW.finished_by = '')
        OR (NEW.end_asked_at IS NOT NULL AND NEW.state <> 'open')
        OR NEW.state NOT IN ('open', 'closing', 'finished') THEN
        RAISE EXCEPTION 'round refused: an open one has no end, an ended one says when and by whom'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;
