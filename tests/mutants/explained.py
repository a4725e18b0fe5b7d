"""The mutants that no test can notice, or none should have to, and why."""

EXPLAINED: dict[str, str] = {
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
    "wallet/sql/wallet_limit_account.sql: AND NOT limited -> nothing": (
        "what is counted of a limited account is what would be counted anew, so that the same is written again"
    ),
    "wallet/sql/wallet_get_use.sql: AND account.limited -> nothing": (
        "only a limited account has anything counted, and it is limited for good"
    ),
    "wallet/services/limits.py set_limits: "
    "`_shorten_sessions(player, timedelta(minutes=int(change.amount or 0)), now)`: 0 -> 1": (
        "a session time that is taken away is looser, and so pending; the 0 is there for the types"
    ),
    'wallet/views/generic/door.py _address: `remote_address=request.META.get("REMOTE_ADDR", ""),`: "" -> "another"': (
        "neither is an address"
    ),
    "wallet/views/generic/door.py _address: "
    '`forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),`: "" -> "another"': "neither is an address",
    "wallet/views/generic/views.py initial: "
    '`if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:`: 0 -> 1': "a body of one byte is no larger",
    'wallet/views/generic/views.py line `OUTCOME = "wallet.outcome"`: "wallet.outcome" -> "Xwallet.outcome"': (
        "who writes it and who reads it have it from here"
    ),
    'wallet/views/generic/views.py line `REPLAYED = "wallet.replayed"`: "wallet.replayed" -> "Xwallet.replayed"': (
        "who writes it and who reads it have it from here"
    ),
    'wallet/views/generic/views.py line `command = ""`: "" -> "another"': (
        "each URL names its own; without a default Django would not take it"
    ),
    "wallet/sql/wallet_force_cancel.sql: AND source = 'platform' -> nothing": (
        "bets, wins and refunds are booked by platforms alone"
    ),
}
