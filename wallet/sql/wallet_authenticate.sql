-- Answers whose session a token opens and what the account holds, if the launch is still allowed.
CREATE OR REPLACE FUNCTION wallet_authenticate(
    _operator_id bigint, _active boolean, _token_digest bytea, _now timestamptz, OUT outcome text, OUT user_id text,
    OUT user_name text, OUT display_name text, OUT country text, OUT player_group text, OUT currency text,
    OUT balance numeric
)
LANGUAGE sql
STABLE
AS $$
SELECT CASE
        WHEN session.ended_at IS NOT NULL OR session.expires_at <= _now THEN 'invalid_token'
        WHEN NOT _active OR player.blocked_at IS NOT NULL OR player.excluded_until > _now OR NOT game.enabled
            THEN 'launch_not_allowed'
        ELSE 'authenticated'
    END,
    player.user_id, player.user_name, player.display_name, player.country, player."group", account.currency,
    account.balance
FROM wallet_session AS session
JOIN wallet_player AS player ON player.id = session.player_id
JOIN wallet_account AS account ON account.id = session.account_id
LEFT JOIN catalog_game AS game ON game.id = session.game_id
WHERE session.token_digest = _token_digest AND session.operator_id = _operator_id
UNION ALL
SELECT 'invalid_token', NULL, NULL, NULL, NULL, NULL, NULL, NULL
LIMIT 1;
$$;
