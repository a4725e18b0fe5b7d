-- Marks what is staged without facts as gone from the platform's lists since a moment.
CREATE OR REPLACE FUNCTION catalog_mark_gone(_operator_id bigint, _at timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE catalog_vendor
    SET listing = 'gone', gone_at = _at
    FROM catalog_staged
    WHERE subject = 'vendor' AND facts IS NULL
        AND catalog_vendor.operator_id = _operator_id AND vendor_ref = ref AND listing = 'listed';

    UPDATE catalog_game
    SET listing = 'gone', gone_at = _at
    FROM catalog_staged
    WHERE subject = 'game' AND facts IS NULL
        AND catalog_game.operator_id = _operator_id AND game_ref = ref AND listing = 'listed';

    UPDATE catalog_lobby
    SET listing = 'gone', gone_at = _at
    FROM catalog_staged
    WHERE subject = 'lobby' AND facts IS NULL
        AND catalog_lobby.operator_id = _operator_id AND lobby_ref = ref AND listing = 'listed';

    UPDATE catalog_operatorcurrency
    SET listing = 'gone', gone_at = _at
    FROM catalog_staged
    WHERE subject = 'currency' AND facts IS NULL
        AND catalog_operatorcurrency.operator_id = _operator_id AND currency_id = ref AND listing = 'listed';

    UPDATE catalog_gameconfiguration AS configuration
    SET listing = 'gone', gone_at = _at
    FROM catalog_staged, catalog_game AS game
    WHERE subject = 'configuration' AND facts IS NULL
        AND game.id = configuration.game_id AND game.operator_id = _operator_id
        AND ref = game.game_ref || ' ' || configuration.currency_id AND configuration.listing = 'listed';
END;
$$;
