"""Ways to falsify the ledger by hand, and what a verification says of each."""

ROW = "UPDATE wallet_ledgerrow SET {change} WHERE account_id = {account} AND number = {number}"
ACCOUNT = "UPDATE wallet_account SET {change} WHERE id = {account}"
HASH = "hash does not follow from the row and the one before it"
OTHER_SAID = "its transaction is missing or says something else"
POINTS_NOWHERE = "its round, game or operator is missing"
NO_PLAYERS = "the account is missing, or is not that of a player of its casino"
OTHER_SIDE = "the other side is no system account of this casino and currency"


def row(number: int, change: str) -> str:
    return ROW.replace("{number}", str(number)).replace("{change}", change)


def account(change: str) -> str:
    return ACCOUNT.replace("{change}", change)


def append(transaction: str, number: int) -> str:
    """Book a row again, by the ledger's own trigger, for a transaction."""
    return (
        "INSERT INTO wallet_ledgerrow (transaction_id, account_id, debit_id, credit_id, kind, amount, created_at,"
        f" operator_id, round_id, game_id, reverses_id) SELECT {transaction}, account_id, debit_id, credit_id, kind,"
        " amount, created_at, operator_id, round_id, game_id, reverses_id FROM wallet_ledgerrow"
        f" WHERE account_id = {{account}} AND number = {number}"
    )


SECOND_REVERSAL = (
    "DROP INDEX wallet_transaction_reversed_once;"
    "INSERT INTO wallet_transaction (id, source, owner_id, kind, player_id, account_id, amount, round_id, game_id,"
    " reverses_id, created_at) SELECT -7, source, owner_id, kind, player_id, account_id, amount, round_id, game_id,"
    " reverses_id, created_at FROM wallet_transaction WHERE id = {t5};"
)

# By who knows how the chain is made: the last row's link, and the account, agree with the balance that was put there.
LAST_BALANCE = (
    "UPDATE wallet_ledgerrow AS last SET balance = last.balance + 1, hash = wallet_row_hash(before.hash,"
    " last.transaction_id, last.account_id, last.number, last.debit_id, last.credit_id, last.kind, last.amount,"
    " last.balance + 1, last.operator_id, last.round_id, last.game_id, last.reverses_id, last.created_at,"
    " last.platform_at, last.tags, last.context) FROM wallet_ledgerrow AS before"
    " WHERE before.account_id = {account} AND before.number = 6 AND last.account_id = {account} AND last.number = 7;"
    "UPDATE wallet_account SET balance = last.balance, head_hash = last.hash FROM wallet_ledgerrow AS last"
    " WHERE last.account_id = {account} AND last.number = 7 AND wallet_account.id = {account}"
)

# What is done before the guards are off, what after, and what is found: row (None: the account), and the fault.
Fault = tuple[str, str, list[tuple[int | None, str]]]
FAULTS: dict[str, Fault] = {
    "amount": (
        "",
        row(3, "amount = amount + 0.01"),
        [
            (3, "balance after is 95.00000000, which 90.00000000 and the amount 5.01000000 do not make"),
            (3, HASH),
            (3, OTHER_SAID),
        ],
    ),
    "amount of the row and of its transaction": (
        "",
        row(3, "amount = 6") + "; UPDATE wallet_transaction SET amount = 6 WHERE id = {t3}",
        [(3, "balance after is 95.00000000, which 90.00000000 and the amount 6.00000000 do not make"), (3, HASH)],
    ),
    "balance of a row": (
        "",
        row(3, "balance = balance + 1"),
        [
            (3, "balance after is 96.00000000, which 90.00000000 and the amount 5.00000000 do not make"),
            (3, HASH),
            (4, "balance after is 88.00000000, which 96.00000000 and the amount 7.00000000 do not make"),
        ],
    ),
    "amount and all balances after it": (
        "",
        row(3, "amount = 6") + "; UPDATE wallet_transaction SET amount = 6 WHERE id = {t3};"
        "UPDATE wallet_ledgerrow SET balance = balance + 1 WHERE account_id = {account} AND number >= 3;"
        + account("balance = balance + 1"),
        [(number, HASH) for number in (3, 4, 5, 6, 7)],
    ),
    "last balance, with its link and the account's": (
        "",
        LAST_BALANCE,
        [(7, "balance after is 113.00000000, which 115.00000000 and the amount 3.00000000 do not make")],
    ),
    "balance of the account": (
        "",
        account("balance = balance + 1"),
        [
            (7, "the account holds 113.00000000, its last row says 112.00000000"),
        ],
    ),
    "count of the account": (
        "",
        account("last_number = 8"),
        [
            (7, "the account counts 8 rows, its last row is number 7"),
        ],
    ),
    "head of the account": (
        "",
        account("head_hash = decode(repeat('00', 32), 'hex')"),
        [
            (7, "the account's head is not its last row's hash"),
        ],
    ),
    "two rows swapped": (
        "",
        "UPDATE wallet_ledgerrow SET number = 5 - number WHERE account_id = {account} AND number IN (2, 3)",
        [
            (2, "balance after is 95.00000000, which 100.00000000 and the amount 5.00000000 do not make"),
            (2, HASH),
            (3, "balance after is 90.00000000, which 95.00000000 and the amount 10.00000000 do not make"),
            (3, HASH),
            (4, "balance after is 88.00000000, which 90.00000000 and the amount 7.00000000 do not make"),
            (4, HASH),
        ],
    ),
    "first row missing": (
        "",
        "DELETE FROM wallet_ledgerrow WHERE account_id = {account} AND number = 1",
        [
            *(
                (n, f"row {n} stands in place {n - 1} of its account: a row is missing or one too many")
                for n in range(2, 8)
            ),
            (2, "balance after is 90.00000000, which 0.00000000 and the amount 10.00000000 do not make"),
            (2, HASH),
            (None, "deposit {d1} has no ledger row"),
        ],
    ),
    "row missing in the middle": (
        "",
        "DELETE FROM wallet_ledgerrow WHERE account_id = {account} AND number = 6",
        [
            (7, "row 7 stands in place 6 of its account: a row is missing or one too many"),
            (7, "balance after is 112.00000000, which 95.00000000 and the amount 3.00000000 do not make"),
            (7, HASH),
            (None, "win {r6} has no ledger row"),
        ],
    ),
    "last row missing": (
        "",
        "DELETE FROM wallet_ledgerrow WHERE account_id = {account} AND number = 7",
        [
            (6, "the account holds 112.00000000, its last row says 115.00000000"),
            (6, "the account counts 7 rows, its last row is number 6"),
            (6, "the account's head is not its last row's hash"),
            (None, "bet {r7} has no ledger row"),
        ],
    ),
    "last row missing and the account set back": (
        "",
        (
            "UPDATE wallet_account SET balance = before.balance, last_number = before.number, head_hash = before.hash"
            " FROM wallet_ledgerrow AS before WHERE before.account_id = {account} AND before.number = 6"
            " AND wallet_account.id = {account};"
            "DELETE FROM wallet_ledgerrow WHERE account_id = {account} AND number = 7"
        ),
        [(None, "bet {r7} has no ledger row")],
    ),
    "all rows missing": (
        "",
        "DELETE FROM wallet_ledgerrow WHERE account_id = {account}",
        [
            (None, "the account holds 112.00000000 and counts 7 rows, but has none"),
            *(
                (None, fault)
                for fault in (
                    "deposit {d1} has no ledger row",
                    "bet {r2} has no ledger row",
                    "win {r3} has no ledger row",
                    "bet {r4} has no ledger row",
                    "cancel of transaction {t4} has no ledger row",
                    "win {r6} has no ledger row",
                    "bet {r7} has no ledger row",
                )
            ),
        ],
    ),
    "second reversal": (
        SECOND_REVERSAL + append("-7", 5),
        "",
        [
            (5, "transaction {t4} is reversed 2 times"),
            (8, "transaction {t4} is reversed 2 times"),
        ],
    ),
    "movement booked twice": (
        append("transaction_id", 6),
        "",
        [
            (6, "transaction {t6} is booked 2 times"),
            (8, "transaction {t6} is booked 2 times"),
        ],
    ),
    "row without a transaction": (append("-9", 6), "", [(8, OTHER_SAID)]),
    "transaction of a row missing": ("", "DELETE FROM wallet_transaction WHERE id = {t6}", [(6, OTHER_SAID)]),
    "original of a reversal missing": (
        "",
        "DELETE FROM wallet_transaction WHERE id = {t4}",
        [
            (4, OTHER_SAID),
            (5, "transaction {t4}, which it reverses, is missing or is another account's or amount"),
        ],
    ),
    "reversal of another account's transaction": (
        "",
        "UPDATE wallet_transaction SET reverses_id = {other_bet} WHERE id = {t5};"
        + row(5, "reverses_id = {other_bet}"),
        [
            (5, HASH),
            (5, "transaction {other_bet}, which it reverses, is missing or is another account's or amount"),
        ],
    ),
    "reversal that goes the same way": (
        "",
        row(5, "debit_id = credit_id, credit_id = debit_id"),
        [
            (5, "balance after is 95.00000000, which 88.00000000 and the amount 7.00000000 do not make"),
            (5, HASH),
        ],
    ),
    "transaction that moved nothing": (
        "",
        (
            "INSERT INTO wallet_transaction (id, source, owner_id, reference, kind, player_id, account_id, amount,"
            " round_id, game_id, created_at) SELECT 2000000000, source, owner_id, 'unbooked', kind, player_id,"
            " account_id, amount, round_id, game_id, created_at FROM wallet_transaction WHERE id = {t6}"
        ),
        [(None, "win unbooked has no ledger row")],
    ),
    "other side in another casino": ("", row(6, "debit_id = {other_house}"), [(6, HASH), (6, OTHER_SIDE)]),
    "other side a player": ("", row(6, "debit_id = {other_account}"), [(6, HASH), (6, OTHER_SIDE)]),
    "other side a player of the casino": ("", row(6, "debit_id = {rival}"), [(6, HASH), (6, OTHER_SIDE)]),
    "other side nowhere": ("", row(6, "debit_id = -1"), [(6, HASH), (6, OTHER_SIDE)]),
    "kind": ("", row(6, "kind = 'refund'"), [(6, HASH), (6, OTHER_SAID)]),
    "round": ("", row(6, "round_id = -1"), [(6, HASH), (6, OTHER_SAID), (6, POINTS_NOWHERE)]),
    "game": ("", row(6, "game_id = -1"), [(6, HASH), (6, OTHER_SAID), (6, POINTS_NOWHERE)]),
    "operator": ("", row(6, "operator_id = -1"), [(6, HASH), (6, POINTS_NOWHERE)]),
    "time": (
        "",
        row(6, "created_at = created_at + interval '1 microsecond'"),
        [(6, HASH), (None, "win {r6} has no ledger row")],
    ),
    "platform's time": ("", row(6, "platform_at = NULL"), [(6, HASH)]),
    "tags": ("", row(6, "tags = NULL"), [(6, HASH)]),
    "context": ("", row(6, "context = '{{}}'"), [(6, HASH)]),
    "hash": ("", row(6, "hash = decode(repeat('00', 32), 'hex')"), [(6, HASH), (7, HASH)]),
    "currency of the account": ("", account("currency = 'GBP'"), [(n, OTHER_SIDE) for n in range(1, 8)]),
    "casino of the account": (
        "",
        account("casino_id = {other_casino}"),
        [
            *((n, OTHER_SIDE) for n in range(1, 8)),
            (7, NO_PLAYERS),
        ],
    ),
    "player of the account": ("", account("player_id = {neighbour}"), [(n, OTHER_SAID) for n in range(1, 8)]),
    "kind of the account": (
        "",
        account("kind = 'house', player_id = NULL"),
        [
            *((n, OTHER_SAID) for n in range(1, 8)),
            (7, NO_PLAYERS),
        ],
    ),
    "kind of the account, which keeps its player": ("", account("kind = 'house'"), [(7, NO_PLAYERS)]),
    "account missing": (
        "",
        "DELETE FROM wallet_account WHERE id = {account}",
        [
            *((n, OTHER_SAID) for n in range(1, 8)),
            (7, NO_PLAYERS),
        ],
    ),
    "round missing": ("", "DELETE FROM wallet_round WHERE id = {round}", [(6, POINTS_NOWHERE)]),
    "game missing": ("", "DELETE FROM catalog_game WHERE id = {game}", [(n, POINTS_NOWHERE) for n in range(2, 8)]),
    "operator missing": (
        "",
        "DELETE FROM operators_operator WHERE id = {operator}",
        [(n, POINTS_NOWHERE) for n in range(2, 8)],
    ),
    "player missing": (
        "",
        "DELETE FROM wallet_player WHERE id = {player}",
        [
            (7, NO_PLAYERS),
        ],
    ),
}
