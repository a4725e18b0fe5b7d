-- Ends a round at the platform's word; asking again changes nothing. Answers the state, or null for an unknown round.
CREATE OR REPLACE FUNCTION wallet_end_round(
    _operator_id bigint, _player_id bigint, _user_id text, _round_ref text, _skip_closing boolean, _now timestamptz
)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    _end_state text := wallet_round_end_state(_operator_id, _user_id, _round_ref, _skip_closing);
BEGIN
    UPDATE wallet_round
    SET state = _end_state,
        finished_by = CASE WHEN _end_state = 'open' THEN '' ELSE 'platform' END,
        finished_at = CASE WHEN _end_state <> 'open' THEN coalesce(finished_at, end_asked_at, _now) END,
        end_asked_at = CASE WHEN _end_state = 'open' THEN coalesce(end_asked_at, _now) END
    WHERE player_id = _player_id AND operator_id = _operator_id AND round_ref = _round_ref
        AND (state, finished_by) IS DISTINCT FROM (_end_state, 'platform')
        -- What the platform has ended stays ended, whatever is in doubt since.
        AND NOT (_end_state = 'open' AND finished_by = 'platform');
    RETURN (
        SELECT state
        FROM wallet_round
        WHERE player_id = _player_id AND operator_id = _operator_id AND round_ref = _round_ref
    );
END;
$$;
