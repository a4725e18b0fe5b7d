-- Counts a movement that is about to be booked in the account's day, week and month; a cancel in those of its original.
CREATE OR REPLACE FUNCTION wallet_count_use(
    _account_id bigint, _kind text, _amount numeric, _reverses_id bigint, _at timestamptz
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    _what text := _kind;
    _since timestamptz := _at;
    _counted numeric := _amount;
BEGIN
    IF _reverses_id IS NOT NULL THEN
        SELECT kind, created_at, -_amount INTO STRICT _what, _since, _counted
        FROM wallet_transaction
        WHERE id = _reverses_id;
    END IF;
    INSERT INTO wallet_limituse AS kept (account_id, period, zone, started_at, wager, net_loss, deposit)
    SELECT _account_id, used.period, used.zone, used.started_at,
        -- A late refund gives back what was staked, and no room beyond the limit.
        greatest(
            used.wager + CASE _what WHEN 'bet' THEN change.amount WHEN 'refund' THEN -change.amount ELSE 0 END, 0
        ),
        used.net_loss
            + CASE WHEN _what = 'bet' THEN change.amount WHEN _what IN ('win', 'refund') THEN -change.amount ELSE 0 END,
        used.deposit + CASE _what WHEN 'deposit' THEN change.amount ELSE 0 END
    FROM wallet_get_use(_account_id, _at) AS used
    CROSS JOIN LATERAL (SELECT CASE WHEN _since >= used.started_at THEN _counted ELSE 0 END AS amount) AS change
    ON CONFLICT (account_id, period) DO UPDATE
    SET zone = excluded.zone, started_at = excluded.started_at, wager = excluded.wager,
        net_loss = excluded.net_loss, deposit = excluded.deposit;
END;
$$;
