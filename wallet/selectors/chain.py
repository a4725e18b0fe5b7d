"""One row's place in its account's chain, proved with its neighbours."""

from dataclasses import dataclass

from django.db import connection

from wallet.models import LedgerRow

# Whether each row's hash is what the hash before it and its own fields make; null where the row before is not here.
LINKS = """
SELECT ledger.number, ledger.transaction_id, ledger.hash = wallet_row_hash(
    CASE WHEN ledger.number = 1 THEN decode(repeat('00', 32), 'hex') ELSE previous.hash END, ledger.transaction_id,
    ledger.account_id, ledger.number, ledger.debit_id, ledger.credit_id, ledger.kind, ledger.amount, ledger.balance,
    ledger.operator_id, ledger.round_id, ledger.game_id, ledger.reverses_id, ledger.created_at, ledger.platform_at,
    ledger.tags, ledger.context
)
FROM wallet_ledgerrow AS ledger
LEFT JOIN wallet_ledgerrow AS previous
    ON previous.account_id = ledger.account_id AND previous.number = ledger.number - 1
WHERE ledger.account_id = %(account)s AND ledger.number BETWEEN %(number)s - 1 AND %(number)s + 1
ORDER BY ledger.number
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the chain: whether its hash holds, None where that cannot be told from what is here."""

    number: int
    transaction_id: int
    holds: bool | None


@dataclass(frozen=True, slots=True)
class ChainProof:
    """A row with the one before and the one after; for the last row, whether the account's head is its hash.

    A row before it may be in an archive. One after it may not: archives are made from the beginning.
    """

    row: Link
    before: Link | None
    after: Link | None
    is_first: bool
    head_holds: bool | None

    @property
    def holds(self) -> bool | None:
        """Whether all of it holds; None where a part cannot be told, and nothing is wrong."""
        before = True if self.is_first else self.before and self.before.holds
        after = self.after.holds if self.after else bool(self.head_holds)
        parts = (self.row.holds, before, after)
        return False if False in parts else None if None in parts else True


def prove_row(row: LedgerRow) -> ChainProof:
    """Make the hashes of a row and of its neighbours anew from what they hold, and compare."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS, {"account": row.account_id, "number": row.number})
        links = {number: Link(number, transaction_id, holds) for number, transaction_id, holds in cursor.fetchall()}
    account = row.account
    is_last = row.number == account.last_number
    return ChainProof(
        row=links[row.number],
        before=links.get(row.number - 1),
        after=links.get(row.number + 1),
        is_first=row.number == 1,
        head_holds=bytes(account.head_hash) == bytes(row.hash) if is_last else None,
    )
