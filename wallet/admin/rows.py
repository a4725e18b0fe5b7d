"""Ledger rows as a sheet on another page: a player's, or a round's."""

from collections.abc import Iterable
from typing import Any

from wallet.admin import columns
from wallet.models import LedgerRow


def show_rows(rows: Iterable[LedgerRow]) -> list[dict[str, Any]]:
    """Return what a sheet says of each row; the rows bring their account, transaction, game and round along."""
    return [
        {
            "row": row,
            "currency": row.account.currency,
            "kind": columns.kind_and_remarks(row),
            "change": columns.change_of(row),
            "balances": columns.balances(row),
            "game": columns.game_link(row.game),
            "round": columns.round_link(row.round),
        }
        for row in rows
    ]
