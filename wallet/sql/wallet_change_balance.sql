-- Takes a stake, or credits a win or a refund, once for each operator and reference; a retry gets what was decided before.
CREATE OR REPLACE FUNCTION wallet_change_balance(
    _operator_id bigint, _casino_id bigint, _suspended boolean, _skip_closing boolean, _kind text, _user_id text,
    _token_digest bytea, _reference text, _round_ref text, _round_finished boolean, _game_ref text, _currency text,
    _amount numeric, _promotional boolean, _large_win numeric, _platform_at timestamptz, _context text,
    _now timestamptz, OUT outcome text, OUT balance numeric
)
LANGUAGE plpgsql
AS $$
DECLARE
    _player_id bigint;
    _side text := CASE WHEN _promotional THEN 'promotions' ELSE 'house' END;
    _is record;
    _round_id bigint;
    _transaction_id bigint;
    _tags text[];
    _state text;
BEGIN
    SELECT id INTO _player_id FROM wallet_player WHERE casino_id = _casino_id AND user_id = _user_id;
    IF NOT FOUND THEN
        outcome := 'unknown_player';
        RETURN;
    END IF;
    -- One at a time for each player. The statement after this one sees all that the holder before us committed.
    PERFORM pg_advisory_xact_lock(_player_id);
    SELECT player.blocked_at IS NOT NULL OR coalesce(player.excluded_until > _now, false) AS barred,
        account.id AS account_id, account.balance,
        system.id AS system_id,
        game.id AS game_id, game.enabled AS game_enabled,
        round.id AS round_id, coalesce(round.state, 'open') AS round_state, round.finished_by,
        coalesce(round.bet_count, 0) AS bet_count, coalesce(round.cancel_count, 0) AS cancel_count,
        known.id AS known_id, known.kind AS known_kind, known.account_id AS known_account_id,
        known.amount AS known_amount, known.round_id AS known_round_id, known.game_id AS known_game_id,
        session.account_id AS session_account_id,
        session.player_id = player.id AND session.operator_id = _operator_id AND session.ended_at IS NULL
            AND session.expires_at > _now AND (session.game_id IS NULL OR session.game_id = game.id) AS session_fits
    INTO _is
    FROM wallet_player AS player
    LEFT JOIN wallet_account AS account
        ON account.player_id = player.id AND account.currency = _currency AND account.kind = 'player'
    LEFT JOIN wallet_account AS system
        ON system.casino_id = _casino_id AND system.operator_id = _operator_id AND system.kind = _side
        AND system.currency = _currency AND NOT system.kind = 'player'
    LEFT JOIN catalog_game AS game ON game.operator_id = _operator_id AND game.game_ref = _game_ref
    LEFT JOIN wallet_round AS round
        ON round.player_id = player.id AND round.operator_id = _operator_id AND round.round_ref = _round_ref
    LEFT JOIN wallet_transaction AS known
        ON known.owner_id = _operator_id AND known.reference = _reference AND known.source = 'platform'
    LEFT JOIN wallet_session AS session ON session.token_digest = _token_digest
    WHERE player.id = _player_id;

    balance := _is.balance;
    IF _is.known_id IS NOT NULL THEN
        outcome := CASE
            WHEN _is.known_kind = 'tombstone' THEN 'transaction_canceled'
            WHEN (_is.known_kind, _is.known_account_id, _is.known_amount, _is.known_round_id, _is.known_game_id)
                IS DISTINCT FROM (_kind, _is.account_id, _amount, _is.round_id, _is.game_id)
                THEN 'duplicate_transaction'
            WHEN EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _is.known_id) THEN 'transaction_canceled'
            ELSE 'replayed'
        END;
        RETURN;
    END IF;
    outcome := CASE
        WHEN _is.account_id IS NULL THEN 'invalid_currency'
        WHEN _kind <> 'bet' THEN 'applied'
        WHEN _is.session_fits IS NOT TRUE THEN 'invalid_token'
        WHEN _is.session_account_id <> _is.account_id THEN 'invalid_currency'
        WHEN _is.barred THEN 'player_blocked'
        WHEN _suspended OR NOT coalesce(_is.game_enabled, true) THEN 'game_disabled'
        WHEN _is.round_state <> 'open' AND _is.finished_by = 'platform'
            AND NOT wallet_is_pending(_operator_id, _user_id, _round_ref, _reference) THEN 'round_finished'
        WHEN _is.balance < _amount OR _is.balance < 0 THEN 'insufficient_funds'
        ELSE 'applied'
    END;
    IF outcome <> 'applied' THEN
        RETURN;
    END IF;

    _tags := array_remove(ARRAY[
        CASE WHEN _is.game_id IS NULL THEN 'unmapped_game' END,
        CASE WHEN _kind = 'bet' AND _promotional AND _amount > 0 THEN 'promotional_stake' END,
        CASE WHEN _kind = 'bet' AND _is.round_state <> 'open' THEN 'round_reopened' END,
        CASE WHEN _kind <> 'bet' AND _is.bet_count = 0 THEN 'without_bet' END,
        CASE WHEN _kind = 'win' AND _is.bet_count = 0 AND _amount >= _large_win THEN 'large_without_bet' END,
        CASE WHEN _kind <> 'bet' AND _is.round_state <> 'open' THEN 'round_finished' END,
        CASE WHEN _kind <> 'bet' AND _is.barred THEN 'player_blocked' END,
        CASE WHEN _kind = 'refund' AND _is.cancel_count > 0 THEN 'refund_after_cancel' END
    ], NULL);
    IF _is.game_id IS NULL THEN
        _is.game_id := catalog_add_unmapped_game(_operator_id, _game_ref);
    END IF;
    IF _is.system_id IS NULL THEN
        _is.system_id := wallet_open_system_account(_casino_id, _operator_id, _side, _currency);
    END IF;
    _state := CASE
        WHEN _round_finished OR _is.round_state = 'closing'
            THEN wallet_round_end_state(_operator_id, _user_id, _round_ref, _skip_closing, _reference)
        WHEN _kind = 'bet' THEN 'open'
        ELSE _is.round_state
    END;
    _round_id := wallet_count_in_round(
        _is.round_id, _operator_id, _player_id, _round_ref, _is.game_id, _currency, _kind, _amount, _state, _now
    );
    INSERT INTO wallet_transaction (
        source, owner_id, reference, kind, player_id, account_id, amount, round_id, game_id, created_at
    )
    VALUES (
        'platform', _operator_id, _reference, _kind, _player_id, _is.account_id, _amount, _round_id, _is.game_id, _now
    )
    ON CONFLICT (owner_id, reference, source) DO NOTHING
    RETURNING id INTO _transaction_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'transaction % was booked for another player meanwhile', _reference USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO wallet_ledgerrow (
        transaction_id, account_id, debit_id, credit_id, kind, amount, operator_id, round_id, game_id, created_at,
        platform_at, tags, context
    )
    VALUES (
        _transaction_id, _is.account_id,
        CASE WHEN _kind = 'bet' THEN _is.account_id ELSE _is.system_id END,
        CASE WHEN _kind = 'bet' THEN _is.system_id ELSE _is.account_id END,
        _kind, _amount, _operator_id, _round_id, _is.game_id, _now, _platform_at, nullif(_tags, '{}'), _context
    )
    RETURNING wallet_ledgerrow.balance INTO balance;
END;
$$;
