-- More than a page of what else a list can be asked for: payments out, launches, and players who may not play.
SELECT wallet_move_cash(%(casino)s, 'withdrawal', %(player)s, 'out-' || number, 'EUR', 1, '{}', now() - interval '1 hour')
FROM generate_series(1, %(each)s) AS number;

INSERT INTO wallet_session (
    token_digest, player_id, account_id, operator_id, game_id, lobby_ref, mode, device, language, ip, created_at,
    expires_at, ended_by
)
SELECT sha256(convert_to('regular' || number || player.user_id, 'UTF8')), player.id, account.id, game.operator_id, game.id,
    '', 'real', 'desktop', 'en', '127.0.0.1', now(), now() + interval '1 day', ''
FROM wallet_player AS player
JOIN wallet_account AS account ON account.player_id = player.id AND account.currency = 'EUR'
JOIN catalog_game AS game ON game.operator_id = %(operator)s AND game.game_ref = '7'
CROSS JOIN generate_series(1, %(each)s) AS number
WHERE player.casino_id = %(casino)s AND player.user_id IN (%(player)s, 'guest0');

UPDATE wallet_player
SET blocked_at = now(), blocked_reason = 'Made up', blocked_by = 'benchmark'
WHERE id IN (
    SELECT id FROM wallet_player WHERE casino_id = %(casino)s AND user_id LIKE 'guest%%' ORDER BY id DESC LIMIT %(each)s
);

UPDATE wallet_player
SET excluded_until = now() + interval '1 year'
WHERE id IN (
    SELECT id
    FROM wallet_player
    WHERE casino_id = %(casino)s AND user_id LIKE 'guest%%' AND blocked_at IS NULL
        AND excluded_until IS NULL
    ORDER BY id DESC
    LIMIT %(each)s
);
