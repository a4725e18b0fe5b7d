"""Players: createPlayer, getPlayerBalance, getPlayerStatus; and what everything else asks of a player."""

import secrets
import sqlite3
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import msgspec

from sandbox.agent.bet_limits import BetLimitsOrder, describe_limits, set_limits
from sandbox.agent.currencies import get_currency, write_amount
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import AGENT_PREFIX, Desk, from_microseconds, read_access, to_microseconds, write_utc

# Players of another agent: their names are taken, and are none of ours.
STRANGERS = frozenset({"stranger0001", "stranger0002", "stranger0003"})
ID_LETTERS = string.ascii_lowercase + string.digits


class NewPlayer(msgspec.Struct):
    username: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{4,30}\Z")]


class BalanceOrder(msgspec.Struct):
    username: str
    currency: str


class StatusOrder(msgspec.Struct, rename="camel"):
    username: str
    agent_system_currency: str


@dataclass(frozen=True, slots=True)
class Player:
    username: str
    player_id: str
    active: bool
    created_at: int


def create_player(desk: Desk, order: NewPlayer) -> object:
    player_id = AGENT_PREFIX + "".join(secrets.choice(ID_LETTERS) for _ in range(11))
    with desk.database.transaction() as connection:
        known = connection.execute("SELECT 1 FROM player WHERE username = ?", (order.username,)).fetchone()
        if known or order.username in STRANGERS:
            raise Refusal("PLAYER_USERNAME_UNAVAILABLE")
        connection.execute(
            "INSERT INTO player (username, player_id, created_at) VALUES (?, ?, ?)",
            (order.username, player_id, to_microseconds(desk.now)),
        )
    return {}


def get_player_balance(desk: Desk, order: BalanceOrder) -> object:
    require_transfer_agent(desk)
    player = get_player(desk, order.username)
    currency = get_currency(order.currency)
    rows = desk.database.read(
        "SELECT amount FROM balance WHERE username = ? AND currency = ?", player.username, currency.code
    )
    return {"balance": write_amount(Decimal(rows[0]["amount"])) if rows else "0", "currency": currency.code}


def get_player_status(desk: Desk, order: StatusOrder) -> object:
    player = get_player(desk, order.username)
    currency = get_currency(order.agent_system_currency)
    return {
        "id": player.player_id,
        "username": player.username,
        "currency": currency.code,
        "active": player.active,
        "betLimits": describe_limits(desk, player.username, currency),
        "createdAt": write_utc(from_microseconds(player.created_at)),
    }


def set_player_bet_limits(desk: Desk, order: BetLimitsOrder) -> None:
    set_limits(desk, get_active_player(desk, order.username).username, order)


def get_player(desk: Desk, username: str) -> Player:
    """:raises Refusal: there is no such player, or it is another agent's."""
    if username in STRANGERS:
        raise Refusal("AGENT_NOT_UNDER")
    rows = desk.database.read("SELECT * FROM player WHERE username = ?", username)
    if not rows:
        raise Refusal("PLAYER_NOT_FOUND")
    row = rows[0]
    return Player(row["username"], row["player_id"], bool(row["active"]), row["created_at"])


def get_active_player(desk: Desk, username: str) -> Player:
    """:raises Refusal: as `get_player`, or the player is switched off."""
    player = get_player(desk, username)
    if not player.active:
        raise Refusal("PLAYER_INACTIVE")
    return player


def get_active_players(desk: Desk, usernames: Sequence[str]) -> Iterator[Player]:
    return (get_active_player(desk, username) for username in dict.fromkeys(usernames))


def require_transfer_agent(desk: Desk) -> None:
    """:raises Refusal: the agent keeps its players' money itself."""
    if read_access(desk.database).agent_type != "transfer":
        raise Refusal("AGENT_INVALID_TYPE")


def read_balance(connection: sqlite3.Connection, username: str, currency: str) -> Decimal:
    row = connection.execute(
        "SELECT amount FROM balance WHERE username = ? AND currency = ?", (username, currency)
    ).fetchone()
    return Decimal(row["amount"]) if row else Decimal(0)


def write_balance(connection: sqlite3.Connection, username: str, currency: str, amount: Decimal) -> None:
    connection.execute(
        "INSERT INTO balance VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET amount = excluded.amount",
        (username, currency, str(amount)),
    )
