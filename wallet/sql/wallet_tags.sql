-- Names what is odd about a movement that is booked all the same; null where nothing is.
CREATE OR REPLACE FUNCTION wallet_tags(
    _kind text, _amount numeric, _promotional boolean, _large_win numeric, _barred boolean, _unmapped boolean,
    _round_state text, _round_finished_by text, _bet_count integer, _cancel_count integer
)
RETURNS text[]
LANGUAGE sql
IMMUTABLE
RETURN nullif(array_remove(ARRAY[
    CASE WHEN _unmapped THEN 'unmapped_game' END,
    CASE WHEN _kind = 'bet' AND _promotional AND _amount > 0 THEN 'promotional_stake' END,
    CASE WHEN _kind = 'bet' AND _round_state <> 'open' AND _round_finished_by <> 'platform' THEN 'round_reopened' END,
    CASE WHEN _kind <> 'bet' AND coalesce(_bet_count, 0) = 0 THEN 'without_bet' END,
    CASE WHEN _kind = 'win' AND coalesce(_bet_count, 0) = 0 AND _amount >= _large_win THEN 'large_without_bet' END,
    CASE WHEN _round_state <> 'open' AND (_kind <> 'bet' OR _round_finished_by = 'platform') THEN 'round_finished' END,
    CASE WHEN _kind <> 'bet' AND _barred THEN 'player_blocked' END,
    CASE WHEN _kind = 'refund' AND _cancel_count > 0 THEN 'refund_after_cancel' END
], NULL), '{}');
