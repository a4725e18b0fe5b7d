-- Writes the staged games that are new, differ, come back, or were met in play before; our own switches and words stay.
CREATE OR REPLACE FUNCTION catalog_write_games(_operator_id bigint, _at timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM game.id
    FROM catalog_game AS game
    JOIN catalog_staged ON subject = 'game' AND ref = game.game_ref
    WHERE game.operator_id = _operator_id
    ORDER BY game.id
    FOR NO KEY UPDATE OF game;

    INSERT INTO catalog_game (
        operator_id, game_ref, enabled, first_seen_at, title, vendor_id, game_type, subtype, platform,
        platform_enabled, fun_mode, campaigns, free_rounds, rtp, created_date, description, thumbnails, raw, digest,
        listing
    )
    SELECT _operator_id, ref, true, _at, facts ->> 'title',
        (SELECT id FROM catalog_vendor WHERE operator_id = _operator_id AND vendor_ref = facts ->> 'vendor'),
        facts ->> 'game_type', facts ->> 'subtype', facts ->> 'platform', (facts -> 'platform_enabled')::boolean,
        (facts -> 'fun_mode')::boolean, (facts -> 'campaigns')::boolean, (facts -> 'free_rounds')::boolean,
        (facts ->> 'rtp')::numeric, (facts ->> 'created_date')::date, facts -> 'description', facts -> 'thumbnails',
        raw, digest, 'listed'
    FROM catalog_staged
    WHERE subject = 'game' AND facts IS NOT NULL
    ON CONFLICT (operator_id, game_ref) DO UPDATE
    SET title = excluded.title,
        vendor_id = excluded.vendor_id,
        game_type = excluded.game_type,
        subtype = excluded.subtype,
        platform = excluded.platform,
        platform_enabled = excluded.platform_enabled,
        fun_mode = excluded.fun_mode,
        campaigns = excluded.campaigns,
        free_rounds = excluded.free_rounds,
        rtp = excluded.rtp,
        created_date = excluded.created_date,
        description = excluded.description,
        thumbnails = excluded.thumbnails,
        raw = excluded.raw,
        digest = excluded.digest,
        listing = 'listed',
        gone_at = NULL;
END;
$$;
