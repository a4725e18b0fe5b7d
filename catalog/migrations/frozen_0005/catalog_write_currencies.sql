-- Writes the staged currencies of an operator that are new, differ, or come back; the registry has them already.
CREATE OR REPLACE FUNCTION catalog_write_currencies(_operator_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM offer.id
    FROM catalog_operatorcurrency AS offer
    JOIN catalog_staged ON subject = 'currency' AND ref = offer.currency_id
    WHERE offer.operator_id = _operator_id
    ORDER BY offer.id
    FOR NO KEY UPDATE OF offer;

    INSERT INTO catalog_operatorcurrency (operator_id, currency_id, enabled, multiplier, listing)
    SELECT _operator_id, ref, true, (facts ->> 'multiplier')::numeric, 'listed'
    FROM catalog_staged
    WHERE subject = 'currency' AND facts IS NOT NULL
    ON CONFLICT (operator_id, currency_id) DO UPDATE
    SET multiplier = excluded.multiplier,
        listing = 'listed',
        gone_at = NULL;
END;
$$;
