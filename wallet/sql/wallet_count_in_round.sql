-- Opens the round or adds a movement to its sums, ends or reopens it.
CREATE OR REPLACE FUNCTION wallet_count_in_round(
    _round_id bigint, _is_new boolean, _operator_id bigint, _player_id bigint, _round_ref text, _game_id bigint,
    _currency text, _kind text, _amount numeric, _state text, _platform_ends boolean, _now timestamptz
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    _bet integer := CASE WHEN _kind = 'bet' THEN 1 ELSE 0 END;
    _ended timestamptz := CASE WHEN _state <> 'open' THEN _now END;
    _ended_by text := CASE WHEN _state <> 'open' THEN 'platform' ELSE '' END;
BEGIN
    IF _is_new THEN
        INSERT INTO wallet_round (
            id, operator_id, player_id, round_ref, game_id, currency, state, opened_at, finished_at, finished_by,
            bet_count, win_count, cancel_count, bet_sum, win_sum
        )
        VALUES (
            _round_id, _operator_id, _player_id, _round_ref, _game_id, _currency, _state, _now, _ended, _ended_by,
            _bet, 1 - _bet, 0, _bet * _amount, (1 - _bet) * _amount
        );
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
END;
$$;
