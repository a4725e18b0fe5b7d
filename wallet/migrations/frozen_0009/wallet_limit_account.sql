-- Has an account's limits weighed and their use counted from now on, beginning with what the ledger has of the periods.
CREATE OR REPLACE FUNCTION wallet_limit_account(_player_id bigint, _currency text, _now timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    _account_id bigint;
BEGIN
    -- What is in flight is booked before it is counted, or counted as it is booked.
    PERFORM pg_advisory_xact_lock(_player_id);
    SELECT id INTO _account_id
    FROM wallet_account
    WHERE player_id = _player_id AND currency = _currency AND kind = 'player' AND NOT limited;
    IF FOUND THEN
        INSERT INTO wallet_limituse (account_id, period, zone, started_at, wager, net_loss, deposit)
        SELECT _account_id, used.period, used.zone, used.started_at, used.wager, used.net_loss, used.deposit
        FROM wallet_get_use(_account_id, _now) AS used
        ON CONFLICT (account_id, period) DO UPDATE
        SET zone = excluded.zone, started_at = excluded.started_at, wager = excluded.wager,
            net_loss = excluded.net_loss, deposit = excluded.deposit;
        UPDATE wallet_account SET limited = true WHERE id = _account_id;
    END IF;
END;
$$;
