-- Answers a balance to a live session: token, then player, then currency, then block.
CREATE OR REPLACE FUNCTION wallet_get_balance(
    _operator_id bigint, _casino_id bigint, _token_digest bytea, _user_id text, _currency text, _now timestamptz,
    OUT outcome text, OUT balance numeric
)
LANGUAGE sql
STABLE
AS $$
SELECT CASE
        WHEN session.id IS NULL THEN 'invalid_token'
        WHEN player.id IS NULL THEN 'unknown_player'
        WHEN session.player_id <> player.id THEN 'invalid_token'
        WHEN account.id IS NULL OR session.account_id <> account.id THEN 'invalid_currency'
        WHEN player.blocked_at IS NOT NULL OR player.excluded_until > _now THEN 'player_blocked'
        ELSE 'found'
    END,
    account.balance
FROM (SELECT) AS asked
LEFT JOIN wallet_session AS session
    ON session.token_digest = _token_digest AND session.operator_id = _operator_id AND session.ended_at IS NULL
    AND session.expires_at > _now
LEFT JOIN wallet_player AS player ON player.casino_id = _casino_id AND player.user_id = _user_id
LEFT JOIN wallet_account AS account
    ON account.player_id = player.id AND account.currency = _currency AND account.kind = 'player';
$$;
