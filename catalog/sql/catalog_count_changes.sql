-- Counts the staged rows by what they mean for the catalogue; a row whose facts are as they were is none of them.
CREATE OR REPLACE FUNCTION catalog_count_changes()
RETURNS TABLE (of_subject text, added bigint, changed bigint, gone bigint, back bigint, resolved bigint)
LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    SELECT subject,
        count(*) FILTER (WHERE facts IS NOT NULL AND stood IS NULL),
        count(*) FILTER (WHERE stood = 'listed' AND before <> facts),
        count(*) FILTER (WHERE facts IS NULL),
        count(*) FILTER (WHERE facts IS NOT NULL AND stood = 'gone'),
        count(*) FILTER (WHERE facts IS NOT NULL AND stood = 'unmapped')
    FROM catalog_staged
    GROUP BY subject;
END;
$$;
