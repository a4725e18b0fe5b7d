-- Says what does not add up in the ledger of some accounts, one line for each thing; for those that a search has found.
CREATE OR REPLACE FUNCTION wallet_find_differences(_accounts bigint[])
RETURNS TABLE (account_id bigint, number bigint, transaction_id bigint, fault text)
LANGUAGE sql
STABLE
AS $$
WITH chained AS MATERIALIZED (
    SELECT ledger AS entry,
        row_number() OVER chain + (
            SELECT coalesce(sum(run.last_number - run.first_number + 1), 0)
            FROM wallet_archivedrun AS run
            WHERE run.account_id = ledger.account_id AND run.last_number < ledger.number
        ) AS place,
        coalesce(archived.balance, lag(ledger.balance, 1, 0::numeric(24, 8)) OVER chain) AS balance_before,
        coalesce(archived.hash, lag(ledger.hash, 1, decode(repeat('00', 32), 'hex')) OVER chain) AS previous_hash,
        lead(ledger.number) OVER chain IS NULL AND NOT EXISTS (
            SELECT
            FROM wallet_archivedrun AS run
            WHERE run.account_id = ledger.account_id AND run.first_number > ledger.number
        ) AS is_last,
        CASE WHEN ledger.reverses_id IS NOT NULL THEN
            count(*) OVER (PARTITION BY ledger.account_id, ledger.reverses_id)
        END AS reversals,
        count(*) OVER (PARTITION BY ledger.account_id, ledger.transaction_id) AS bookings
    FROM wallet_ledgerrow AS ledger
    LEFT JOIN wallet_archivedrun AS archived
        ON archived.account_id = ledger.account_id AND archived.last_number = ledger.number - 1
    WHERE ledger.account_id = ANY(_accounts)
    WINDOW chain AS (PARTITION BY ledger.account_id ORDER BY ledger.number)
), checked AS (
    SELECT (entry).account_id, (entry).number, (entry).transaction_id, found.fault
    FROM chained
    LEFT JOIN wallet_account AS account ON account.id = (entry).account_id
    LEFT JOIN wallet_player AS player ON player.id = account.player_id
    LEFT JOIN wallet_account AS other
        ON other.id = CASE WHEN (entry).debit_id = (entry).account_id THEN (entry).credit_id ELSE (entry).debit_id END
    LEFT JOIN wallet_transaction AS asked ON asked.id = (entry).transaction_id
    LEFT JOIN wallet_transaction AS original ON original.id = (entry).reverses_id
    LEFT JOIN wallet_round AS round ON round.id = (entry).round_id
    LEFT JOIN catalog_game AS game ON game.id = (entry).game_id
    LEFT JOIN operators_operator AS operator ON operator.id = (entry).operator_id
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN (entry).number <> place THEN
            format('row %s stands in place %s of its account: a row is missing or one too many', (entry).number, place)
        END),
        (CASE WHEN (entry).balance <> balance_before
                + CASE WHEN (entry).credit_id = (entry).account_id THEN (entry).amount ELSE -(entry).amount END THEN
            format('balance after is %s, which %s and the amount %s do not make', (entry).balance, balance_before, (entry).amount)
        END),
        (CASE WHEN (entry).hash <> wallet_row_hash(
                previous_hash, (entry).transaction_id, (entry).account_id, (entry).number, (entry).debit_id,
                (entry).credit_id, (entry).kind, (entry).amount, (entry).balance, (entry).operator_id,
                (entry).round_id, (entry).game_id, (entry).reverses_id, (entry).created_at, (entry).platform_at,
                (entry).tags, (entry).context
            ) THEN
            'hash does not follow from the row and the one before it'
        END),
        (CASE WHEN other.id IS NULL OR other.kind = 'player' OR other.casino_id <> account.casino_id
                OR other.currency <> account.currency THEN
            'the other side is no system account of this casino and currency'
        END),
        (CASE WHEN asked.id IS NULL
                OR (asked.kind, asked.account_id, asked.player_id, asked.amount, asked.round_id, asked.game_id,
                    asked.reverses_id)
                IS DISTINCT FROM ((entry).kind, (entry).account_id, account.player_id, (entry).amount, (entry).round_id,
                    (entry).game_id, (entry).reverses_id) THEN
            'its transaction is missing or says something else'
        END),
        (CASE WHEN (round.id, game.id, operator.id)
                IS DISTINCT FROM ((entry).round_id, (entry).game_id, (entry).operator_id) THEN
            'its round, game or operator is missing'
        END),
        (CASE WHEN bookings > 1 THEN format('transaction %s is booked %s times', (entry).transaction_id, bookings) END),
        (CASE WHEN reversals > 1 THEN format('transaction %s is reversed %s times', (entry).reverses_id, reversals) END),
        (CASE WHEN (entry).reverses_id IS NOT NULL
                AND (original.account_id, original.amount) IS DISTINCT FROM ((entry).account_id, (entry).amount) THEN
            format('transaction %s, which it reverses, is missing or is another account''s or amount', (entry).reverses_id)
        END),
        (CASE WHEN is_last AND (account.kind IS DISTINCT FROM 'player' OR player.casino_id IS DISTINCT FROM account.casino_id)
            THEN 'the account is missing, or is not that of a player of its casino'
        END),
        (CASE WHEN is_last AND account.balance <> (entry).balance THEN
            format('the account holds %s, its last row says %s', account.balance, (entry).balance)
        END),
        (CASE WHEN is_last AND account.last_number <> (entry).number THEN
            format('the account counts %s rows, its last row is number %s', account.last_number, (entry).number)
        END),
        (CASE WHEN is_last AND account.head_hash <> (entry).hash THEN 'the account''s head is not its last row''s hash' END)
    ) AS found (fault)
    WHERE found.fault IS NOT NULL
)
SELECT * FROM checked
UNION ALL
SELECT account.id, NULL, NULL, format('the account holds %s and counts %s rows, but has none', balance, last_number)
FROM wallet_account AS account
WHERE account.id = ANY(_accounts) AND account.kind = 'player' AND (balance <> 0 OR last_number <> 0)
    AND NOT EXISTS (SELECT FROM wallet_ledgerrow AS ledger WHERE ledger.account_id = account.id)
    AND NOT EXISTS (SELECT FROM wallet_archivedrun AS run WHERE run.account_id = account.id)
UNION ALL
SELECT run.account_id, run.last_number, NULL, concat_ws('; ',
    CASE WHEN wallet_is_loose(run) THEN
        format('archived rows %s to %s do not follow from what is before them', run.first_number, run.last_number)
    END,
    CASE WHEN not_after.is_last AND (run.last_number, run.balance, run.hash)
            IS DISTINCT FROM (account.last_number, account.balance, account.head_hash) THEN
        format('the account holds %s and counts %s rows, its last archived row says %s and is number %s',
            account.balance, account.last_number, run.balance, run.last_number)
    END)
FROM wallet_archivedrun AS run
LEFT JOIN wallet_account AS account ON account.id = run.account_id
CROSS JOIN LATERAL (
    SELECT NOT EXISTS (
        SELECT FROM wallet_archivedrun AS later
        WHERE later.account_id = run.account_id AND later.first_number > run.last_number
    ) AND NOT EXISTS (
        SELECT FROM wallet_ledgerrow AS later
        WHERE later.account_id = run.account_id AND later.number > run.last_number
    ) AS is_last
) AS not_after
WHERE run.account_id = ANY(_accounts)
    AND (
        wallet_is_loose(run)
        OR (not_after.is_last AND (run.last_number, run.balance, run.hash)
            IS DISTINCT FROM (account.last_number, account.balance, account.head_hash))
    )
ORDER BY 1, 2 NULLS FIRST;
$$;
