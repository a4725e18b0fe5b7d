-- Opens the round or adds a movement to its sums, ends or reopens it, and answers its id.
CREATE OR REPLACE FUNCTION wallet_count_in_round(
    _round_id bigint, _operator_id bigint, _player_id bigint, _round_ref text, _game_id bigint, _currency text,
    _kind text, _amount numeric, _state text, _platform_ends boolean, _now timestamptz
)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    _bet integer := CASE WHEN _kind = 'bet' THEN 1 ELSE 0 END;
    _ended timestamptz := CASE WHEN _state <> 'open' THEN _now END;
    _ended_by text := CASE WHEN _state <> 'open' THEN 'platform' ELSE '' END;
BEGIN
    IF _round_id IS NULL THEN
        INSERT INTO wallet_round (
            operator_id, player_id, round_ref, game_id, currency, state, opened_at, finished_at, finished_by,
            bet_count, win_count, cancel_count, bet_sum, win_sum
        )
        VALUES (
            _operator_id, _player_id, _round_ref, _game_id, _currency, _state, _now, _ended, _ended_by,
            _bet, 1 - _bet, 0, _bet * _amount, (1 - _bet) * _amount
        )
        RETURNING id INTO _round_id;
    ELSE
        UPDATE wallet_round
        SET bet_count = bet_count + _bet,
            win_count = win_count + 1 - _bet,
            bet_sum = bet_sum + _bet * _amount,
            win_sum = win_sum + (1 - _bet) * _amount,
            state = _state,
            finished_at = CASE WHEN _ended IS NOT NULL THEN coalesce(finished_at, _ended) END,
            finished_by = CASE
                WHEN _ended IS NULL THEN '' WHEN finished_by = '' OR _platform_ends THEN _ended_by ELSE finished_by
            END
        WHERE id = _round_id;
    END IF;
    RETURN _round_id;
END;
$$;
