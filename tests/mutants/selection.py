"""Which files are mutated, and which tests may notice; of these, each mutant gets the ones that run its lines."""

WATCHED = [
    "wallet/ledger.py",
    *(f"wallet/services/{name}.py" for name in ("play", "cashier", "limits", "ceilings", "requests", "approvals")),
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
    *("call_settlement", "players"),
]
# Two workers, two halves of about the same weight.
SUITE = [
    [f"tests/wallet/test_{name}.py" for name in NAMES[::2]] + ["tests/admin/test_requests.py"],
    [f"tests/wallet/test_{name}.py" for name in NAMES[1::2]]
    + ["tests/concurrency/test_approvals.py", "tests/admin/test_why.py"],
]
