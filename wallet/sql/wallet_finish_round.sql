-- Ends a player's round at the platform's word; 'closing' while something in it is pending.
CREATE OR REPLACE FUNCTION wallet_finish_round(
    _operator_id bigint, _casino_id bigint, _skip_closing boolean, _user_id text, _round_ref text, _now timestamptz,
    OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
    _player_id bigint;
BEGIN
    SELECT id INTO _player_id FROM wallet_player WHERE casino_id = _casino_id AND user_id = _user_id;
    IF NOT FOUND THEN
        outcome := 'unknown_player';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(_player_id);
    outcome := coalesce(
        wallet_end_round(_operator_id, _player_id, _user_id, _round_ref, _skip_closing, _now), 'unknown_round'
    );
END;
$$;
