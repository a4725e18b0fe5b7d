-- Lists the accounts in a range of ids whose rows do not make one chain from nothing to the account's count.
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
            (before.number IS NULL AND entry.number <> 1)
            OR entry.balance <> coalesce(before.balance, 0)
                + CASE WHEN entry.credit_id = entry.account_id THEN entry.amount ELSE -entry.amount END
            OR entry.hash <> wallet_row_hash(
                coalesce(before.hash, '\x0000000000000000000000000000000000000000000000000000000000000000'),
                entry.transaction_id, entry.account_id, entry.number, entry.debit_id, entry.credit_id, entry.kind,
                entry.amount, entry.balance, entry.operator_id, entry.round_id, entry.game_id, entry.reverses_id,
                entry.created_at, entry.platform_at, entry.tags, entry.context
            )
        ) AS broken
    FROM wallet_ledgerrow AS entry
    LEFT JOIN (
        SELECT ledger.account_id, ledger.number, ledger.balance, ledger.hash
        FROM wallet_ledgerrow AS ledger
        WHERE ledger.account_id BETWEEN _first AND _last
    ) AS before ON before.account_id = entry.account_id AND before.number = entry.number - 1
    WHERE entry.account_id BETWEEN _first AND _last
    GROUP BY entry.account_id
) AS told
FULL JOIN (
    SELECT held.id, held.kind, held.last_number, held.balance, held.casino_id, player.casino_id AS home_id
    FROM wallet_account AS held
    LEFT JOIN wallet_player AS player ON player.id = held.player_id
    WHERE held.id BETWEEN _first AND _last
) AS account ON account.id = told.account_id
WHERE CASE
    WHEN told.account_id IS NULL THEN account.kind = 'player' AND (account.balance <> 0 OR account.last_number <> 0)
    ELSE told.broken OR (told.rows, told.rows, 'player', account.casino_id)
        IS DISTINCT FROM (told.highest, account.last_number, account.kind, account.home_id)
END;
$$;
