"""history and playerDailyReport: what a player has played, line by line and hour by hour."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sandbox.agent.catalogue import Provider
from sandbox.agent.currencies import CURRENCIES, Currency, write_amount
from sandbox.agent.offer import Offer, read_offer
from sandbox.agent.players import get_player
from sandbox.agent.settings import AGENT_ID, AGENT_PREFIX, Desk, from_microseconds, to_microseconds, write_home_time

TX_TYPES = {"Bet": 1, "Settle": 2}
FREE_FLAG = "free_round"
AGENT_SHARE = Decimal("0.5")
CONTRIBUTION = Decimal("0.005")
HOUR = 3_600_000_000
LATEST = 1 << 62

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Paging(msgspec.Struct, rename="camel"):
    page: Annotated[int, msgspec.Meta(ge=1)] = 1
    per_page: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 30

    def cut(self, rows: Sequence[Any]) -> Sequence[Any]:
        return rows[(self.page - 1) * self.per_page : self.page * self.per_page]

    def has_next(self, rows: Sequence[Any]) -> bool:
        return len(rows) > self.page * self.per_page


class HistoryOrder(msgspec.Struct, rename="camel", kw_only=True):
    """Empty texts and nulls search everything."""

    username: str | None = None
    game_id: str | None = None
    round_id: str | None = None
    from_: Moment | None = msgspec.field(default=None, name="from")
    to: Moment | None = None
    paginate: Paging | None = None


class ReportOrder(msgspec.Struct, rename="camel", kw_only=True):
    username: str
    game_id: str | None = None
    round_id: str | None = None
    from_: Moment = msgspec.field(name="from")
    to: Moment
    paginate: Paging | None = None


@dataclass(slots=True)
class Hour:
    """What a player did in an hour in one currency, in that currency."""

    won: Decimal = field(default_factory=Decimal)
    staked: Decimal = field(default_factory=Decimal)
    free_won: Decimal = field(default_factory=Decimal)
    free_count: int = 0


def list_history(desk: Desk, order: HistoryOrder) -> object:
    rows, paging = read_movements(desk, order), order.paginate or Paging()
    offer = read_offer(desk)
    groups: dict[str, Any] = {}
    for row in paging.cut(rows):
        currency = CURRENCIES[row["currency"]]
        group = groups.setdefault(currency.settle_currency, {"items": []})
        group["items"].append(_describe(row, currency, offer))
    return {
        "currencyGroup": groups,
        "paginate": {"page": paging.page, "perPage": paging.per_page, "next": paging.has_next(rows)},
    }


def report_player(desk: Desk, order: ReportOrder) -> object:
    """A row for each hour and currency, the latest first; all in the base currency but `playerFreeRound`."""
    hours: dict[tuple[int, str], Hour] = {}
    for row in read_movements(desk, order):
        key = (row["played_at"] // HOUR, row["currency"])
        _add_up(hours.setdefault(key, Hour()), row)
    rows, paging = [_describe_hour(*key, hour) for key, hour in hours.items()], order.paginate or Paging()
    return {
        "items": paging.cut(rows),
        "paginate": {"page": paging.page, "perPage": paging.per_page, "next": int(paging.has_next(rows))},
    }


def read_round(desk: Desk, round_id: str) -> list[sqlite3.Row]:
    """The lines of one round, the bet first."""
    return read_movements(desk, HistoryOrder(round_id=round_id))[::-1]


def read_movements(desk: Desk, order: HistoryOrder | ReportOrder) -> list[sqlite3.Row]:
    """Movements with their rounds and players, the newest first."""
    username = get_player(desk, order.username).username if order.username else ""
    game_id, round_id = order.game_id or "", order.round_id or ""
    start = to_microseconds(order.from_) if order.from_ else 0
    end = to_microseconds(order.to) if order.to else LATEST
    return desk.database.read(
        "SELECT * FROM movement JOIN round USING (round_id) JOIN player USING (username)"
        " WHERE ? IN ('', username) AND ? IN ('', game_id) AND ? IN ('', round_id) AND played_at >= ? AND played_at < ?"
        " ORDER BY played_at DESC, number DESC",
        *(username, game_id, round_id, start, end),
    )


def _describe(row: sqlite3.Row, currency: Currency, offer: Offer) -> dict[str, Any]:
    game = offer.known[row["game_id"]]
    provider = offer.providers[game.provider_id]
    return {
        "id": row["history_id"],
        "provider": {"id": provider.id, "name": provider.name},
        "userInGame": _describe_user(row, provider),
        "game": {"gameId": game.id, "name": game.name, "category": game.category},
        "roundId": row["round_id"],
        "walletTxId": row["wallet_tx_id"],
        "providerTxId": row["provider_tx_id"],
        "txType": {
            "id": TX_TYPES[row["kind"]],
            "label": row["kind"],
            "flag": FREE_FLAG if row["is_free"] else "",
        },
        "amount": {
            "playerCurrency": currency.code,
            "settleCurrency": currency.settle_currency,
            "playerToSettleRate": write_amount(currency.settle_rate),
            "amount": _describe_amount(row, currency, provider),
        },
        "walletBeforeBalance": write_amount(Decimal(row["balance_before"])),
        "walletAfterBalance": write_amount(Decimal(row["balance_after"])),
        "receivedAt": write_home_time(row["played_at"]),
    }


def _describe_user(row: sqlite3.Row, provider: Provider) -> dict[str, Any]:
    currency = provider.currency_of(row["currency"])
    return {
        "userInGame": f"{row['player_id']}-{currency}",
        "playerId": row["player_id"],
        "agentId": AGENT_ID,
        "agentPrefix": AGENT_PREFIX,
        "currency": currency,
        "username": row["username"],
    }


def _describe_amount(row: sqlite3.Row, currency: Currency, provider: Provider) -> dict[str, str]:
    """As in the document: a bet has its settleAmount, a settlement its providerAmount; where units differ, both do."""
    amount = Decimal(row["amount"])
    settle = {"settleAmount": write_amount(amount * currency.settle_rate)}
    own = {"providerAmount": write_amount(provider.in_its_units(amount, currency.code))}
    if currency.code in provider.units:
        return {**own, **settle, "playerAmount": write_amount(amount)}
    return (settle if row["kind"] == "Bet" else own) | {"playerAmount": write_amount(amount)}


def _add_up(hour: Hour, row: sqlite3.Row) -> None:
    amount = Decimal(row["amount"])
    if row["kind"] == "Bet":
        hour.staked -= amount
        hour.free_count += row["is_free"]
    elif row["is_free"]:
        hour.free_won += amount
    else:
        hour.won += amount


def _describe_hour(number: int, code: str, hour: Hour) -> dict[str, Any]:
    rate = CURRENCIES[code].base_rate
    win_loss, turnover = (hour.won - hour.staked) * rate, hour.staked * rate
    return {
        "playerWinLoss": write_amount(win_loss),
        "validTurnOver": write_amount(turnover),
        "agentWinLoss": write_amount(-win_loss * AGENT_SHARE),
        "agentCommission": "0",
        "agentContribution": write_amount(-turnover * CONTRIBUTION),
        "playerFreeRound": write_amount(hour.free_won),
        "freeRoundCount": hour.free_count,
        "timestamp": from_microseconds(number * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
