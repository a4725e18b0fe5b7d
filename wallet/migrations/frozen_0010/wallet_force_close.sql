-- Ends the round that an open request names, whatever is pending in it; never for the requester. Answers what it was.
CREATE OR REPLACE FUNCTION wallet_force_close(
    _request_id bigint, _by text, _now timestamptz, OUT outcome text, OUT was text
)
LANGUAGE plpgsql
AS $$
DECLARE
    _request wallet_approvalrequest;
BEGIN
    SELECT * INTO _request FROM wallet_approvalrequest WHERE id = _request_id AND kind = 'forced_close';
    IF _request.state IS DISTINCT FROM 'open' OR _request.requested_by = _by THEN
        outcome := 'not_approved';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(_request.player_id);
    SELECT state INTO STRICT was FROM wallet_round WHERE id = _request.round_id;
    IF was = 'finished' THEN
        outcome := 'round_finished';
        RETURN;
    END IF;
    -- An end that the platform asked for keeps its time and its author; of any other the author is who approves.
    UPDATE wallet_round
    SET state = 'finished',
        finished_at = coalesce(finished_at, end_asked_at, _now),
        finished_by = CASE
            WHEN finished_by <> '' THEN finished_by WHEN end_asked_at IS NOT NULL THEN 'platform' ELSE _by
        END,
        end_asked_at = NULL
    WHERE id = _request.round_id;
    outcome := 'applied';
END;
$$;
