-- Opens the table that takes the rows of a platform's lists for one transaction; a row without facts is listed no more.
CREATE OR REPLACE FUNCTION catalog_open_stage()
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.catalog_staged;
    CREATE TEMPORARY TABLE catalog_staged (
        subject text NOT NULL,
        ref text COLLATE "C" NOT NULL,
        title text,
        facts jsonb,
        raw text,
        digest bytea,
        stood text,
        before jsonb
    ) ON COMMIT DROP;
END;
$$;
