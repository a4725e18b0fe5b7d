-- Writes the staged game configurations that are new, differ, or come back.
CREATE OR REPLACE FUNCTION catalog_write_configurations(_operator_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO catalog_gameconfiguration (
        game_id, currency_id, stakes, currency_multiplier, expected_rtp, one_hundred_x_odds, max_win_odds, max_payout,
        max_payout_odds, max_exposure, calculated_max_exposure, raw, listing
    )
    SELECT game.id, facts ->> 'currency', listed.stakes, listed.currency_multiplier, listed.expected_rtp,
        listed.one_hundred_x_odds, listed.max_win_odds, listed.max_payout, listed.max_payout_odds,
        listed.max_exposure, listed.calculated_max_exposure, staged.raw, 'listed'
    FROM catalog_staged AS staged
    CROSS JOIN LATERAL jsonb_populate_record(NULL::catalog_gameconfiguration, facts) AS listed
    JOIN catalog_game AS game ON game.operator_id = _operator_id AND game.game_ref = facts ->> 'game'
    WHERE subject = 'configuration' AND facts IS NOT NULL
    ON CONFLICT (game_id, currency_id) DO UPDATE
    SET stakes = excluded.stakes,
        currency_multiplier = excluded.currency_multiplier,
        expected_rtp = excluded.expected_rtp,
        one_hundred_x_odds = excluded.one_hundred_x_odds,
        max_win_odds = excluded.max_win_odds,
        max_payout = excluded.max_payout,
        max_payout_odds = excluded.max_payout_odds,
        max_exposure = excluded.max_exposure,
        calculated_max_exposure = excluded.calculated_max_exposure,
        raw = excluded.raw,
        listing = 'listed',
        gone_at = NULL;
END;
$$;
