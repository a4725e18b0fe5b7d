"""The platform's requests, with believable data and ids that were never used before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.wallet_client import Identifiers, format_timestamp

identifiers = Identifiers()


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody to play as: one session's token on one game, in one currency."""

    user_id: str
    token: str
    currency: str
    game_id: object


@dataclass(frozen=True, slots=True)
class Message:
    """One command and its `data`, before signing. Two messages with the same data are the same request."""

    command: str
    data: Mapping[str, object]

    def but(self, **changes: object) -> "Message":
        return Message(self.command, {**self.data, **changes})

    def without(self, name: str) -> "Message":
        return Message(self.command, {key: value for key, value in self.data.items() if key != name})

    @property
    def transaction_id(self) -> object:
        return self.data["transaction_id"]

    @property
    def round_id(self) -> object:
        return self.data["round_id"]


def new_id() -> int:
    return identifiers.next()


def authenticate(player: Player) -> Message:
    return Message("authenticate", {"token": player.token})


def balance(player: Player) -> Message:
    return Message("balance", {"token": player.token, "user_id": player.user_id, "currency_code": player.currency})


def bet(player: Player, amount: str, /, **changes: object) -> Message:
    return _transaction(player, "BET", amount).but(**changes)


def win(player: Player, amount: str, /, **changes: object) -> Message:
    return _transaction(player, "WIN", amount).but(**changes)


def refund(player: Player, amount: str, /, **changes: object) -> Message:
    return _transaction(player, "REFUND", amount).but(**changes)


def _transaction(player: Player, kind: str, amount: str) -> Message:
    data = {
        "transaction_type": kind,
        "amount": Decimal(amount),
        "currency_code": player.currency,
        "transaction_id": new_id(),
        "transaction_timestamp": format_timestamp(datetime.now(UTC)),
        "round_id": new_id(),
        "round_finished": False,
        "game_id": player.game_id,
        "user_id": player.user_id,
        "token": player.token,
        "context": {"reason": "SPIN", "history_id": f"certify-{new_id()}"},
    }
    return Message("changebalance", data)


def status(of: Message, /, **changes: object) -> Message:
    now = datetime.now(UTC)
    return Message(
        "status",
        {
            "user_id": of.data["user_id"],
            "transaction_id": of.transaction_id,
            "transaction_type": of.data["transaction_type"],
            "transaction_date": now.strftime("%Y-%m-%d"),
            "transaction_ts": str(int(now.timestamp() * 1000)),
            "round_id": of.round_id,
        },
    ).but(**changes)


def cancel(of: Message, /, **changes: object) -> Message:
    names = ("user_id", "transaction_id", "round_id", "game_id")
    return Message("cancel", {name: of.data[name] for name in names} | {"round_finished": None}).but(**changes)


def finishround(of: Message, /, **changes: object) -> Message:
    now = datetime.now(UTC)
    return Message(
        "finishround",
        {
            "round_id": of.round_id,
            "user_id": of.data["user_id"],
            "game_id": of.data["game_id"],
            "round_date": now.strftime("%Y-%m-%d"),
            "round_ts": str(int(now.timestamp() * 1000)),
        },
    ).but(**changes)
