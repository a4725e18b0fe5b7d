CREATE TABLE IF NOT EXISTS setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS player (
    username TEXT PRIMARY KEY,
    player_id TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS balance (
    username TEXT NOT NULL REFERENCES player,
    currency TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (username, currency)
) STRICT;

CREATE TABLE IF NOT EXISTS agent_wallet (
    currency TEXT PRIMARY KEY,
    amount TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS bet_limit (
    username TEXT NOT NULL REFERENCES player,
    currency TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    category TEXT NOT NULL,
    limit_id TEXT NOT NULL,
    PRIMARY KEY (username, currency, provider_id, category, limit_id)
) STRICT;

CREATE TABLE IF NOT EXISTS launch (
    token TEXT PRIMARY KEY,
    username TEXT NOT NULL REFERENCES player,
    game_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    language TEXT NOT NULL,
    lobby_url TEXT NOT NULL,
    cashier_url TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS round (
    round_id TEXT PRIMARY KEY,
    page_key TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL REFERENCES player,
    game_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    provider_tx_id TEXT NOT NULL,
    is_free INTEGER NOT NULL,
    log TEXT NOT NULL,
    played_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS movement (
    number INTEGER PRIMARY KEY,
    history_id TEXT NOT NULL UNIQUE,
    wallet_tx_id TEXT NOT NULL UNIQUE,
    round_id TEXT NOT NULL REFERENCES round,
    kind TEXT NOT NULL CHECK (kind IN ('Bet', 'Settle')),
    amount TEXT NOT NULL,
    balance_before TEXT NOT NULL,
    balance_after TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS gift (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('round', 'chip')),
    bonus_code TEXT NOT NULL UNIQUE,
    game_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    rounds INTEGER NOT NULL,
    stake TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    code TEXT NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    canceled_at INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS gift_player (
    gift_id TEXT NOT NULL REFERENCES gift,
    username TEXT NOT NULL REFERENCES player,
    remaining INTEGER NOT NULL CHECK (remaining >= 0),
    won TEXT NOT NULL DEFAULT '0',
    PRIMARY KEY (gift_id, username)
) STRICT;

CREATE INDEX IF NOT EXISTS round_played ON round (username, played_at);
CREATE INDEX IF NOT EXISTS movement_round ON movement (round_id)
