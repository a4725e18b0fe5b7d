-- Says what an account has used of the casino's day, week and month so far: as counted, or from the ledger if it is not.
CREATE OR REPLACE FUNCTION wallet_get_use(_account_id bigint, _now timestamptz)
RETURNS TABLE (
    period text, zone text, started_at timestamptz, wager numeric, net_loss numeric, deposit numeric
)
LANGUAGE sql
STABLE
AS $$
SELECT asked.period, casino.time_zone, begun.at,
    CASE WHEN kept.id IS NULL THEN summed.wager WHEN kept.started_at >= begun.at THEN kept.wager ELSE 0 END,
    CASE WHEN kept.id IS NULL THEN summed.net_loss WHEN kept.started_at >= begun.at THEN kept.net_loss ELSE 0 END,
    CASE WHEN kept.id IS NULL THEN summed.deposit WHEN kept.started_at >= begun.at THEN kept.deposit ELSE 0 END
FROM wallet_account AS account
JOIN operators_casino AS casino ON casino.id = account.casino_id
CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS asked (period)
-- What was counted in another time zone began at another moment: it is counted anew.
LEFT JOIN wallet_limituse AS kept
    ON account.limited AND kept.account_id = account.id AND kept.period = asked.period AND kept.zone = casino.time_zone
-- A clock that lags behind the one that began the period does not bring the last one back.
CROSS JOIN LATERAL (
    SELECT greatest(date_trunc(asked.period, _now, casino.time_zone), kept.started_at) AS at
) AS begun
LEFT JOIN LATERAL (
    SELECT * FROM wallet_sum_use(_account_id, begun.at) WHERE kept.id IS NULL
) AS summed ON true
WHERE account.id = _account_id;
$$;
