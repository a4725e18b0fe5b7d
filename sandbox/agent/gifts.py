"""Free rounds and free chips: given, read, cancelled, and used up by play."""

import sqlite3
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sandbox.agent.catalogue import Provider
from sandbox.agent.currencies import get_currency, read_amount, write_amount
from sandbox.agent.offer import read_offer
from sandbox.agent.players import Player, get_active_players, get_player
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import AGENT_ID, Desk, from_microseconds, new_id, to_microseconds, write_utc

NEVER = "0001-01-01T00:00:00Z"
GOOD_FOR = timedelta(days=30)
# The chips on the tables, in units of the currency.
CHIPS = tuple(map(Decimal, ("1", "2", "5", "10", "25", "50", "100", "500")))
STATUS_OPEN, STATUS_CANCELED = 1, 3

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class GiftOrder(msgspec.Struct, rename="camel", kw_only=True):
    """What a free round and a free chip have in common."""

    currency: str
    bonus_code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    game_id: str
    rounds: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    bet_amount: str
    from_: Moment | None = msgspec.field(default=None, name="from")
    to: Moment | None = None


class FreeRoundOrder(GiftOrder, rename="camel", kw_only=True):
    username: str


class FreeChipOrder(GiftOrder, rename="camel", kw_only=True):
    usernames: Annotated[list[str], msgspec.Meta(min_length=1)]


class GiftIdOrder(msgspec.Struct):
    id: str


class PlayersGiftOrder(msgspec.Struct):
    id: str
    username: str


@dataclass(frozen=True, slots=True)
class OpenGift:
    """Rounds for free that a player has left."""

    id: str
    stake: Decimal


def create_free_round(desk: Desk, order: FreeRoundOrder) -> object:
    offer = read_offer(desk)
    game = offer.get_game(order.game_id)
    provider = offer.get_provider(game.provider_id)
    players = list(get_active_players(desk, [order.username]))
    if not game.has_free_round:
        raise Refusal("FREE_ROUND_NOT_SUPPORTED")
    gift_id = _give(desk, "round", order, provider, players)
    return _describe_new(desk, gift_id) | {"username": players[0].username}


def create_free_chip(desk: Desk, order: FreeChipOrder) -> object:
    offer = read_offer(desk)
    game = offer.get_game(order.game_id)
    provider = offer.get_provider(game.provider_id)
    players = list(get_active_players(desk, order.usernames))
    if not provider.free_chips or game.kind == "reels":
        raise Refusal("FREE_CHIP_NOT_SUPPORTED")
    _require_chip(order)
    gift_id = _give(desk, "chip", order, provider, players)
    return _describe_new(desk, gift_id) | {"usernames": [player.username for player in players]}


def get_free_round(desk: Desk, order: GiftIdOrder) -> object:
    gift = _get_gift(desk, "round", order.id)
    players = _read_players(desk, gift)
    return _describe_known(desk, gift) | {
        "username": players[0]["username"],
        "info": _write_info(desk, gift, players[0]),
    }


def get_free_chip(desk: Desk, order: PlayersGiftOrder) -> object:
    gift = _get_gift(desk, "chip", order.id)
    usernames = [row["username"] for row in _read_players(desk, gift)]
    if get_player(desk, order.username).username not in usernames:
        raise Refusal("FREE_CHIP_NOT_FOUND")
    return _describe_known(desk, gift) | {"usernames": usernames, "info": ""}


def cancel_free_round(desk: Desk, order: GiftIdOrder) -> None:
    _cancel(desk, _get_gift(desk, "round", order.id))


def cancel_free_chip(desk: Desk, order: GiftIdOrder) -> None:
    _cancel(desk, _get_gift(desk, "chip", order.id))


def find_open_gift(
    connection: sqlite3.Connection, username: str, game_id: str, currency: str, at: datetime
) -> OpenGift | None:
    """The oldest gift that a round played at this moment uses up."""
    rows = connection.execute(
        "SELECT id, stake, starts_at, ends_at FROM gift JOIN gift_player ON gift_id = id WHERE username = ?"
        " AND game_id = ? AND currency = ? AND remaining > 0 AND canceled_at IS NULL ORDER BY number",
        (username, game_id, currency),
    )
    for row in rows:
        if datetime.fromisoformat(row["starts_at"]) <= at < datetime.fromisoformat(row["ends_at"]):
            return OpenGift(row["id"], Decimal(row["stake"]))
    return None


def count_free_rounds(desk: Desk, username: str, game_id: str, currency: str) -> int:
    """How many free rounds a player has left in a game."""
    rows = desk.database.read(
        "SELECT starts_at, ends_at, remaining FROM gift JOIN gift_player ON gift_id = id WHERE username = ?"
        " AND game_id = ? AND currency = ? AND canceled_at IS NULL",
        username,
        game_id,
        currency,
    )
    spans = ((datetime.fromisoformat(row["starts_at"]), datetime.fromisoformat(row["ends_at"])) for row in rows)
    return sum(row["remaining"] for row, (start, end) in zip(rows, spans, strict=True) if start <= desk.now < end)


def use_gift(connection: sqlite3.Connection, gift_id: str, username: str, won: Decimal) -> None:
    """Take one round off a player's gift and note what it won."""
    key = (gift_id, username)
    row = connection.execute("SELECT won FROM gift_player WHERE (gift_id, username) = (?, ?)", key).fetchone()
    connection.execute(
        "UPDATE gift_player SET remaining = remaining - 1, won = ? WHERE (gift_id, username) = (?, ?)",
        (str(Decimal(row["won"]) + won), *key),
    )


def _require_chip(order: FreeChipOrder) -> None:
    currency = get_currency(order.currency)
    if read_amount(order.bet_amount, currency) / currency.unit not in CHIPS:
        chips = ", ".join(write_amount(chip * currency.unit) for chip in CHIPS)
        raise Refusal("INVALID_AMOUNT", f"the chips are {chips} {currency.code}")


def _give(desk: Desk, kind: str, order: GiftOrder, provider: Provider, players: Sequence[Player]) -> str:
    currency = get_currency(order.currency)
    stake = read_amount(order.bet_amount, currency)
    start = order.from_ or desk.now
    end = order.to or _end_of(start)
    if start > end:
        raise Refusal("INVALID_PARAMETER", "from is after to")
    gift_id, rounds = new_id(), min(order.rounds, provider.most_free_rounds)
    facts = (order.game_id, currency.code, rounds, str(stake), _write_as_given(start), _write_as_given(end))
    with desk.database.transaction() as connection:
        if connection.execute("SELECT 1 FROM gift WHERE bonus_code = ?", (order.bonus_code,)).fetchone():
            raise Refusal("BONUS_CODE_ALREADY_EXISTS")
        number = connection.execute("SELECT coalesce(max(number), 273182) + 1 FROM gift").fetchone()[0]
        connection.execute(
            "INSERT INTO gift VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (gift_id, kind, order.bonus_code, *facts, str(uuid.uuid4()), number, time.time_ns()),
        )
        rows = [(gift_id, player.username, rounds) for player in players]
        connection.executemany("INSERT INTO gift_player (gift_id, username, remaining) VALUES (?, ?, ?)", rows)
    return gift_id


def _end_of(start: datetime) -> datetime:
    try:
        return start + GOOD_FOR
    except OverflowError as error:
        raise Refusal("INVALID_PARAMETER", "from is beyond all calendars") from error


def _write_as_given(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _cancel(desk: Desk, gift: sqlite3.Row) -> None:
    with desk.database.transaction() as connection:
        connection.execute(
            "UPDATE gift SET canceled_at = ? WHERE id = ? AND canceled_at IS NULL",
            (to_microseconds(desk.now), gift["id"]),
        )


def _get_gift(desk: Desk, kind: str, gift_id: str) -> sqlite3.Row:
    rows = desk.database.read("SELECT * FROM gift WHERE id = ? AND kind = ?", gift_id, kind)
    if not rows:
        raise Refusal("FREE_ROUND_NOT_FOUND" if kind == "round" else "FREE_CHIP_NOT_FOUND")
    return rows[0]


def _read_players(desk: Desk, gift: sqlite3.Row) -> list[sqlite3.Row]:
    return desk.database.read("SELECT * FROM gift_player WHERE gift_id = ? ORDER BY rowid", gift["id"])


def _describe_new(desk: Desk, gift_id: str) -> dict[str, Any]:
    """A gift as the creating calls name its fields; the time of creation is in nanoseconds."""
    gift = desk.database.read("SELECT * FROM gift WHERE id = ?", gift_id)[0]
    name = "freeRound" if gift["kind"] == "round" else "freeChip"
    seconds, nanoseconds = divmod(gift["created_at"], 1_000_000_000)
    created_at = datetime.fromtimestamp(seconds, UTC)
    return _describe(desk, gift) | {
        f"{name}Code": gift["code"],
        f"{name}Id": str(gift["number"]),
        "startTime": gift["starts_at"],
        "endTime": gift["ends_at"],
        "createdAt": f"{created_at:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z",
        "canceledAt": NEVER,
    }


def _describe_known(desk: Desk, gift: sqlite3.Row) -> dict[str, Any]:
    """A gift as the reading calls name its fields, rounds and chips alike."""
    canceled_at = gift["canceled_at"]
    return _describe(desk, gift) | {
        "freeGameCode": gift["code"],
        "freeGameId": str(gift["number"]),
        "startAt": write_utc(datetime.fromisoformat(gift["starts_at"])),
        "endAt": write_utc(datetime.fromisoformat(gift["ends_at"])),
        "createdAt": write_utc(from_microseconds(gift["created_at"] // 1000)),
        "canceledAt": NEVER if canceled_at is None else write_utc(from_microseconds(canceled_at)),
    }


def _describe(desk: Desk, gift: sqlite3.Row) -> dict[str, Any]:
    provider = _find_provider(desk, gift)
    return {
        "id": gift["id"],
        "providerId": provider.id,
        "gameId": gift["game_id"],
        "agentId": AGENT_ID,
        "betAmount": write_amount(Decimal(gift["stake"])),
        "playerCurrency": gift["currency"],
        "providerCurrency": provider.currency_of(gift["currency"]),
        "rounds": gift["rounds"],
    }


def _find_provider(desk: Desk, gift: sqlite3.Row) -> Provider:
    offer = read_offer(desk)
    return offer.providers[offer.known[gift["game_id"]].provider_id]


def _write_info(desk: Desk, gift: sqlite3.Row, player: sqlite3.Row) -> str:
    """What the provider itself says of a free round: JSON in a text, or nothing."""
    provider = _find_provider(desk, gift)
    if not provider.gift_info:
        return ""
    currency = provider.currency_of(gift["currency"])
    row = {
        "freeGameId": gift["number"],
        "freeGameName": "",
        "playerName": f"{get_player(desk, player['username']).player_id}-{currency}",
        "currencyCode": currency,
        "totalFreeGame": gift["rounds"],
        "coinSize": provider.in_its_units(Decimal(gift["stake"]), gift["currency"]),
        "multiplier": 1,
        "payout": provider.in_its_units(Decimal(player["won"]), gift["currency"]),
        "remainCount": player["remaining"],
        "conversionType": "Cash",
        "transactionId": "",
        "isEvent": False,
        "gameIds": None,
        "totalGame": 0,
        "status": STATUS_OPEN if gift["canceled_at"] is None else STATUS_CANCELED,
        "createdTime": gift["created_at"] // 1_000_000,
        "updatedTime": (gift["canceled_at"] or gift["created_at"] // 1000) // 1000,
    }
    encoder = msgspec.json.Encoder(decimal_format="number")
    return encoder.encode({"totalCount": 0, "totalPage": 0, "result": [row]}).decode()
