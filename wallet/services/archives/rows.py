"""What an archived month leaves in the database, and what its rows must still prove: each query is told which table."""

from typing import Any

from django.db import connection

from wallet.services.archives.files import Folder

COLUMNS = (
    "transaction_id, account_id, number, debit_id, credit_id, operator_id, round_id, game_id, reverses_id, created_at,"
    " platform_at, amount, balance, kind, hash, tags, context"
)
RUN_COLUMNS = "account_id, first_number, last_number, previous_balance, previous_hash, balance, hash"
LOADED, LOADED_RUNS = "wallet_loadedrow", "wallet_loadedrun"
ROWS, RUNS = "rows.copy.gz", "runs.copy.gz"
TEMPORARY = f"""
DROP TABLE IF EXISTS {LOADED}, {LOADED_RUNS};
CREATE TEMPORARY TABLE {LOADED} (LIKE wallet_ledgerrow INCLUDING DEFAULTS) ON COMMIT DROP;
CREATE TEMPORARY TABLE {LOADED_RUNS} (LIKE wallet_archivedrun) ON COMMIT DROP;
ALTER TABLE {LOADED_RUNS} ALTER id DROP NOT NULL, ALTER archive_id DROP NOT NULL
"""
INDEX = f"CREATE INDEX ON {LOADED} (account_id, number); ANALYZE {LOADED}; ANALYZE {LOADED_RUNS}"
CHANGE = "CASE WHEN {0}.credit_id = {0}.account_id THEN {0}.amount ELSE -{0}.amount END"
# What is before a run is the row of another month, or the end of another archived run.
RUNS_OF = f"""
WITH run AS (
    SELECT account_id, min(number) AS first_number, max(number) AS last_number
    FROM (
        SELECT account_id, number, number - row_number() OVER (PARTITION BY account_id ORDER BY number) AS run
        FROM {{table}}
    ) AS placed
    GROUP BY account_id, run
)
SELECT run.account_id, run.first_number, run.last_number,
    began.balance - ({CHANGE.format("began")}) AS previous_balance,
    coalesce(
        before.hash, earlier.hash, CASE WHEN run.first_number = 1 THEN decode(repeat('00', 32), 'hex') END
    ) AS previous_hash, ended.balance, ended.hash
FROM run
JOIN {{table}} AS began ON began.account_id = run.account_id AND began.number = run.first_number
JOIN {{table}} AS ended ON ended.account_id = run.account_id AND ended.number = run.last_number
LEFT JOIN wallet_ledgerrow AS before ON before.account_id = run.account_id AND before.number = run.first_number - 1
LEFT JOIN wallet_archivedrun AS earlier
    ON earlier.account_id = run.account_id AND earlier.last_number = run.first_number - 1
"""
SUMS_OF = """
SELECT account_id, kind, coalesce(sum(amount) FILTER (WHERE received), 0) AS received,
    coalesce(sum(amount) FILTER (WHERE NOT received), 0) AS given, count(*) AS rows
FROM (
    SELECT CASE WHEN debit_id = account_id THEN credit_id ELSE debit_id END AS account_id, kind, amount,
        debit_id = account_id AS received
    FROM {table}
) AS moved
GROUP BY account_id, kind
"""
SIDES_OF = """
SELECT row.transaction_id, row.debit_id, row.credit_id
FROM {table} AS row
JOIN wallet_transaction AS asked ON asked.id = row.transaction_id AND asked.source = 'platform'
JOIN wallet_account AS other
    ON other.id = CASE WHEN row.debit_id = row.account_id THEN row.credit_id ELSE row.debit_id END
WHERE row.kind IN ('bet', 'win', 'refund')
    AND (other.kind <> 'house' OR (row.kind = 'bet') IS DISTINCT FROM (row.debit_id = row.account_id))
"""
FAULTS = {
    "row {1} of account {0} does not follow from the one before it": f"""
SELECT row.account_id, row.number
FROM {LOADED} AS row
LEFT JOIN {LOADED} AS before ON before.account_id = row.account_id AND before.number = row.number - 1
LEFT JOIN {LOADED_RUNS} AS run ON run.account_id = row.account_id AND run.first_number = row.number
WHERE row.balance IS DISTINCT FROM coalesce(before.balance, run.previous_balance) + {CHANGE.format("row")}
    OR row.hash IS DISTINCT FROM wallet_row_hash(
        coalesce(before.hash, run.previous_hash), row.transaction_id, row.account_id, row.number, row.debit_id,
        row.credit_id, row.kind, row.amount, row.balance, row.operator_id, row.round_id, row.game_id, row.reverses_id,
        row.created_at, row.platform_at, row.tags, row.context
    )
ORDER BY 1, 2
""",
    "account {0} has another run of rows up to {1}": f"""
SELECT account_id, last_number
FROM (
    (SELECT {RUN_COLUMNS} FROM {LOADED_RUNS} EXCEPT ALL SELECT {RUN_COLUMNS} FROM {{runs}} AS kept)
    UNION ALL
    (SELECT {RUN_COLUMNS} FROM {{runs}} AS kept EXCEPT ALL SELECT {RUN_COLUMNS} FROM {LOADED_RUNS})
) AS differing
ORDER BY 1, 2
""",
    "row {1} of account {0} is outside its runs": f"""
SELECT row.account_id, row.number
FROM {LOADED} AS row
WHERE NOT EXISTS (
    SELECT FROM {LOADED_RUNS} AS run
    WHERE run.account_id = row.account_id AND row.number BETWEEN run.first_number AND run.last_number
)
ORDER BY 1, 2
""",
    "account {0} has another end than its run up to {1}": f"""
SELECT run.account_id, run.last_number
FROM {LOADED_RUNS} AS run
LEFT JOIN {LOADED} AS row ON row.account_id = run.account_id AND row.number = run.last_number
WHERE (row.balance, row.hash) IS DISTINCT FROM (run.balance, run.hash)
ORDER BY 1, 2
""",
    "transaction {1} of account {0} is not what its row says": f"""
SELECT row.account_id, row.transaction_id
FROM {LOADED} AS row
LEFT JOIN wallet_transaction AS asked ON asked.id = row.transaction_id
WHERE (asked.kind, asked.account_id, asked.amount, asked.round_id, asked.game_id, asked.reverses_id, asked.created_at)
    IS DISTINCT FROM
    (row.kind, row.account_id, row.amount, row.round_id, row.game_id, row.reverses_id, row.created_at)
ORDER BY 1, 2
""",
    "system account {0} has another sum of {1}": f"""
SELECT coalesce(found.account_id, kept.account_id), coalesce(found.kind, kept.kind)
FROM ({SUMS_OF.format(table=LOADED)}) AS found
FULL JOIN (SELECT * FROM {{sums}} AS kept) AS kept ON kept.account_id = found.account_id AND kept.kind = found.kind
WHERE (found.received, found.given, found.rows) IS DISTINCT FROM (kept.received, kept.given, kept.rows)
ORDER BY 1, 2
""",
}
SHOWN = 20


def keep_proof(archive_id: int, table: str) -> None:
    """Write down, beside the archive's row, what the ledger needs once the table's rows are gone."""
    _run(
        f"INSERT INTO wallet_archivedrun (archive_id, {RUN_COLUMNS}) SELECT %s, * FROM ({RUNS_OF}) AS run",
        archive_id,
        table,
    )
    sums = "archive_id, account_id, kind, received, given, rows"
    _run(f"INSERT INTO wallet_archivedsum ({sums}) SELECT %s, * FROM ({SUMS_OF}) AS summed", archive_id, table)
    sides = "archive_id, transaction_id, debit_id, credit_id"
    _run(f"INSERT INTO wallet_archivedside ({sides}) SELECT %s, * FROM ({SIDES_OF}) AS sides", archive_id, table)


def load(folder: Folder) -> int:
    """Read an archive's files into temporary tables; return how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute(TEMPORARY)
        folder.load(ROWS, f"{LOADED} ({COLUMNS})")
        folder.load(RUNS, f"{LOADED_RUNS} ({RUN_COLUMNS})")
        cursor.execute(INDEX)
        cursor.execute(f"SELECT count(*) FROM {LOADED}")
        return int(cursor.fetchone()[0])


def list_faults(archive_id: int) -> list[str]:
    """Say what the loaded rows do not prove, or not as the database remembers them; the first of each sort."""
    kept = {
        name: f"(SELECT * FROM wallet_archived{name[:-1]} WHERE archive_id = {archive_id:d})"
        for name in ("runs", "sums")
    }
    faults: list[str] = []
    with connection.cursor() as cursor:
        for words, query in FAULTS.items():
            cursor.execute(query.format(**kept))
            faults += [words.format(*row) for row in cursor.fetchmany(SHOWN)]
    return faults


def describe_sums(archive_id: int) -> list[dict[str, Any]]:
    """Return an archive's sums as its manifest has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sums.account_id, account.casino_id, account.kind, account.operator_id, account.currency, sums.kind,"
            " sums.received::text, sums.given::text, sums.rows FROM wallet_archivedsum AS sums"
            " JOIN wallet_account AS account ON account.id = sums.account_id WHERE archive_id = %s ORDER BY 1, 6",
            [archive_id],
        )
        names = ("account", "casino", "of", "operator", "currency", "kind", "received", "given", "rows")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _run(statement: str, archive_id: int, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=table), [archive_id])
