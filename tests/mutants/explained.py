"""The mutants that no test can notice, or none should have to, and why."""

EXPLAINED: dict[str, str] = {
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
    "wallet/services/upkeep.py line `PAGE = 1_000`: 1_000 -> 1001": "how many are read at a time changes nothing done",
    "wallet/services/upkeep.py create_coming_partitions: `first = now.date().replace(day=1)`: 1 -> 2": (
        "any day that every month has names the month's partition"
    ),
    "wallet/services/upkeep.py close_old_rounds: "
    "`youngest = min((each.shortest for each in ages.values()), default=timedelta(0))`: 0 -> 1": (
        "where there is no operator there is no round"
    ),
    "wallet/services/verification.py line `ROWS_A_BATCH = 1_000_000`: 1_000_000 -> 1000001": (
        "how much is read at a time changes no result"
    ),
    "wallet/services/verification.py line `BATCHES = 16`: 16 -> 17": "how much is read at a time changes no result",
    "wallet/services/verification.py verify_ledger: `with transaction.atomic(savepoint=False):`: False -> True": (
        "a fault ends the transaction around it either way; where there is none there is no savepoint"
    ),
    "wallet/services/verification.py _list_searches: "
    "`yield Search(proofs.find_repeated_reversals, 0, 0, cost=1)`: 0 -> 1": "it looks at everything in one go",
    "wallet/services/verification.py _list_searches: "
    "`yield Search(proofs.find_repeated_reversals, 0, 0, cost=1)` (2): 0 -> 1": "it looks at everything in one go",
    "wallet/services/verification.py _search_in_snapshot: "
    "`with transaction.atomic(durable=True), connection.cursor() as cursor:`: True -> False": (
        "a thread's connection is new: there is no transaction around it"
    ),
    "wallet/services/proofs.py line `ACCOUNTS_A_LOOK = 1_000`: 1_000 -> 1001": "how many at a time changes no result",
    "wallet/services/proofs.py list_batches: "
    "`ranges = zip([LOWEST_ID, *(end + 1 for end in ends)], [*ends, HIGHEST_ID], found, strict=True)`: True -> False": (
        "each has one more than there are ends"
    ),
    "wallet/services/proofs.py list_ranges: "
    "`return list(zip([LOWEST_ID, *starts], [*(start - 1 for start in starts), HIGHEST_ID], strict=True))`: "
    "True -> False": "each has one more than there are starts",
    "wallet/services/digests.py line `CHUNK = 1 << 20`: 1 -> 2": "how much is read at a time changes no result",
    "wallet/services/digests.py line `CHUNK = 1 << 20`: 20 -> 21": "how much is read at a time changes no result",
    "wallet/services/digests.py line `LONGEST_SIGNATURE = 4096`: 4096 -> 4097": "far longer than any signature",
    "wallet/services/digests.py keep: `sync_folder(self.path.parent)`: sync_folder(self.path.parent) -> pass": (
        "only a loss of power would tell"
    ),
    "wallet/services/digests.py draft_digest: `file.flush()`: file.flush() -> pass": "only a loss of power would tell",
    "wallet/services/digests.py draft_digest: `os.fsync(file.fileno())`: os.fsync(file.fileno()) -> pass": (
        "only a loss of power would tell"
    ),
    "wallet/services/digests.py sync_folder: `os.fsync(descriptor)`: os.fsync(descriptor) -> pass": (
        "only a loss of power would tell"
    ),
    'wallet/services/digests.py find_changes: `cursor.execute("ANALYZE wallet_moved")`: '
    'cursor.execute("ANALYZE wallet_moved") -> pass': "it is for the plan alone: the same is found, more slowly",
    "wallet/services/digests.py _read_tail: "
    "`file.seek(-min(path.stat().st_size, LONGEST_SIGNATURE), os.SEEK_END)`: "
    "file.seek(-min(path.stat().st_size, LONGEST_SIGNATURE), os.SEEK_END) -> pass": (
        "the same is found at the end of all of it, with more memory"
    ),
    "wallet/services/upkeep.py close_old_rounds: `old = rounds.filter(opened_at__lte=now - youngest)`: - -> +": (
        "it is there to read less: whether a round is old enough is judged by its own operator's age"
    ),
    "wallet/services/play.py _balance: "
    '`raise LedgerUnavailable("the ledger answered without a balance")`: '
    'raise LedgerUnavailable("the ledger answered without a balance") -> pass': (
        "what is not refused has a balance; the line is there for the types"
    ),
    "wallet/services/cashier.py _move: "
    '`raise LedgerUnavailable(f"the ledger answered {posting.outcome} without a transaction")`: '
    'raise LedgerUnavailable(f"the ledger answered {posting.outcome} without a transaction") -> pass': (
        "what is not refused has a transaction; the line is there for the types"
    ),
    "wallet/services/limits.py find_sitting: "
    "`if last is None or last.sitting_since is None or last.sitting_until is None"
    " or last.sitting_until + BREAK <= now:` (2): or -> and": (
        "neither is None in what was looked for; the conditions are there for the types"
    ),
    "wallet/services/ceilings.py find_leeway: `if single is None or ceilings.daily is None:`: or -> and": (
        "a role's ceilings in a currency are all there, or none is"
    ),
    "wallet/services/requests.py request_adjustment: "
    "`account = Account.objects.filter(player=player, kind=AccountKind.PLAYER, currency=currency).first()`: "
    "kind=AccountKind.PLAYER, -> nothing": "no other kind of account has a player",
    "wallet/services/requests.py request_adjustment: `if amount < 0 and held + amount < 0:`: < -> <=": (
        "an amount of nothing was refused before"
    ),
    "wallet/views/generic/door.py admit: "
    '`credential = _find_credential(operator, command, meta.get("HTTP_X_AUTHORIZATION", ""))`: "" -> "another"': (
        "neither is an authorization"
    ),
    "wallet/views/generic/views.py post: `request.META[REPLAYED] = True`: True -> False": (
        "who reads it looks whether it is there"
    ),
    "wallet/serializers/generic.py parse_stamp: "
    '`offset = "+00:00" if zone in {None, "Z", "z"} else zone`: "+00:00" -> "X+00:00"': (
        "Python reads over a letter that stands there"
    ),
    "wallet/serializers/generic.py parse_stamp: "
    '`offset = "+00:00" if zone in {None, "Z", "z"} else zone`: "Z" -> "XZ"': "Python knows what Z stands for",
}
