-- Books a deposit or a withdrawal of the casino's cashier, once for each casino and reference.
CREATE OR REPLACE FUNCTION wallet_move_cash(
    _casino_id bigint, _kind text, _user_id text, _reference text, _currency text, _amount numeric, _context text,
    _now timestamptz, OUT outcome text, OUT balance numeric, OUT transaction_id bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
    _player_id bigint;
    _blocked boolean;
    _excluded_until timestamptz;
    _account_id bigint;
    _limited boolean;
    _passed record;
    _cashier_id bigint;
    _known wallet_transaction;
BEGIN
    SELECT id INTO _player_id FROM wallet_player WHERE casino_id = _casino_id AND user_id = _user_id;
    IF NOT FOUND THEN
        outcome := 'unknown_player';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(_player_id);
    SELECT account.id, account.balance, account.limited, player.blocked_at IS NOT NULL, player.excluded_until
    INTO _account_id, balance, _limited, _blocked, _excluded_until
    FROM wallet_account AS account JOIN wallet_player AS player ON player.id = account.player_id
    WHERE account.player_id = _player_id AND account.currency = _currency AND account.kind = 'player';
    SELECT * INTO _known
    FROM wallet_transaction
    WHERE owner_id = _casino_id AND reference = _reference AND source = 'cashier';
    IF _known.id IS NOT NULL THEN
        transaction_id := _known.id;
        outcome := CASE
            WHEN (_known.kind, _known.account_id, _known.amount) IS DISTINCT FROM (_kind, _account_id, _amount)
                THEN 'duplicate_transaction'
            ELSE 'replayed'
        END;
        RETURN;
    END IF;
    outcome := CASE
        WHEN _account_id IS NULL THEN 'invalid_currency'
        WHEN _kind = 'withdrawal' AND balance < _amount THEN 'insufficient_funds'
        WHEN _kind = 'withdrawal' THEN 'applied'
        WHEN _excluded_until > _now THEN 'player_excluded'
        WHEN _blocked THEN 'player_blocked'
        ELSE 'applied'
    END;
    IF outcome = 'player_excluded' THEN
        PERFORM wallet_note_refusal(
            _player_id, _account_id, NULL, _kind, _reference, _amount, 'exclusion', '', NULL, NULL, _excluded_until,
            _now
        );
    ELSIF outcome = 'applied' AND _kind = 'deposit' AND _limited THEN
        -- By a clock that lags behind, too, it belongs to the day that it is weighed in.
        SELECT greatest(_now, max(started_at)) INTO _now FROM wallet_limituse WHERE account_id = _account_id;
        SELECT * INTO _passed
        FROM wallet_find_passed_limit(_player_id, _account_id, _currency, _kind, _amount, _now);
        IF _passed.reason IS NOT NULL THEN
            outcome := 'limit_reached';
            PERFORM wallet_note_refusal(
                _player_id, _account_id, NULL, _kind, _reference, _amount, _passed.reason, _passed.period,
                _passed.allowed, _passed.used, NULL, _now
            );
        END IF;
    END IF;
    IF outcome <> 'applied' THEN
        RETURN;
    END IF;
    _cashier_id := wallet_open_system_account(_casino_id, NULL, 'cashier', _currency);
    INSERT INTO wallet_transaction (source, owner_id, reference, kind, player_id, account_id, amount, created_at)
    VALUES ('cashier', _casino_id, _reference, _kind, _player_id, _account_id, _amount, _now)
    ON CONFLICT (owner_id, reference, source) DO NOTHING
    RETURNING id INTO transaction_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'reference % was booked for another player meanwhile', _reference USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO wallet_ledgerrow (
        transaction_id, account_id, debit_id, credit_id, kind, amount, created_at, context
    )
    VALUES (
        transaction_id, _account_id,
        CASE WHEN _kind = 'withdrawal' THEN _account_id ELSE _cashier_id END,
        CASE WHEN _kind = 'withdrawal' THEN _cashier_id ELSE _account_id END,
        _kind, _amount, _now, _context
    )
    RETURNING wallet_ledgerrow.balance INTO balance;
END;
$$;
