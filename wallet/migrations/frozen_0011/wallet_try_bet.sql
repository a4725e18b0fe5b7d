-- Says what would become of a bet placed in a session of its own now; both are undone before it answers.
CREATE OR REPLACE FUNCTION wallet_try_bet(
    _operator_id bigint, _casino_id bigint, _suspended boolean, _player_id bigint, _user_id text, _account_id bigint,
    _currency text, _game_id bigint, _game_ref text, _amount numeric, _now timestamptz, OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
    -- A token, a reference and a round that nobody else has.
    _name text := 'trial-' || gen_random_uuid();
BEGIN
    INSERT INTO wallet_session (
        token_digest, player_id, account_id, operator_id, game_id, lobby_ref, mode, device, language, ip, created_at,
        expires_at, ended_by
    )
    VALUES (
        sha256(_name::bytea), _player_id, _account_id, _operator_id, _game_id, '', 'real', '', '', '0.0.0.0', _now,
        _now + interval '1 minute', ''
    );
    SELECT posted.outcome INTO outcome
    FROM wallet_change_balance(
        _operator_id, _casino_id, _suspended, false, 'bet', _user_id, sha256(_name::bytea), _name, _name, false,
        _game_ref, _currency, _amount, false, 0, NULL, NULL, _now
    ) AS posted;
    RAISE EXCEPTION 'undone' USING ERRCODE = 'WA003';
EXCEPTION
    -- What was found out stays, what was written does not.
    WHEN SQLSTATE 'WA003' THEN NULL;
END;
$$;
