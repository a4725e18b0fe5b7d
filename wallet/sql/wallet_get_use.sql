-- Says what an account has used of the casino's day, week and month so far: as counted, or from the ledger if it is not.
CREATE OR REPLACE FUNCTION wallet_get_use(_account_id bigint, _now timestamptz)
RETURNS TABLE (
    period text, zone text, started_at timestamptz, wager numeric, net_loss numeric, deposit numeric
)
LANGUAGE plpgsql
STABLE
AS $$
BEGIN
    -- What was counted in another time zone began at another moment, and does not serve.
    RETURN QUERY
    SELECT kept.period, kept.zone, begun.at, CASE WHEN kept.started_at >= begun.at THEN kept.wager ELSE 0 END,
        CASE WHEN kept.started_at >= begun.at THEN kept.net_loss ELSE 0 END,
        CASE WHEN kept.started_at >= begun.at THEN kept.deposit ELSE 0 END
    FROM wallet_account AS account
    JOIN operators_casino AS casino ON casino.id = account.casino_id
    JOIN wallet_limituse AS kept ON kept.account_id = account.id AND kept.zone = casino.time_zone
    -- A clock that lags behind the one that began the period does not bring the last one back.
    CROSS JOIN LATERAL (
        SELECT greatest(date_trunc(kept.period, _now, kept.zone), kept.started_at) AS at
    ) AS begun
    WHERE account.id = _account_id AND account.limited;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT asked.period, casino.time_zone::text, begun.at, summed.wager, summed.net_loss, summed.deposit
        FROM wallet_account AS account
        JOIN operators_casino AS casino ON casino.id = account.casino_id
        CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS asked (period)
        CROSS JOIN LATERAL (SELECT date_trunc(asked.period, _now, casino.time_zone) AS at) AS begun
        CROSS JOIN LATERAL wallet_sum_use(account.id, begun.at) AS summed
        WHERE account.id = _account_id;
    END IF;
END;
$$;
