"""Rounds: a stake, an outcome and what it pays, with the player's balance and the history's two lines."""

import random
import secrets
import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from sandbox.agent.catalogue import Game, Provider
from sandbox.agent.currencies import Currency
from sandbox.agent.gifts import find_open_gift, use_gift
from sandbox.agent.outcomes import Outcome, draw_outcome
from sandbox.agent.players import read_balance, write_balance
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk, new_id, to_microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who plays what, in which currency."""

    username: str
    game: Game
    provider: Provider
    currency: Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round as it was played; `stake` is zero in a free one."""

    round_id: str
    stake: Decimal
    won: Decimal
    balance: Decimal
    is_free: bool


def play_round(desk: Desk, seat: Seat, stake: Decimal, luck: random.Random, at: datetime) -> Round:
    """Play one round, a free one at its own stake where the player has one left.

    :raises Refusal: the balance does not cover the stake.
    """
    outcome = draw_outcome(seat.game.kind, seat.provider.slot_log, luck)
    with desk.database.transaction() as connection:
        gift = find_open_gift(connection, seat.username, seat.game.id, seat.currency.code, at)
        won = seat.currency.floor((gift.stake if gift else stake) * outcome.multiple)
        if gift:
            use_gift(connection, gift.id, seat.username, won)
        paid = Decimal(0) if gift else stake
        round_id = _write_round(connection, seat, outcome, at, is_free=gift is not None)
        balance = _move(connection, seat, round_id, "Bet", -paid)
        balance = _move(connection, seat, round_id, "Settle", won)
    return Round(round_id=round_id, stake=paid, won=won, balance=balance, is_free=gift is not None)


def _write_round(connection: sqlite3.Connection, seat: Seat, outcome: Outcome, at: datetime, *, is_free: bool) -> str:
    round_id = str(time.time_ns())
    log = msgspec.json.encode({"logType": outcome.log_type, "gameResult": outcome.result, **outcome.shown}).decode()
    connection.execute(
        "INSERT INTO round VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            round_id,
            secrets.token_hex(16),
            seat.username,
            seat.game.id,
            seat.currency.code,
            f"{round_id}-{round_id}-106-0",
            is_free,
            log,
            to_microseconds(at),
        ),
    )
    return round_id


def _move(connection: sqlite3.Connection, seat: Seat, round_id: str, kind: str, amount: Decimal) -> Decimal:
    before = read_balance(connection, seat.username, seat.currency.code)
    after = before + amount
    if after < 0:
        raise Refusal("PLAYER_INSUFFICIENT_BALANCE")
    write_balance(connection, seat.username, seat.currency.code, after)
    connection.execute(
        "INSERT INTO movement (history_id, wallet_tx_id, round_id, kind, amount, balance_before, balance_after)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (new_id(), new_id(), round_id, kind, str(amount), str(before), str(after)),
    )
    return after
