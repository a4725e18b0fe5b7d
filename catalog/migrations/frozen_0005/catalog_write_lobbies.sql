-- Writes the staged lobbies that are new, differ, or come back.
CREATE OR REPLACE FUNCTION catalog_write_lobbies(_operator_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM lobby.id
    FROM catalog_lobby AS lobby
    JOIN catalog_staged ON subject = 'lobby' AND ref = lobby.lobby_ref
    WHERE lobby.operator_id = _operator_id
    ORDER BY lobby.id
    FOR NO KEY UPDATE OF lobby;

    INSERT INTO catalog_lobby (operator_id, lobby_ref, enabled, vendor_id, thumbnails, listing)
    SELECT _operator_id, ref, true,
        (SELECT id FROM catalog_vendor WHERE operator_id = _operator_id AND vendor_ref = facts ->> 'vendor'),
        facts -> 'thumbnails', 'listed'
    FROM catalog_staged
    WHERE subject = 'lobby' AND facts IS NOT NULL
    ON CONFLICT (operator_id, lobby_ref) DO UPDATE
    SET vendor_id = excluded.vendor_id,
        thumbnails = excluded.thumbnails,
        listing = 'listed',
        gone_at = NULL;
END;
$$;
