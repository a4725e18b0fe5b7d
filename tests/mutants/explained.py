"""The mutants that no test can notice, or none should have to, and why."""

EXPLAINED: dict[str, str] = {
    "wallet/sql/wallet_change_balance.sql: OR balance < 0 -> nothing": (
        "no amount is below zero, so that a balance which is holds no stake either"
    ),
    "wallet/sql/wallet_round_end_state.sql: "
    "AND exchange.transaction_ref IS DISTINCT FROM _settled_reference -> nothing": (
        "the movement is in the books by then, which settles its doubt as well"
    ),
    "wallet/ledger.py _call: `if time.monotonic() - started > LONGEST_FIRST_TRY:`: > -> >=": (
        "no clock tells two times to the last digit that are just so far apart"
    ),
    "wallet/services/cashier.py _move: `if posting.transaction_id is None or posting.balance is None:`: or -> and": (
        "the function answers neither or both; the condition is there for the types"
    ),
    "wallet/services/requests.py _lock: `return Player.objects.select_for_update(of=("
    '"self",), no_key=True).get(pk=player_id)`: True -> False': (
        "a bet writes nothing with a foreign key to the player: it waits for neither lock"
    ),
}
