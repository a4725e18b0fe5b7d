"""Which files are mutated, and which tests may notice; of these, each mutant gets the ones that run its lines."""

WATCHED = [
    "wallet/ledger.py",
    *(
        f"wallet/services/{name}.py"
        for name in ("play", "cashier", "limits", "ceilings", "requests", "approvals", "busy")
    ),
    *(
        f"wallet/services/{name}.py"
        for name in ("players", "upkeep", "stuck_rounds", "verification", "proofs", "digests", "figures")
    ),
    *(f"wallet/views/generic/{name}.py" for name in ("commands", "door", "envelope", "verdicts", "views")),
    "wallet/serializers/generic.py",
]
# By themselves these make the database: one small test.
FIRST = "tests/wallet/test_play_bet.py::test_bet_takes_the_stake"
NAMES = [
    *(
        "play_bet",
        "play_credit",
        "play_round",
        "play_cancel",
        "play_replay",
        "play_status",
        "play_context",
        "play_fault",
    ),
    *("bodies", "door", "envelope", "serializers_generic", "exchanges", "cashier", "limits_changes", "limits_use"),
    *("limits_refusals", "requests", "old_rounds", "geo", "ledger_calls", "casino_api_cashier", "casino_api_limits"),
    *(
        "call_settlement",
        "players",
        "edges",
        "all_or_nothing",
        "ledger_repeats",
        "odd_bodies",
        "narrow_edges",
        "refusal_codes",
        "request_records",
        "serializers_generic_lengths",
        "repetitions",
        "daily_ceilings",
        "forced_edges",
        "views_edges",
    ),
    *("upkeep", "verification", "digests", "players_at_once", "proof_parts", "archives"),
]
# Two workers, two halves of about the same weight.
SUITE = [
    [f"tests/wallet/test_{name}.py" for name in NAMES[::2]]
    + ["tests/admin/test_requests.py"]
    + [f"tests/admin/test_{name}.py" for name in ("quarter_sums", "limits", "stuck_rounds", "test_players")],
    [f"tests/wallet/test_{name}.py" for name in NAMES[1::2]]
    + ["tests/concurrency/test_approvals.py", "tests/concurrency/test_same_reference.py", "tests/admin/test_why.py"]
    + [f"tests/concurrency/test_{name}.py" for name in ("player_lock", "in_flight", "limits_at_once", "daily_ceilings")]
    + [
        f"tests/concurrency/test_{name}.py"
        for name in ("proof_under_play", "proof_at_one_moment", "whole_or_not", "closing")
    ],
]
# For what runs on import, and so in every test: where to look first. No more than so many tests are tried.
NEAREST = {
    "wallet/ledger.py": ("test_ledger_repeats",),
    "wallet/services/play.py": ("test_play_", "test_limits_refusals"),
    "wallet/services/cashier.py": ("test_refusal_codes", "test_cashier", "test_casino_api_cashier"),
    "wallet/services/limits.py": ("test_refusal_codes", "test_limits_", "test_casino_api_limits"),
    "wallet/services/ceilings.py": ("test_refusal_codes", "test_request", "test_daily_ceilings", "test_approvals"),
    "wallet/services/requests.py": ("test_refusal_codes", "test_request", "test_forced_edges", "test_approvals"),
    "wallet/services/approvals.py": ("test_refusal_codes", "test_request", "test_forced_edges", "test_approvals"),
    "wallet/services/busy.py": ("test_refusal_codes",),
    "wallet/services/players.py": ("test_players", "test_limits", "test_refusal_codes"),
    "wallet/services/upkeep.py": ("test_old_rounds", "test_upkeep"),
    "wallet/services/stuck_rounds.py": ("test_refusal_codes", "test_stuck_rounds"),
    "wallet/services/verification.py": ("test_proof_parts", "test_verification", "test_proof"),
    "wallet/services/proofs.py": ("test_proof_parts", "test_verification", "test_proof"),
    "wallet/services/digests.py": ("test_digests",),
    "wallet/services/figures.py": ("test_quarter_sums",),
    "wallet/views/generic/commands.py": ("test_play_", "test_bodies"),
    "wallet/views/generic/door.py": ("test_door",),
    "wallet/views/generic/envelope.py": ("test_envelope",),
    "wallet/views/generic/verdicts.py": ("test_play_", "test_limits_refusals"),
    "wallet/views/generic/views.py": ("test_door", "test_envelope", "test_views_edges"),
    "wallet/serializers/generic.py": ("test_serializers_generic", "test_bodies"),
}
FEW_TESTS, MOST_TESTS = 20, 400
