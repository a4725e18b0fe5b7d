-- Finds the limit in force that a bet or a deposit would pass, of several the one with the least room; none for nothing.
CREATE OR REPLACE FUNCTION wallet_find_passed_limit(
    _player_id bigint, _account_id bigint, _currency text, _kind text, _amount numeric, _now timestamptz,
    OUT reason text, OUT period text, OUT allowed numeric, OUT used numeric
)
LANGUAGE sql
STABLE
AS $$
WITH held AS (
    SELECT DISTINCT ON (kind, period) kind, period, CASE WHEN effective_at <= _now THEN amount ELSE was END AS allowed
    FROM wallet_limitchange
    WHERE player_id = _player_id AND currency = _currency
    ORDER BY kind, period, id DESC
)
SELECT held.kind, held.period, held.allowed, spent.amount
FROM held
JOIN wallet_get_use(_account_id, _now) AS used ON used.period = held.period
CROSS JOIN LATERAL (
    SELECT CASE held.kind
        WHEN 'wager' THEN used.wager
        WHEN 'net_loss' THEN used.net_loss
        WHEN 'deposit' THEN used.deposit
    END AS amount
) AS spent
WHERE (held.kind = 'deposit') = (_kind = 'deposit') AND _amount > 0 AND spent.amount + _amount > held.allowed
ORDER BY held.allowed - spent.amount, held.kind, held.period
LIMIT 1;
$$;
