-- Says what became of a platform's transaction, once whatever of the player's is in flight has ended.
CREATE OR REPLACE FUNCTION wallet_get_status(
    _operator_id bigint, _casino_id bigint, _user_id text, _reference text, OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
    _player_id bigint;
    _known wallet_transaction;
BEGIN
    SELECT id INTO _player_id FROM wallet_player WHERE casino_id = _casino_id AND user_id = _user_id;
    IF NOT FOUND THEN
        outcome := 'unknown_player';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(_player_id);
    SELECT * INTO _known
    FROM wallet_transaction
    WHERE owner_id = _operator_id AND reference = _reference AND source = 'platform';
    outcome := CASE
        WHEN _known.kind = 'tombstone' OR _known.player_id IS DISTINCT FROM _player_id THEN 'unknown_transaction'
        WHEN EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _known.id) THEN 'canceled'
        ELSE 'booked'
    END;
END;
$$;
