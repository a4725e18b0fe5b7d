-- Answers whose session a token opens and what the account holds, if the launch is still allowed; and what judges its place.
CREATE OR REPLACE FUNCTION wallet_authenticate(
    _operator_id bigint, _active boolean, _token_digest bytea, _now timestamptz, OUT outcome text, OUT user_id text,
    OUT user_name text, OUT display_name text, OUT country text, OUT player_group text, OUT currency text,
    OUT balance numeric, OUT address text, OUT opened text, OUT prohibited_countries text[],
    OUT restricted_countries text[], OUT rules_id bigint, OUT global_rules_id bigint
)
LANGUAGE sql
STABLE
AS $$
SELECT CASE
        WHEN session.ended_at IS NOT NULL OR session.expires_at <= _now THEN 'invalid_token'
        WHEN NOT _active OR player.blocked_at IS NOT NULL OR player.excluded_until > _now OR NOT game.enabled
            OR session.sitting_until <= _now THEN 'launch_not_allowed'
        ELSE 'authenticated'
    END,
    player.user_id, player.user_name, player.display_name, player.country, player."group", account.currency,
    account.balance, host(session.ip), coalesce(game.game_ref, session.lobby_ref), vendor.prohibited_countries,
    vendor.restricted_countries, rules.id, global_rules.id
FROM wallet_session AS session
JOIN wallet_player AS player ON player.id = session.player_id
JOIN wallet_account AS account ON account.id = session.account_id
LEFT JOIN catalog_game AS game ON game.id = session.game_id
LEFT JOIN catalog_lobby AS lobby ON lobby.operator_id = session.operator_id AND lobby.lobby_ref = session.lobby_ref
LEFT JOIN catalog_vendor AS vendor ON vendor.id = coalesce(game.vendor_id, lobby.vendor_id)
LEFT JOIN geoblock_georules AS rules ON rules.operator_id = session.operator_id AND rules.state = 'in_force'
LEFT JOIN geoblock_georules AS global_rules
    ON global_rules.operator_id IS NULL AND global_rules.state = 'in_force'
WHERE session.token_digest = _token_digest AND session.operator_id = _operator_id
UNION ALL
SELECT 'invalid_token', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
LIMIT 1;
$$;
