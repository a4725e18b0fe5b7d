"""gameLogs: how a round went, in the shape that its provider has for it."""

import sqlite3
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sandbox.agent.catalogue import CATEGORY_LABELS, Provider
from sandbox.agent.currencies import write_amount
from sandbox.agent.history import read_round
from sandbox.agent.offer import read_offer
from sandbox.agent.players import get_player
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk, to_microseconds, write_home_time

LOOKED_BACK = timedelta(days=7)
# Kept for the round's own page.
PRIVATE = frozenset({"logType", "gameResult", "cells"})

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class GameLogOrder(msgspec.Struct, rename="camel", kw_only=True):
    game_id: str
    username: str
    round_id: str
    from_: Moment | None = msgspec.field(default=None, name="from")
    to: Moment | None = None


def get_game_log(desk: Desk, order: GameLogOrder) -> object:
    """A round's log; one that is unknown, or played outside of the time asked for, has no data."""
    offer = read_offer(desk)
    game = offer.known.get(order.game_id)
    if game is None:
        raise Refusal("GAME_NOT_FOUND")
    provider = offer.providers[game.provider_id]
    rows = _read_rows(desk, order)
    log = msgspec.json.decode(rows[0]["log"]) if rows else {"logType": "nodata", "gameResult": ""}
    result = {"logType": log["logType"], "url": "", "gameName": "", "gameResult": log["gameResult"]}
    if log["logType"] == "iframe":
        result["url"] = f"{desk.origin}/agent/rounds/{rows[0]['page_key']}?lang=en"
    return {
        "providerId": provider.id,
        "gameType": CATEGORY_LABELS[game.category],
        "gameName": game.name,
        "roundId": order.round_id,
        "result": result,
        "transactions": [_describe(row, provider) for row in rows],
        **{name: value for name, value in log.items() if name not in PRIVATE},
    }


def _read_rows(desk: Desk, order: GameLogOrder) -> list[sqlite3.Row]:
    username = get_player(desk, order.username).username
    start = to_microseconds(order.from_ or desk.now - LOOKED_BACK)
    end = to_microseconds(order.to or desk.now + timedelta(minutes=1))
    if not order.round_id:
        raise Refusal("INVALID_PARAMETER", "roundId is empty")
    return [
        row
        for row in read_round(desk, order.round_id)
        if row["username"] == username and row["game_id"] == order.game_id and start <= row["played_at"] < end
    ]


def _describe(row: sqlite3.Row, provider: Provider) -> dict[str, Any]:
    amount, currency = Decimal(row["amount"]), row["currency"]
    return {
        "id": row["provider_tx_id"],
        "type": row["kind"],
        "providerAmount": write_amount(provider.in_its_units(amount, currency)),
        "providerCurrency": provider.currency_of(currency),
        "playerAmount": write_amount(amount),
        "playerCurrency": currency,
        "beforeBalance": write_amount(Decimal(row["balance_before"])),
        "afterBalance": write_amount(Decimal(row["balance_after"])),
        "createdAt": write_home_time(row["played_at"]),
    }
