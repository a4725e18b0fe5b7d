"""The queries of the ledger's proof: searches over ranges that name suspects, and what is wrong with each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

ACCOUNTS_A_LOOK = 1_000
LOWEST_ID, HIGHEST_ID = -(2**63), 2**63 - 1

BATCHES = """
SELECT max(id), count(*), sum(last_number)
FROM (
    SELECT
        id,
        last_number,
        (sum(last_number) OVER (ORDER BY id) - 1) / greatest(%(rows)s, sum(last_number) OVER () / %(count)s) AS batch
    FROM wallet_account
    WHERE kind = 'player'
) AS placed
GROUP BY div(batch, 1)
ORDER BY 1
"""
BOUNDS = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM {}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in the ledger that does not add up: which account, which row (if it is a row's fault), and what."""

    account_id: int | None
    number: int | None
    transaction_id: int | None
    fault: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A range of account ids, how many accounts are in it, and how many rows they say they have."""

    first: int
    last: int
    accounts: int
    rows: int


def list_batches(*, rows: int, count: int) -> list[Batch]:
    """Cut all possible account ids into ranges of so many rows, of more where there would be more than so many ranges.

    A row of an account that is missing lies in one too.
    """
    found = _ask(BATCHES, {"rows": rows, "count": count}) or [(None, 0, 0)]
    ends = [end for end, _, _ in found[:-1]]
    ranges = zip([LOWEST_ID, *(end + 1 for end in ends)], [*ends, HIGHEST_ID], found, strict=True)
    return [Batch(first, last, int(accounts), int(told)) for first, last, (_, accounts, told) in ranges]


def list_ranges(*, table: str, count: int) -> list[tuple[int, int]]:
    """Cut all possible ids into so many ranges at most, equally wide over those that the table has."""
    [(lowest, highest)] = _ask(BOUNDS.format(table), ())
    width = max(1, -(-(highest - lowest) // count))
    starts = list(range(lowest + width, highest, width))
    return list(zip([LOWEST_ID, *starts], [*(start - 1 for start in starts), HIGHEST_ID], strict=True))


def find_broken_chains(first: int, last: int) -> list[tuple[int, None]]:
    """Find the accounts of a range whose chains do not hold; see `wallet_find_broken_chains.sql`."""
    return [(account, None) for (account,) in _ask("SELECT * FROM wallet_find_broken_chains(%s, %s)", (first, last))]


def find_unmatched(first: int, last: int) -> list[tuple[int | None, int | None]]:
    """Find accounts, and transactions without rows, in a range of transactions; see `wallet_find_unmatched.sql`."""
    return [(row[0], row[1]) for row in _ask("SELECT * FROM wallet_find_unmatched(%s, %s)", (first, last))]


def find_lost_rounds(first: int, last: int) -> list[tuple[int, None]]:
    """Find the accounts that played in rounds of a range that there are not; see `wallet_find_lost_rounds.sql`."""
    return [(account, None) for (account,) in _ask("SELECT * FROM wallet_find_lost_rounds(%s, %s)", (first, last))]


def find_repeated_reversals(_first: int, _last: int) -> list[tuple[int, None]]:
    """Find the accounts with a transaction that was reversed twice; see `wallet_find_repeated_reversals.sql`."""
    return [(account, None) for (account,) in _ask("SELECT * FROM wallet_find_repeated_reversals()", ())]


def list_differences(*, accounts: Iterable[int], transactions: Iterable[int]) -> list[Difference]:
    """Say what is wrong with the suspects, accounts first, by account and row."""
    suspects = sorted(accounts)
    looks = [suspects[start : start + ACCOUNTS_A_LOOK] for start in range(0, len(suspects), ACCOUNTS_A_LOOK)]
    rows = [row for look in looks for row in _ask("SELECT * FROM wallet_find_differences(%s)", (look,))]
    rows += _ask("SELECT * FROM wallet_find_unbooked(%s)", (sorted(transactions),))
    return [Difference(*row) for row in rows]


def _ask(query: str, parameters: Sequence[int | list[int]] | Mapping[str, int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
