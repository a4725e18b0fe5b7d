"""Single edits of the SQL that books: a lock dropped, a comparison turned, a check or a tombstone left out."""

from collections.abc import Iterator

from tests.mutants.edits import Edit

LOCKS = ("tests/concurrency/test_player_lock.py",)
RACES = (*LOCKS, "tests/concurrency/test_same_reference.py", "tests/concurrency/test_races.py")
BETS = (
    "play_bet",
    "play_credit",
    "play_round",
    "play_replay",
    "play_status",
    "edges",
    "limits_refusals",
    "narrow_edges",
)
CANCELS = ("play_cancel", "repetitions", "play_replay", "play_status", "play_round", "edges", "narrow_edges")
CASH = ("cashier", "limits_refusals", "edges", "narrow_edges", "casino_api_cashier")
LOOKS = ("play_status", "geo", "play_bet", "edges")
REQUESTS = ("requests", "edges", "forced_edges", "narrow_edges", "requests_privileges")
LIMITS = ("limits_use", "limits_refusals", "limits_changes", "edges", "narrow_edges")
KNOWN = "known.kind, known.account_id, known.amount, known.round_id, known.game_id"
KNOWN_ASKED = "_kind, _account_id, _amount, _round_id, _game_id"
CASH_KNOWN, CASH_ASKED = "_known.kind, _known.account_id, _known.amount", "_kind, _account_id, _amount"
LOCK = "PERFORM pg_advisory_xact_lock(_player_id);"
REQUEST_LOCK = "PERFORM pg_advisory_xact_lock(_request.player_id);"
ONCE = "ON CONFLICT (owner_id, reference, source) DO NOTHING"
REQUESTER = " OR _request.requested_by = _by"
STILL_OPEN = "_request.state IS DISTINCT FROM 'open' OR "

# For each function: the tests that have to notice, and what is replaced by what; a text alone is left out.
PLAY: list[tuple[str, tuple[str, ...], list[str | tuple[str, str]]]] = [
    ("wallet_change_balance", RACES, [LOCK, ONCE]),
    (
        "wallet_change_balance",
        BETS,
        [
            ("WHERE casino_id = _casino_id AND user_id = _user_id;", "WHERE user_id = _user_id;"),
            ("excluded_until > _now", "excluded_until >= _now"),
            ("excluded_until > _now", "excluded_until < _now"),
            " AND account.currency = _currency",
            ("WHERE operator_id = _operator_id AND game_ref = _game_ref;", "WHERE game_ref = _game_ref;"),
            (
                "WHERE player_id = _player_id AND operator_id = _operator_id AND round_ref = _round_ref;",
                "WHERE operator_id = _operator_id AND round_ref = _round_ref;",
            ),
            ("token_digest = _token_digest AND player_id = _player_id", "token_digest = _token_digest"),
            "AND ended_at IS NULL",
            ("expires_at > _now", "expires_at >= _now"),
            " AND (game_id IS NULL OR game_id = _game_id)",
            "WHEN _session_account_id <> _account_id THEN 'invalid_currency'",
            "WHEN _barred THEN 'player_blocked'",
            ("player.blocked_at IS NOT NULL OR ", ""),
            ("coalesce(player.excluded_until > _now, false)", "false"),
            "_suspended OR ",
            ("_sitting_until <= _now", "_sitting_until < _now"),
            (" OR _round.end_asked_at IS NOT NULL)\n", ")\n"),
            "AND NOT wallet_is_pending(_operator_id, _user_id, _round_ref, _reference)",
            ("balance < _amount", "balance <= _amount"),
            ("outcome IN ('limit_reached', 'player_blocked')", "outcome = 'limit_reached'"),
            ("coalesce(\n            wallet_answer_retry", "coalesce(outcome,\n            wallet_answer_retry"),
            ("WHEN _promotional THEN 'promotions'", "WHEN NOT _promotional THEN 'promotions'"),
            ("IF _state = 'open' AND _round.finished_by = 'platform'", "IF false"),
            (" AND (_kind <> 'bet' OR _round.finished_by = 'platform')", " AND _round.finished_by = 'platform'"),
            "_round.state = 'closing' OR ",
            ("bet_sum = bet_sum + _bet * _amount", "bet_sum = bet_sum + _amount"),
            ("coalesce(finished_at, end_asked_at, _now)", "coalesce(finished_at, _now)"),
            (
                "WHEN _kind = 'bet' THEN _account_id ELSE _system_id",
                "WHEN _kind <> 'bet' THEN _account_id ELSE _system_id",
            ),
        ],
    ),
    (
        "wallet_answer_retry",
        ("play_replay", "play_bet", "play_cancel", "edges", "narrow_edges"),
        [
            "WHEN known.kind = 'tombstone' THEN 'transaction_canceled'",
            ("(known.kind, ", "(_kind, "),
            (" known.account_id,", " _account_id,"),
            (" known.amount,", " _amount,"),
            (" known.round_id,", " _round_id,"),
            (" known.game_id)", " _game_id)"),
            "WHEN EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = known.id) THEN 'transaction_canceled'",
            "known.owner_id = _operator_id AND ",
            " AND known.source = 'platform'",
        ],
    ),
    ("wallet_cancel_transaction", RACES, [LOCK, ONCE]),
    (
        "wallet_cancel_transaction",
        CANCELS,
        [
            "casino_id = _casino_id AND ",
            "owner_id = _operator_id AND ",
            " AND source = 'platform'",
            "_known.kind = 'tombstone' OR ",
            " OR _known.player_id IS DISTINCT FROM _player_id",
            ("IF _known.id IS NULL", "IF false"),
            ("IF EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _known.id)", "IF false"),
            ("outcome := 'canceled_before'", "outcome := 'canceled'"),
            ("IF _round_finished", "IF false"),
        ],
    ),
    (
        "wallet_reverse",
        CANCELS,
        [
            ("_row.credit_id, _row.debit_id, 'cancel'", "_row.debit_id, _row.credit_id, 'cancel'"),
            ("_after < 0", "_after <= 0"),
            ("_row.debit_id = id THEN", "_row.credit_id = id THEN"),
            ("cancel_count + 1", "cancel_count"),
            ("bet_count - _bet", "bet_count"),
            ("win_count - 1 + _bet", "win_count - 1"),
            ("bet_sum - _bet * _original.amount", "bet_sum - _original.amount"),
            ("win_sum - (1 - _bet) * _original.amount", "win_sum"),
        ],
    ),
    (
        "wallet_end_round",
        ("play_round", "play_cancel", "edges"),
        [
            "AND NOT (_end_state = 'open' AND finished_by = 'platform')",
            ("coalesce(finished_at, end_asked_at, _now)", "_now"),
            ("coalesce(end_asked_at, _now)", "_now"),
            ("ELSE 'platform' END", "ELSE finished_by END"),
        ],
    ),
    (
        "wallet_round_end_state",
        ("play_round", "edges"),
        [
            " AND exchange.unresolved",
            "AND exchange.user_ref = _user_id",
            "AND exchange.transaction_ref IS DISTINCT FROM _settled_reference",
            ("exchange.operator_id = _operator_id AND ", ""),
            ("WHEN _skip_closing THEN 'open' ELSE 'closing'", "WHEN _skip_closing THEN 'closing' ELSE 'open'"),
            ("AND booked.source = 'platform'", "AND false"),
        ],
    ),
    (
        "wallet_is_pending",
        ("play_round", "play_fault", "edges"),
        [" AND unresolved", "AND user_ref = _user_id", "transaction_ref = _reference AND "],
    ),
    ("wallet_finish_round", LOCKS, [LOCK]),
    ("wallet_finish_round", ("play_round", "edges"), ["casino_id = _casino_id AND "]),
    ("wallet_get_status", LOCKS, ["PERFORM pg_advisory_xact_lock_shared(_player_id);"]),
    (
        "wallet_get_status",
        ("play_status", "edges", "narrow_edges"),
        [
            "_known.kind = 'tombstone' OR ",
            " OR _known.player_id IS DISTINCT FROM _player_id",
            "WHEN EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _known.id) THEN 'canceled'",
            " AND source = 'platform'",
        ],
    ),
    (
        "wallet_get_balance",
        LOOKS,
        [
            "WHEN session.player_id <> player.id THEN 'invalid_token'",
            " OR session.account_id <> account.id",
            ("player.excluded_until > _now", "player.excluded_until >= _now"),
            "player.blocked_at IS NOT NULL OR ",
            " AND session.operator_id = _operator_id",
            " AND session.ended_at IS NULL",
            ("session.expires_at > _now", "session.expires_at >= _now"),
        ],
    ),
    (
        "wallet_authenticate",
        LOOKS,
        [
            "session.ended_at IS NOT NULL OR ",
            ("session.expires_at <= _now", "session.expires_at < _now"),
            "NOT _active OR ",
            ("player.excluded_until > _now", "player.excluded_until >= _now"),
            " OR NOT game.enabled",
            ("session.sitting_until <= _now", "session.sitting_until < _now"),
            " AND session.operator_id = _operator_id",
            "global_rules.operator_id IS NULL AND ",
            " AND rules.state = 'in_force'",
        ],
    ),
    (
        "wallet_tags",
        ("play_credit", "play_bet", "play_round", "play_context", "edges"),
        [
            ("_amount >= _large_win", "_amount > _large_win"),
            " AND _amount > 0",
            " AND _barred",
            ("_cancel_count > 0", "_cancel_count > 1"),
            " AND _round_finished_by <> 'platform'",
        ],
    ),
]


def list_edits_of(groups: list[tuple[str, tuple[str, ...], list[str | tuple[str, str]]]]) -> Iterator[Edit]:
    for function, tests, changes in groups:
        paths = tuple(test if "/" in test else f"tests/wallet/test_{test}.py" for test in tests)
        for change in changes:
            before, after = (change, "") if isinstance(change, str) else change
            yield Edit(f"wallet/sql/{function}.sql", before, after, tests=paths)
