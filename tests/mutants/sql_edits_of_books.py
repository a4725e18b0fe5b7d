"""Single edits of the SQL around the play: the ledger's own trigger and chain, cash, limits, requests and proofs."""

from tests.mutants.edits import Edit
from tests.mutants.sql_edits import (
    CASH,
    LIMITS,
    LOCK,
    LOCKS,
    ONCE,
    PLAY,
    RACES,
    REQUEST_LOCK,
    REQUESTER,
    REQUESTS,
    STILL_OPEN,
    list_edits_of,
)
from tests.mutants.sql_edits_of_checks import CHECKS, GUARDS, PROOFS

BOOKS: list[tuple[str, tuple[str, ...], list[str | tuple[str, str]]]] = [
    (
        "wallet_append_row",
        ("guards", "play_bet", "limits_use"),
        [
            ("NEW.credit_id = NEW.account_id THEN", "NEW.debit_id = NEW.account_id THEN"),
            "NEW.amount < 0 OR ",
            "NEW.debit_id = NEW.credit_id OR ",
            " OR NEW.account_id NOT IN (NEW.debit_id, NEW.credit_id)",
            "AND kind = 'player'",
            ("last_number = last_number + 1,\n", "last_number = last_number,\n"),
            ("IF _limited", "IF false"),
            "NEW.tags, ",
        ],
    ),
    (
        "wallet_row_hash",
        PROOFS,
        [
            "_previous || ",
            ("_number, _debit_id", "_debit_id"),
            ("_credit_id, _kind, _amount, _balance,", "_credit_id, _kind, _balance,"),
            ("_credit_id, _kind, _amount, _balance,", "_kind, _amount, _balance,"),
            ("_credit_id, _kind, _amount, _balance,", "_credit_id, _kind, _amount,"),
            (
                "_reverses_id, _created_at, _platform_at, _tags, _context\n        )",
                "_reverses_id, _created_at\n        )",
            ),
            (
                "_reverses_id, _created_at, _platform_at, _tags, _context\n        )",
                "_platform_at, _tags, _context\n        )",
            ),
        ],
    ),
    ("wallet_move_cash", RACES, [LOCK, ONCE]),
    (
        "wallet_move_cash",
        CASH,
        [
            "casino_id = _casino_id AND ",
            " AND account.currency = _currency",
            "owner_id = _casino_id AND ",
            " AND source = 'cashier'",
            ("(_known.kind, ", "(_kind, "),
            (" _known.account_id,", " _account_id,"),
            (" _known.amount)", " _amount)"),
            ("balance < _amount", "balance <= _amount"),
            "WHEN _kind = 'withdrawal' THEN 'applied'",
            ("_excluded_until > _now", "_excluded_until >= _now"),
            "WHEN _blocked THEN 'player_blocked'",
            " AND _kind = 'deposit'",
            " AND _limited",
            ("WHEN _kind = 'withdrawal' THEN _account_id ELSE", "WHEN _kind = 'deposit' THEN _account_id ELSE"),
            ("WHEN _kind = 'withdrawal' THEN _cashier_id ELSE", "WHEN _kind = 'deposit' THEN _cashier_id ELSE"),
        ],
    ),
    ("wallet_move_cash", LIMITS, [("greatest(_now, max(started_at))", "max(_now)")]),
    (
        "wallet_change_balance",
        LIMITS,
        [
            ("greatest(_now, max(started_at))", "max(_now)"),
            ("(_limited AND wallet", "(wallet"),
        ],
    ),
    ("wallet_open_system_account", ("tests/concurrency/test_races.py", "play_bet"), ["ON CONFLICT DO NOTHING"]),
    ("wallet_limit_account", LOCKS, [LOCK]),
    (
        "wallet_limit_account",
        LIMITS,
        [
            " AND NOT limited",
            " AND currency = _currency",
            "UPDATE wallet_account SET limited = true WHERE id = _account_id;",
        ],
    ),
    (
        "wallet_count_use",
        LIMITS,
        [
            ("WHEN 'bet' THEN change.amount WHEN 'refund' THEN -change.amount", "WHEN 'bet' THEN change.amount"),
            ("ELSE 0 END, 0\n        ),", "ELSE 0 END, -1000000\n        ),"),
            ("IN ('win', 'refund')", "IN ('win')"),
            ("_since >= used.started_at", "_since > used.started_at"),
            ("-_amount INTO", "_amount INTO"),
            "started_at = excluded.started_at, ",
            ("WHEN 'deposit' THEN change.amount", "WHEN 'deposit' THEN 0"),
            ("IF _reverses_id IS NOT NULL", "IF false"),
            ("zone = excluded.zone, ", ""),
        ],
    ),
    (
        "wallet_get_use",
        LIMITS,
        [
            " AND kept.zone = casino.time_zone",
            ("CASE WHEN kept.started_at >= begun.at THEN kept.wager ELSE 0 END", "kept.wager"),
            ("CASE WHEN kept.started_at >= begun.at THEN kept.deposit ELSE 0 END", "kept.deposit"),
            (
                "greatest(date_trunc(kept.period, _now, kept.zone), kept.started_at)",
                "date_trunc(kept.period, _now, kept.zone)",
            ),
            ("date_trunc(kept.period, _now, kept.zone)", "date_trunc(kept.period, _now, 'UTC')"),
            ("date_trunc(asked.period, _now, casino.time_zone)", "date_trunc(asked.period, _now, 'UTC')"),
            " AND account.limited",
        ],
    ),
    (
        "wallet_sum_use",
        LIMITS,
        [
            ("moved.created_at >= _since", "moved.created_at > _since"),
            "AND (moved.reverses_id IS NULL OR original.created_at >= _since)",
            ("original.created_at >= _since", "original.created_at > _since"),
            ("WHEN 'win' THEN -amount ", ""),
            " - least(min(stakes), 0)",
            ("least(min(stakes), 0)", "min(stakes)"),
            " WHEN 'refund' THEN -signed.amount",
            "ORDER BY number",
            ("ELSE -moved.amount END", "ELSE moved.amount END"),
        ],
    ),
    (
        "wallet_find_passed_limit",
        LIMITS,
        [
            ("effective_at <= _now", "effective_at < _now"),
            ("spent.amount + _amount > held.allowed", "spent.amount + _amount >= held.allowed"),
            "AND _amount > 0 ",
            ("id DESC", "id"),
            " AND currency = _currency",
            ("ORDER BY held.allowed - spent.amount,", "ORDER BY"),
            ("(held.kind = 'deposit') = (_kind = 'deposit') AND ", ""),
        ],
    ),
    (
        "wallet_note_refusal",
        LIMITS,
        [
            ("times = known.times + 1", "times = known.times"),
            ("last_at = greatest(known.last_at, excluded.last_at)", "last_at = excluded.last_at"),
        ],
    ),
    (
        "wallet_note_refused_bet",
        LIMITS,
        [
            " AND excluded_until > _now",
            " AND sitting_until <= _now",
            "token_digest = _token_digest AND ",
            ("IF NOT FOUND", "IF true"),
            ("IF _reason IS NOT NULL", "IF true"),
            ("trunc(extract(epoch FROM _now", "ceil(extract(epoch FROM _now"),
        ],
    ),
    ("wallet_adjust", LOCKS, [REQUEST_LOCK]),
    (
        "wallet_adjust",
        REQUESTS,
        [
            REQUESTER,
            STILL_OPEN,
            " AND kind = 'adjustment'",
            "_request.amount < 0 AND ",
            ("_kind, abs(_request.amount), _now, wallet_tell", "_kind, _request.amount, _now, wallet_tell"),
            ("_account.balance < -_request.amount", "_account.balance <= -_request.amount"),
            ("THEN 'debit' ELSE 'credit' END", "THEN 'credit' ELSE 'debit' END"),
            ("WHEN _kind = 'debit' THEN _account.id ELSE", "WHEN _kind = 'credit' THEN _account.id ELSE"),
        ],
    ),
    ("wallet_force_cancel", LOCKS, [REQUEST_LOCK]),
    (
        "wallet_force_cancel",
        REQUESTS,
        [
            REQUESTER,
            STILL_OPEN,
            " AND kind = 'forced_cancel'",
            " AND source = 'platform'",
            " AND kind IN ('bet', 'win', 'refund')",
            (
                "EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _known.id)",
                "false",
            ),
        ],
    ),
    ("wallet_force_close", LOCKS, [REQUEST_LOCK]),
    (
        "wallet_force_close",
        REQUESTS,
        [
            REQUESTER,
            STILL_OPEN,
            " AND kind = 'forced_close'",
            ("IF was = 'finished'", "IF false"),
            ("state = 'finished',", "state = 'closing',"),
            (",\n        end_asked_at = NULL", ""),
            ("coalesce(finished_at, end_asked_at, _now)", "_now"),
            "WHEN finished_by <> '' THEN finished_by ",
            "WHEN end_asked_at IS NOT NULL THEN 'platform' ",
        ],
    ),
    (
        "wallet_check_transaction",
        GUARDS,
        [
            "NEW.amount < 0\n        OR ",
            "OR (NEW.kind = 'cancel') IS DISTINCT FROM (NEW.reverses_id IS NOT NULL)",
            "OR (NEW.kind = 'tombstone' AND NEW.amount <> 0)",
        ],
    ),
    (
        "wallet_check_account",
        GUARDS,
        ["WHEN NEW.kind = 'player' AND NEW.balance IS DISTINCT FROM 0 THEN 'a player''s account is opened empty'"],
    ),
    ("wallet_check_round", GUARDS, ["OR (NEW.end_asked_at IS NOT NULL AND NEW.state <> 'open')"]),
    (
        "wallet_create_partition",
        ("upkeep", "guards"),
        [("(_from + interval '1 month')", "(_from + interval '2 months')")],
    ),
    ("wallet_try_bet", ("tests/admin/test_why.py",), ["RAISE EXCEPTION 'undone' USING ERRCODE = 'WA003';"]),
    (
        "wallet_find_broken_chains",
        PROOFS,
        [
            ("OR entry.hash <> wallet_row_hash(", "OR '' = wallet_row_hash("),
            (
                "account.kind = 'player' AND (account.balance <> 0 OR account.last_number <> 0)",
                "account.kind = 'player' AND account.balance <> 0",
            ),
            ("(run.balance, run.hash) <> (account.balance, account.head_hash)", "false"),
        ],
    ),
    (
        "wallet_find_unmatched",
        PROOFS,
        [
            "OR (entry.operator_id IN (SELECT id FROM operators_operator)) IS FALSE",
            (" OR entry.hash <> account.head_hash", ""),
            ("HAVING count(*) > 1", "HAVING count(*) > 2"),
            "asked.kind <> 'tombstone' AND ",
        ],
    ),
    ("wallet_find_repeated_reversals", PROOFS, [("HAVING count(*) > 1", "HAVING count(*) > 2")]),
    ("wallet_find_lost_rounds", PROOFS, [("NOT EXISTS", "EXISTS")]),
    (
        "wallet_find_unbooked",
        PROOFS,
        [" AND asked.kind <> 'tombstone'", "AND asked.created_at >= wallet_archived_until()"],
    ),
    (
        "wallet_is_loose",
        PROOFS,
        [
            (
                "AND earlier.hash = _run.previous_hash AND earlier.balance = _run.previous_balance\n    ) AND",
                ") AND",
            )
        ],
    ),
]
SQL_EDITS = [*list_edits_of(PLAY), *list_edits_of(BOOKS), *list_edits_of(CHECKS)]
PRIVILEGES = ("wallet/privileges/functions.sql", "tests/wallet/test_privileges.py")
SQL_EDITS += [
    Edit(PRIVILEGES[0], before, "", tests=(PRIVILEGES[1],))
    for before in ("SET search_path TO public, pg_temp", "'wallet_adjust',", "'wallet_limit_account', ")
]
