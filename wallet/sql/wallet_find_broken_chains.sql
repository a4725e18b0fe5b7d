-- Lists the accounts in a range of ids whose rows, the archived ones included, are not one chain up to the account's head.
CREATE OR REPLACE FUNCTION wallet_find_broken_chains(_first bigint, _last bigint)
RETURNS TABLE (account_id bigint)
LANGUAGE sql
STABLE
AS $$
SELECT coalesce(told.account_id, account.id)
FROM (
    SELECT entry.account_id,
        count(*) AS rows,
        max(entry.number) AS highest,
        bool_or(
            (entry.number_before IS DISTINCT FROM entry.number - 1 AND run.id IS NULL AND entry.number <> 1)
            OR entry.balance <> coalesce(run.balance, entry.balance_before, 0)
                + CASE WHEN entry.credit_id = entry.account_id THEN entry.amount ELSE -entry.amount END
            OR entry.hash <> wallet_row_hash(
                coalesce(
                    run.hash, entry.hash_before, '\x0000000000000000000000000000000000000000000000000000000000000000'
                ),
                entry.transaction_id, entry.account_id, entry.number, entry.debit_id, entry.credit_id, entry.kind,
                entry.amount, entry.balance, entry.operator_id, entry.round_id, entry.game_id, entry.reverses_id,
                entry.created_at, entry.platform_at, entry.tags, entry.context
            )
        ) AS broken
    FROM (
        -- One reading and one sort: a join of each row to the one before it takes two.
        SELECT ledger.*,
            lag(ledger.number) OVER chain AS number_before,
            lag(ledger.balance) OVER chain AS balance_before,
            lag(ledger.hash) OVER chain AS hash_before
        FROM wallet_ledgerrow AS ledger
        WHERE ledger.account_id BETWEEN _first AND _last
        WINDOW chain AS (PARTITION BY ledger.account_id ORDER BY ledger.number)
    ) AS entry
    LEFT JOIN wallet_archivedrun AS run
        ON run.account_id = entry.account_id AND run.last_number = entry.number - 1
            AND entry.number_before IS DISTINCT FROM entry.number - 1
    GROUP BY entry.account_id
) AS told
FULL JOIN (
    SELECT held.id, held.kind, held.last_number, held.balance, held.casino_id, player.casino_id AS home_id
    FROM wallet_account AS held
    LEFT JOIN wallet_player AS player ON player.id = held.player_id
    WHERE held.id BETWEEN _first AND _last
) AS account ON account.id = told.account_id
LEFT JOIN (
    SELECT run.account_id, sum(run.last_number - run.first_number + 1) AS rows, max(run.last_number) AS highest
    FROM wallet_archivedrun AS run
    WHERE run.account_id BETWEEN _first AND _last
    GROUP BY run.account_id
) AS archived ON archived.account_id = account.id
WHERE CASE
    WHEN told.account_id IS NULL AND archived.account_id IS NULL
        THEN account.kind = 'player' AND (account.balance <> 0 OR account.last_number <> 0)
    ELSE coalesce(told.broken, false)
        OR (coalesce(told.rows, 0) + coalesce(archived.rows, 0), account.last_number, 'player', account.casino_id)
        IS DISTINCT FROM
            (greatest(told.highest, archived.highest), greatest(told.highest, archived.highest), account.kind, account.home_id)
END
UNION ALL
SELECT run.account_id
FROM wallet_archivedrun AS run
LEFT JOIN wallet_account AS account ON account.id = run.account_id
LEFT JOIN wallet_archivedrun AS earlier
    ON earlier.account_id = run.account_id AND earlier.last_number = run.first_number - 1
WHERE run.account_id BETWEEN _first AND _last
    AND (
        CASE
            WHEN earlier.id IS NULL THEN wallet_is_loose(run)
            ELSE (earlier.balance, earlier.hash) <> (run.previous_balance, run.previous_hash)
        END
        OR account.id IS NULL
        OR (run.last_number = account.last_number AND (run.balance, run.hash) <> (account.balance, account.head_hash))
    );
$$;
