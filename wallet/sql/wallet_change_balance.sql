-- Takes a stake, or credits a win or a refund, once for each operator and reference; a retry gets the same answer.
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
    _barred boolean;
    _account_id bigint;
    _limited boolean;
    _sitting_until timestamptz;
    _game_id bigint;
    _game_enabled boolean;
    _round wallet_round;
    _unmapped boolean := false;
    _is_new boolean;
    _state text := 'open';
    _bet integer := CASE WHEN _kind = 'bet' THEN 1 ELSE 0 END;
    _session_account_id bigint;
    _system_id bigint;
    _side text := CASE WHEN _promotional THEN 'promotions' ELSE 'house' END;
    _transaction_id bigint;
    _tags text[];
BEGIN
    SELECT id INTO _player_id FROM wallet_player WHERE casino_id = _casino_id AND user_id = _user_id;
    IF NOT FOUND THEN
        outcome := 'unknown_player';
        RETURN;
    END IF;
    -- One at a time for each player. What follows sees all that the holder before us committed.
    PERFORM pg_advisory_xact_lock(_player_id);
    SELECT account.id, account.balance, account.limited,
        player.blocked_at IS NOT NULL OR coalesce(player.excluded_until > _now, false)
    INTO _account_id, balance, _limited, _barred
    FROM wallet_account AS account JOIN wallet_player AS player ON player.id = account.player_id
    WHERE account.player_id = _player_id AND account.currency = _currency AND account.kind = 'player';
    SELECT id, enabled INTO _game_id, _game_enabled
    FROM catalog_game
    WHERE operator_id = _operator_id AND game_ref = _game_ref;
    SELECT id, state, finished_by, end_asked_at, bet_count, cancel_count
    INTO _round.id, _round.state, _round.finished_by, _round.end_asked_at, _round.bet_count, _round.cancel_count
    FROM wallet_round
    WHERE player_id = _player_id AND operator_id = _operator_id AND round_ref = _round_ref;
    IF _account_id IS NULL THEN
        outcome := 'invalid_currency';
    ELSIF _kind = 'bet' THEN
        IF _limited THEN
            -- By a clock that lags behind, too, it belongs to the day that it is weighed in.
            SELECT greatest(_now, max(started_at)) INTO _now FROM wallet_limituse WHERE account_id = _account_id;
        END IF;
        SELECT account_id, sitting_until INTO _session_account_id, _sitting_until
        FROM wallet_session
        WHERE token_digest = _token_digest AND player_id = _player_id AND operator_id = _operator_id
            AND ended_at IS NULL AND expires_at > _now AND (game_id IS NULL OR game_id = _game_id);
        outcome := CASE
            WHEN _session_account_id IS NULL THEN 'invalid_token'
            WHEN _session_account_id <> _account_id THEN 'invalid_currency'
            WHEN _barred THEN 'player_blocked'
            WHEN _suspended OR NOT coalesce(_game_enabled, true) THEN 'game_disabled'
            WHEN _sitting_until <= _now
                OR (_limited AND wallet_passes_limit(_player_id, _account_id, _currency, _kind, _amount, _now))
                THEN 'limit_reached'
            WHEN (_round.finished_by = 'platform' OR _round.end_asked_at IS NOT NULL)
                AND NOT wallet_is_pending(_operator_id, _user_id, _round_ref, _reference) THEN 'round_finished'
            WHEN balance < _amount THEN 'insufficient_funds'
        END;
    END IF;
    -- A retry gets its answer whatever would be refused now, and leaves no trace.
    IF outcome IS NOT NULL OR _game_id IS NULL THEN
        outcome := coalesce(
            wallet_answer_retry(_operator_id, _reference, _kind, _account_id, _amount, _round.id, _game_id), outcome
        );
        IF outcome IN ('limit_reached', 'player_blocked') THEN
            PERFORM wallet_note_refused_bet(
                outcome, _player_id, _account_id, _operator_id, _currency, _reference, _amount, _token_digest, _now
            );
        END IF;
        IF outcome IS NOT NULL THEN
            RETURN;
        END IF;
        _game_id := catalog_add_unmapped_game(_operator_id, _game_ref);
        _unmapped := true;
    END IF;

    IF _kind <> 'bet' OR _promotional OR _unmapped OR _round.state <> 'open' THEN
        _tags := wallet_tags(
            _kind, _amount, _promotional, _large_win, _barred, _unmapped, _round.state,
            _round.finished_by, _round.bet_count, _round.cancel_count
        );
    END IF;
    _is_new := _round.id IS NULL;
    IF _is_new THEN
        _round.id := nextval('wallet_round_id_seq');
    END IF;
    -- Nothing is written before this, so that there is nothing to undo where the reference is taken.
    INSERT INTO wallet_transaction (
        source, owner_id, reference, kind, player_id, account_id, amount, round_id, game_id, created_at
    )
    VALUES (
        'platform', _operator_id, _reference, _kind, _player_id, _account_id, _amount, _round.id, _game_id, _now
    )
    ON CONFLICT (owner_id, reference, source) DO NOTHING
    RETURNING id INTO _transaction_id;
    IF NOT FOUND THEN
        outcome := wallet_answer_retry(_operator_id, _reference, _kind, _account_id, _amount, _round.id, _game_id);
        RETURN;
    END IF;
    SELECT id INTO _system_id
    FROM wallet_account
    WHERE casino_id = _casino_id AND operator_id = _operator_id AND kind = _side AND currency = _currency
        AND NOT kind = 'player';
    IF NOT FOUND THEN
        _system_id := wallet_open_system_account(_casino_id, _operator_id, _side, _currency);
    END IF;
    IF _round_finished OR _round.state = 'closing' OR _round.end_asked_at IS NOT NULL THEN
        _state := wallet_round_end_state(_operator_id, _user_id, _round_ref, _skip_closing, _reference);
        -- What the platform has ended stays ended, whatever is in doubt since.
        IF _state = 'open' AND _round.finished_by = 'platform' THEN
            _state := _round.state;
        END IF;
    ELSIF NOT _is_new AND (_kind <> 'bet' OR _round.finished_by = 'platform') THEN
        _state := _round.state;
    END IF;
    IF _is_new THEN
        INSERT INTO wallet_round (
            id, operator_id, player_id, round_ref, game_id, currency, state, opened_at, finished_at, finished_by,
            end_asked_at, bet_count, win_count, cancel_count, bet_sum, win_sum
        )
        VALUES (
            _round.id, _operator_id, _player_id, _round_ref, _game_id, _currency, _state, _now,
            CASE WHEN _state <> 'open' THEN _now END, CASE WHEN _state <> 'open' THEN 'platform' ELSE '' END,
            CASE WHEN _state = 'open' AND _round_finished THEN _now END,
            _bet, 1 - _bet, 0, _bet * _amount, (1 - _bet) * _amount
        );
    ELSE
        UPDATE wallet_round
        SET bet_count = bet_count + _bet,
            win_count = win_count + 1 - _bet,
            bet_sum = bet_sum + _bet * _amount,
            win_sum = win_sum + (1 - _bet) * _amount,
            state = _state,
            finished_at = CASE WHEN _state <> 'open' THEN coalesce(finished_at, end_asked_at, _now) END,
            end_asked_at = CASE
                WHEN _state = 'open' AND (_round_finished OR end_asked_at IS NOT NULL) THEN coalesce(end_asked_at, _now)
            END,
            finished_by = CASE
                WHEN _state = 'open' THEN '' WHEN finished_by = '' OR _round_finished THEN 'platform' ELSE finished_by
            END
        WHERE id = _round.id;
    END IF;
    INSERT INTO wallet_ledgerrow (
        transaction_id, account_id, debit_id, credit_id, kind, amount, operator_id, round_id, game_id, created_at,
        platform_at, tags, context
    )
    VALUES (
        _transaction_id, _account_id,
        CASE WHEN _kind = 'bet' THEN _account_id ELSE _system_id END,
        CASE WHEN _kind = 'bet' THEN _system_id ELSE _account_id END,
        _kind, _amount, _operator_id, _round.id, _game_id, _now, _platform_at, _tags, _context
    )
    RETURNING wallet_ledgerrow.balance INTO balance;
    outcome := 'applied';
END;
$$;
