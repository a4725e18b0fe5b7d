-- What the role may do that the wallet, the back office, the workers and beat connect as: it owns nothing. Applied after
-- every migration; {role} is the role. Never granted: TRUNCATE, TRIGGER, REFERENCES, MAINTAIN, and making anything.
GRANT USAGE ON SCHEMA public TO {role};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
DO $$
DECLARE
    -- Only functions write these, or only the owner does.
    _read text[] := ARRAY[
        'wallet_transaction', 'wallet_round', 'wallet_ledgerarchive', 'wallet_archivedrun', 'wallet_archivedsum',
        'wallet_archivedside', 'wallet_limituse', 'django_migrations'
    ];
    -- What is written down stays. A player's account is opened by the application, empty: a trigger sees to that.
    _added text[] := ARRAY[
        'wallet_account', 'wallet_ledgerverification', 'wallet_ledgerdigest', 'wallet_roundclosing', 'wallet_roundnote',
        'wallet_playernote', 'wallet_exclusion', 'wallet_limitchange', 'operators_auditentry'
    ];
    _kept text[] := ARRAY[
        'wallet_player', 'wallet_approvalrequest', 'wallet_limitrefusal', 'operators_casino', 'operators_operator',
        'operators_settingsversion', 'geoblock_georules', 'catalog_game'
    ];
    _table regclass;
BEGIN
    FOR _table IN SELECT relid FROM pg_partition_tree('wallet_ledgerrow') LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM {role}', _table);
    END LOOP;
    FOR _table IN SELECT to_regclass(name) FROM unnest(_read || _added) AS name WHERE to_regclass(name) IS NOT NULL LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM {role}', _table);
    END LOOP;
    FOR _table IN SELECT to_regclass(name) FROM unnest(_read) AS name WHERE to_regclass(name) IS NOT NULL LOOP
        EXECUTE format('REVOKE INSERT ON %s FROM {role}', _table);
    END LOOP;
    FOR _table IN SELECT to_regclass(name) FROM unnest(_kept) AS name WHERE to_regclass(name) IS NOT NULL LOOP
        EXECUTE format('REVOKE DELETE ON %s FROM {role}', _table);
    END LOOP;
END;
$$;
-- Beat's end of a round that nobody else ends.
GRANT UPDATE (state, finished_at, finished_by, end_asked_at) ON wallet_round TO {role};
-- Partitions are made while all is running; other new tables get the rest after their migration.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {role};
