-- Puts a game that was met in play but never listed on the catalogue, for content staff to see; answers its id.
CREATE OR REPLACE FUNCTION catalog_add_unmapped_game(_operator_id bigint, _game_ref text)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    _id bigint;
BEGIN
    INSERT INTO catalog_game (
        operator_id, game_ref, title, game_type, subtype, platform, enabled, platform_enabled, fun_mode, campaigns,
        description, thumbnails, listing
    )
    VALUES (_operator_id, _game_ref, '', '', '', '', true, true, false, false, '{}', '{}', 'unmapped')
    ON CONFLICT (operator_id, game_ref) DO NOTHING;
    SELECT id INTO STRICT _id FROM catalog_game WHERE operator_id = _operator_id AND game_ref = _game_ref;
    RETURN _id;
END;
$$;
