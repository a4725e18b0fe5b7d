-- Writes what differs as the history of a run: a row for each kind of change, so that each kind finds it.
CREATE OR REPLACE FUNCTION catalog_write_changes(_operator_id bigint, _run_id bigint, _at timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO catalog_change (run_id, operator_id, at, subject, ref, title, kind, before, after)
    SELECT _run_id, _operator_id, _at, subject, ref, coalesce(title, ''),
        CASE
            WHEN facts IS NULL THEN 'gone'
            WHEN stood = 'gone' THEN 'back'
            WHEN stood = 'unmapped' THEN 'resolved'
            ELSE 'new'
        END,
        '{}',
        CASE
            WHEN facts IS NULL OR stood = 'gone' THEN '{}'
            ELSE facts - '{description,thumbnails,categories}'::text[]
        END
    FROM catalog_staged
    WHERE facts IS NULL OR stood IS DISTINCT FROM 'listed';

    INSERT INTO catalog_change (run_id, operator_id, at, subject, ref, title, kind, before, after)
    SELECT _run_id, _operator_id, _at, subject, ref, coalesce(title, ''), kind,
        jsonb_object_agg(fact, before -> fact),
        jsonb_object_agg(fact, facts -> fact)
    FROM catalog_staged
    CROSS JOIN jsonb_object_keys(facts) AS fact
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN fact = 'title' THEN 'renamed'
            WHEN fact IN ('rtp', 'expected_rtp') THEN 'rtp'
            WHEN fact IN ('restricted_countries', 'prohibited_countries') THEN 'countries'
            WHEN fact IN ('platform_enabled', 'online') THEN 'switched'
            ELSE 'changed'
        END AS kind
    ) AS kinds
    WHERE facts IS NOT NULL AND stood IN ('listed', 'gone') AND before -> fact IS DISTINCT FROM facts -> fact
    GROUP BY subject, ref, title, kind;
END;
$$;
