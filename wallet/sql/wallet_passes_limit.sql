-- Says whether a bet or a deposit would pass one of the player's limits.
CREATE OR REPLACE FUNCTION wallet_passes_limit(
    _player_id bigint, _account_id bigint, _currency text, _kind text, _amount numeric, _now timestamptz
)
RETURNS boolean
LANGUAGE sql
STABLE
AS $$
SELECT reason IS NOT NULL
FROM wallet_find_passed_limit(_player_id, _account_id, _currency, _kind, _amount, _now);
$$;
