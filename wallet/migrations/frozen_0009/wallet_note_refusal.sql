-- Keeps that a bet or deposit was refused for the player's own protection, once however often it comes.
CREATE OR REPLACE FUNCTION wallet_note_refusal(
    _player_id bigint, _account_id bigint, _operator_id bigint, _kind text, _reference text, _amount numeric,
    _reason text, _period text, _allowed numeric, _used numeric, _until timestamptz, _now timestamptz
)
RETURNS void
LANGUAGE sql
AS $$
INSERT INTO wallet_limitrefusal AS known (
    player_id, account_id, operator_id, kind, reference, amount, reason, period, allowed, used, until, at, last_at,
    times
)
VALUES (
    _player_id, _account_id, _operator_id, _kind, _reference, _amount, _reason, _period, _allowed, _used, _until, _now,
    _now, 1
)
ON CONFLICT (account_id, operator_id, kind, reference, reason, period) DO UPDATE
SET times = known.times + 1, last_at = greatest(known.last_at, excluded.last_at);
$$;
