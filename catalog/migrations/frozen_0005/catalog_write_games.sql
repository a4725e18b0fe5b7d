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
    SELECT _operator_id, ref, true, _at, listed.title, vendor.id, listed.game_type, listed.subtype, listed.platform,
        listed.platform_enabled, listed.fun_mode, listed.campaigns, listed.free_rounds, listed.rtp,
        listed.created_date, listed.description, listed.thumbnails, staged.raw, staged.digest, 'listed'
    FROM catalog_staged AS staged
    CROSS JOIN LATERAL jsonb_populate_record(NULL::catalog_game, facts) AS listed
    LEFT JOIN catalog_vendor AS vendor
        ON vendor.operator_id = _operator_id AND vendor.vendor_ref = facts ->> 'vendor'
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
