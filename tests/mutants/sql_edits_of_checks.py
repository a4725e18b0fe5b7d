"""Single edits of the SQL that refuses, proves and remembers: the guards' triggers, the search for faults, archives."""

from tests.mutants.sql_edits import LIMITS, LOOKS, REQUESTS

PROOFS = ("verification", "archives", "edges")
ARCHIVES = ("archives", "upkeep")
GUARDS = ("guards",)
NOT_ARCHIVED = "OR _asked.created_at >= wallet_archived_until()"
WHEN_LAST = "CASE WHEN is_last AND "


def never(*conditions: str) -> list[str | tuple[str, str]]:
    """Edits by which a check finds nothing."""
    return [(f"WHEN {condition}", f"WHEN false AND {condition}") for condition in conditions]


# As in `sql_edits`.
CHECKS: list[tuple[str, tuple[str, ...], list[str | tuple[str, str]]]] = [
    (
        "wallet_find_differences",
        PROOFS,
        [
            *never(
                "(entry).number <> place",
                "(entry).balance <> balance_before",
                "(entry).hash <> wallet_row_hash(",
                "bookings > 1",
                "reversals > 1",
                "(entry).reverses_id IS NOT NULL\n",
                "is_last AND account.balance <> (entry).balance",
                "is_last AND account.last_number <> (entry).number",
                "is_last AND account.head_hash <> (entry).hash",
                "wallet_is_loose(run)",
            ),
            ("WHEN other.id IS NULL OR", "WHEN"),
            "other.kind = 'player' OR ",
            " OR other.casino_id <> account.casino_id",
            "\n                OR other.currency <> account.currency",
            "account.kind IS DISTINCT FROM 'player' OR ",
            " OR player.casino_id IS DISTINCT FROM account.casino_id",
            " AND account.kind = 'player' AND (balance <> 0 OR last_number <> 0)",
            ("AND (balance <> 0 OR last_number <> 0)", "AND balance <> 0"),
        ],
    ),
    (
        "wallet_recall_row",
        ARCHIVES,
        [
            "_asked.source <> 'platform' OR ",
            f" {NOT_ARCHIVED}",
            ("IF NOT FOUND", "IF true"),
            (
                "SELECT CASE WHEN _asked.kind = 'bet' THEN account.id ELSE house.id END",
                "SELECT CASE WHEN _asked.kind <> 'bet' THEN account.id ELSE house.id END",
            ),
            ("CASE WHEN _asked.kind = 'bet' THEN house.id", "CASE WHEN _asked.kind <> 'bet' THEN house.id"),
            " AND house.operator_id = _asked.owner_id",
            "house.kind = 'house' AND ",
            " AND house.currency = account.currency",
        ],
    ),
    ("wallet_archived_until", ARCHIVES, [("max(", "min("), " + interval '1 month'"]),
    ("wallet_tell_request", REQUESTS, [("(_request).requested_by, 'approved_by', _by", "_by, 'approved_by', _by")]),
    ("wallet_passes_limit", LIMITS, [("IS NOT NULL", "IS NULL")]),
    (
        "wallet_refuse_change",
        GUARDS,
        [
            (
                "RAISE EXCEPTION '% of % is refused: %', lower(TG_OP), TG_TABLE_NAME, TG_ARGV[0] USING",
                "RETURN coalesce(NEW, OLD); RAISE EXCEPTION USING",
            )
        ],
    ),
    (
        "wallet_check_account",
        GUARDS,
        never(
            "NEW.kind = 'player' AND NEW.player_id IS NULL",
            "NEW.kind = 'player' AND NEW.operator_id IS NOT NULL",
            "NEW.kind <> 'player' AND NEW.player_id IS NOT NULL",
            "NEW.kind <> 'player' AND NEW.balance IS NOT NULL",
            "NEW.kind NOT IN",
            "NEW.currency !~",
            "NEW.casino_id <> (SELECT casino_id FROM wallet_player",
            "NEW.casino_id <> (SELECT casino_id FROM operators_operator",
            "NEW.last_number <> 0 OR",
        ),
    ),
    (
        "wallet_check_round",
        GUARDS,
        [
            "(NEW.state = 'open') IS DISTINCT FROM (NEW.finished_at IS NULL)\n        OR ",
            "OR (NEW.state = 'open') IS DISTINCT FROM (NEW.finished_by = '')",
            "OR NEW.state NOT IN ('open', 'closing', 'finished')",
        ],
    ),
    (
        "wallet_check_transaction",
        GUARDS,
        [
            "OR (NEW.kind = 'cancel') IS DISTINCT FROM (NEW.reference IS NULL)",
            "OR (NEW.kind = 'tombstone') IS DISTINCT FROM (NEW.account_id IS NULL)",
        ],
    ),
    (
        "wallet_open_system_account",
        ("play_bet", "cashier", "requests", "edges"),
        [
            "casino_id = _casino_id AND ",
            "operator_id IS NOT DISTINCT FROM _operator_id AND ",
            "kind = _kind\n        AND ",
            "\n        AND currency = _currency",
        ],
    ),
    (
        "wallet_create_partition",
        ("upkeep", "guards"),
        [("IF to_regclass(_name) IS NULL", "IF true")],
    ),
    (
        "wallet_find_unbooked",
        PROOFS,
        [("AND NOT EXISTS", "AND EXISTS"), (" AND ledger.created_at = asked.created_at", "")],
    ),
    (
        "wallet_find_broken_chains",
        PROOFS,
        [
            ("OR entry.balance <> coalesce(run.balance, entry.balance_before, 0)\n", "OR 0 = 1\n"),
        ],
    ),
    (
        "wallet_authenticate",
        LOOKS,
        ["player.blocked_at IS NOT NULL OR ", " AND global_rules.state = 'in_force'"],
    ),
]
