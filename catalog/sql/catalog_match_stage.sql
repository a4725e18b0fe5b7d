-- Puts beside each staged row where it stands in the catalogue and its facts there; drops the rows that are as they were.
CREATE OR REPLACE FUNCTION catalog_match_stage(_operator_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE catalog_staged
    SET stood = vendor.listing,
        title = coalesce(catalog_staged.title, vendor.title),
        before = jsonb_build_object(
            'title', vendor.title,
            'platform_enabled', vendor.platform_enabled,
            'online', vendor.online,
            'logo_url', vendor.logo_url,
            'restricted_countries', vendor.restricted_countries,
            'prohibited_countries', vendor.prohibited_countries,
            'categories', vendor.categories
        )
    FROM catalog_vendor AS vendor
    WHERE subject = 'vendor' AND vendor.operator_id = _operator_id AND vendor.vendor_ref = ref;

    UPDATE catalog_staged
    SET stood = game.listing,
        title = coalesce(catalog_staged.title, game.title),
        before = jsonb_build_object(
            'title', game.title,
            'vendor', coalesce(vendor.vendor_ref, ''),
            'game_type', game.game_type,
            'subtype', game.subtype,
            'platform', game.platform,
            'platform_enabled', game.platform_enabled,
            'fun_mode', game.fun_mode,
            'campaigns', game.campaigns,
            'free_rounds', game.free_rounds,
            'rtp', game.rtp,
            'created_date', game.created_date,
            'description', game.description,
            'thumbnails', game.thumbnails
        )
    FROM catalog_game AS game
    LEFT JOIN catalog_vendor AS vendor ON vendor.id = game.vendor_id
    WHERE subject = 'game' AND game.operator_id = _operator_id AND game.game_ref = ref;

    UPDATE catalog_staged
    SET stood = lobby.listing,
        title = coalesce(catalog_staged.title, ''),
        before = jsonb_build_object('vendor', coalesce(vendor.vendor_ref, ''), 'thumbnails', lobby.thumbnails)
    FROM catalog_lobby AS lobby
    LEFT JOIN catalog_vendor AS vendor ON vendor.id = lobby.vendor_id
    WHERE subject = 'lobby' AND lobby.operator_id = _operator_id AND lobby.lobby_ref = ref;

    UPDATE catalog_staged
    SET stood = offer.listing,
        title = currency.name,
        before = jsonb_build_object('multiplier', offer.multiplier)
    FROM catalog_operatorcurrency AS offer
    JOIN catalog_currency AS currency ON currency.code = offer.currency_id
    WHERE subject = 'currency' AND offer.operator_id = _operator_id AND offer.currency_id = ref;

    UPDATE catalog_staged
    SET stood = configuration.listing,
        title = coalesce(catalog_staged.title, game.title),
        before = jsonb_build_object(
            'game', game.game_ref,
            'currency', configuration.currency_id,
            'stakes', configuration.stakes,
            'currency_multiplier', configuration.currency_multiplier,
            'expected_rtp', configuration.expected_rtp,
            'one_hundred_x_odds', configuration.one_hundred_x_odds,
            'max_win_odds', configuration.max_win_odds,
            'max_payout', configuration.max_payout,
            'max_payout_odds', configuration.max_payout_odds,
            'max_exposure', configuration.max_exposure,
            'calculated_max_exposure', configuration.calculated_max_exposure
        )
    FROM catalog_gameconfiguration AS configuration
    JOIN catalog_game AS game ON game.id = configuration.game_id
    WHERE subject = 'configuration'
        AND game.operator_id = _operator_id
        AND ref = game.game_ref || ' ' || configuration.currency_id;

    -- A game whose text is another though its facts are the same stays: the text is kept with it.
    DELETE FROM catalog_staged WHERE stood = 'listed' AND before = facts AND digest IS NULL;
END;
$$;
