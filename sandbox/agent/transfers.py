"""Deposits and withdrawals: money between the agent's own wallet and a player's."""

import sqlite3
from decimal import Decimal
from typing import Any

import msgspec

from sandbox.agent.currencies import Currency, get_currency, read_amount, write_amount
from sandbox.agent.players import get_active_player, read_balance, require_transfer_agent, write_balance
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk, new_id

# What the agent starts with in each currency, in units of it.
AGENT_START = 10_000_000


class TransferOrder(msgspec.Struct):
    username: str
    amount: str
    currency: str


def deposit(desk: Desk, order: TransferOrder) -> object:
    return _transfer(desk, order, to_player=1)


def withdraw(desk: Desk, order: TransferOrder) -> object:
    return _transfer(desk, order, to_player=-1)


def _transfer(desk: Desk, order: TransferOrder, *, to_player: int) -> object:
    require_transfer_agent(desk)
    player = get_active_player(desk, order.username)
    currency = get_currency(order.currency)
    amount = to_player * read_amount(order.amount, currency)
    with desk.database.transaction() as connection:
        agent = _change_agent(connection, currency, -amount)
        players = _change_player(connection, player.username, currency, amount)
    return {"txId": new_id(), "currency": currency.code, "agent": agent, "player": players}


def _change_player(connection: sqlite3.Connection, username: str, currency: Currency, change: Decimal) -> object:
    before = read_balance(connection, username, currency.code)
    if before + change < 0:
        raise Refusal("PLAYER_INSUFFICIENT_BALANCE")
    write_balance(connection, username, currency.code, before + change)
    return _describe(before, before + change)


def _change_agent(connection: sqlite3.Connection, currency: Currency, change: Decimal) -> object:
    before = read_agent_balance(connection, currency)
    if before + change < 0:
        raise Refusal("AGENT_INSUFFICIENT_BALANCE")
    connection.execute(
        "INSERT INTO agent_wallet VALUES (?, ?) ON CONFLICT DO UPDATE SET amount = excluded.amount",
        (currency.code, str(before + change)),
    )
    return _describe(before, before + change)


def read_agent_balance(connection: sqlite3.Connection, currency: Currency) -> Decimal:
    row = connection.execute("SELECT amount FROM agent_wallet WHERE currency = ?", (currency.code,)).fetchone()
    return Decimal(row["amount"]) if row else Decimal(AGENT_START * currency.unit)


def _describe(before: Decimal, after: Decimal) -> dict[str, Any]:
    return {"txId": new_id(), "beforeBalance": write_amount(before), "afterBalance": write_amount(after)}
