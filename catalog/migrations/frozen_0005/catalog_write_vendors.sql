-- Writes the staged vendors that are new, differ, or come back.
CREATE OR REPLACE FUNCTION catalog_write_vendors(_operator_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM vendor.id
    FROM catalog_vendor AS vendor
    JOIN catalog_staged ON subject = 'vendor' AND ref = vendor.vendor_ref
    WHERE vendor.operator_id = _operator_id
    ORDER BY vendor.id
    FOR NO KEY UPDATE OF vendor;

    INSERT INTO catalog_vendor (
        operator_id, vendor_ref, enabled, title, platform_enabled, online, logo_url, restricted_countries,
        prohibited_countries, categories, listing
    )
    SELECT _operator_id, ref, true, listed.title, listed.platform_enabled, listed.online, listed.logo_url,
        listed.restricted_countries, listed.prohibited_countries, listed.categories, 'listed'
    FROM catalog_staged
    CROSS JOIN LATERAL jsonb_populate_record(NULL::catalog_vendor, facts) AS listed
    WHERE subject = 'vendor' AND facts IS NOT NULL
    ON CONFLICT (operator_id, vendor_ref) DO UPDATE
    SET title = excluded.title,
        platform_enabled = excluded.platform_enabled,
        online = excluded.online,
        logo_url = excluded.logo_url,
        restricted_countries = excluded.restricted_countries,
        prohibited_countries = excluded.prohibited_countries,
        categories = excluded.categories,
        listing = 'listed',
        gone_at = NULL;
END;
$$;
