-- Keeps why a bet was refused, where the player's own exclusion, session time or limit is why; a block by staff is not.
CREATE OR REPLACE FUNCTION wallet_note_refused_bet(
    _outcome text, _player_id bigint, _account_id bigint, _operator_id bigint, _currency text, _reference text,
    _amount numeric, _token_digest bytea, _now timestamptz
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    _reason text;
    _period text := '';
    _allowed numeric;
    _used numeric;
    _until timestamptz;
BEGIN
    IF _outcome = 'player_blocked' THEN
        SELECT 'exclusion', excluded_until INTO _reason, _until
        FROM wallet_player
        WHERE id = _player_id AND excluded_until > _now;
    ELSE
        SELECT 'session_time', 'session', extract(epoch FROM sitting_until - sitting_since) / 60,
            trunc(extract(epoch FROM _now - sitting_since) / 60), sitting_until
        INTO _reason, _period, _allowed, _used, _until
        FROM wallet_session
        WHERE token_digest = _token_digest AND sitting_until <= _now;
        IF NOT FOUND THEN
            SELECT reason, period, allowed, used INTO _reason, _period, _allowed, _used
            FROM wallet_find_passed_limit(_player_id, _account_id, _currency, 'bet', _amount, _now);
        END IF;
    END IF;
    IF _reason IS NOT NULL THEN
        PERFORM wallet_note_refusal(
            _player_id, _account_id, _operator_id, 'bet', _reference, _amount, _reason, _period, _allowed, _used,
            _until, _now
        );
    END IF;
END;
$$;
