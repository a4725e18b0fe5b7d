-- Of the made-up players, evenly through all of them: player1, player2, ..., each with a million EUR and a session.
CREATE TEMPORARY TABLE active ON COMMIT DROP AS
SELECT id, 'player' || row_number() OVER (ORDER BY id) AS name, row_number() OVER (ORDER BY id) AS number
FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS players
    FROM wallet_player
    WHERE casino_id = %(casino)s AND blocked_at IS NULL AND excluded_until IS NULL
) AS player
WHERE place * %(players)s / players > (place - 1) * %(players)s / players
ORDER BY id;

UPDATE wallet_player AS player SET user_id = active.name FROM active WHERE player.id = active.id;

INSERT INTO wallet_account (casino_id, kind, player_id, currency, balance, last_number, head_hash)
SELECT %(casino)s, 'player', id, 'EUR', 0, 0, decode(repeat('00', 32), 'hex') FROM active
ON CONFLICT DO NOTHING;

-- Not now: what the first page sums live would be another part of it in each database.
SELECT wallet_move_cash(%(casino)s, 'deposit', name, 'bench-' || id, 'EUR', 1000000, '{}', now() - interval '1 hour')
FROM active;

INSERT INTO wallet_session (
    token_digest, player_id, account_id, operator_id, game_id, lobby_ref, mode, device, language, ip, created_at,
    expires_at, ended_by
)
SELECT sha256(convert_to('bench' || lpad(active.number::text, 27, '0'), 'UTF8')), active.id, account.id,
    game.operator_id, game.id, '', 'real', 'desktop', 'en', '127.0.0.1', now(), now() + interval '1 day', ''
FROM active
JOIN wallet_account AS account ON account.player_id = active.id AND account.currency = 'EUR'
JOIN catalog_game AS game
    ON game.operator_id = %(operator)s AND game.game_ref = (active.number %% %(games)s + 1)::text;
