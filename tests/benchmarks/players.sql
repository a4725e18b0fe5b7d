-- Players player1, player2, ... with a million EUR each, and a session at a game for each of them.
INSERT INTO wallet_player (casino_id, user_id, user_name, display_name, country, "group", blocked_reason, blocked_by)
SELECT %(casino)s, 'player' || number, 'Player ' || number, '', 'DE', '', '', ''
FROM generate_series(1, %(players)s) AS number;

INSERT INTO wallet_account (casino_id, kind, player_id, currency, balance, last_number, head_hash)
SELECT casino_id, 'player', id, 'EUR', 0, 0, decode(repeat('00', 32), 'hex') FROM wallet_player;

SELECT wallet_move_cash(%(casino)s, 'deposit', user_id, 'bench-' || id, 'EUR', 1000000, '{}', now())
FROM wallet_player;

INSERT INTO wallet_session (
    token_digest, player_id, account_id, operator_id, game_id, lobby_ref, mode, device, language, ip, created_at,
    expires_at, ended_by
)
SELECT sha256(convert_to('bench' || lpad(number::text, 27, '0'), 'UTF8')), player.id, account.id, game.operator_id,
    game.id, '', 'real', 'desktop', 'en', '127.0.0.1', now(), now() + interval '1 day', ''
FROM generate_series(1, %(players)s) AS number
JOIN wallet_player AS player ON player.user_id = 'player' || number
JOIN wallet_account AS account ON account.player_id = player.id
JOIN catalog_game AS game ON game.operator_id = %(operator)s AND game.game_ref = (number %% %(games)s + 1)::text;
