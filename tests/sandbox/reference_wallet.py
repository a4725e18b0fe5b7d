"""A wallet in plain Python that follows document 001 and our decisions on it: the sandbox's own tests play against it.

It holds the rules only; `reference_request` reads bodies, `reference_server` puts it behind HTTP. One lock, no
database: slow, simple, and right by reading. A test plants a fault by overriding one method.
"""

import secrets
import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tests.sandbox.reference_request import Refusal

CENT = Decimal("0.01")
ALPHABET = string.ascii_letters + string.digits

Data = dict[str, object]
Fingerprint = tuple[str, str, Decimal, str, str, str]


@dataclass
class Player:
    user_id: str
    user_name: str
    country: str = "Germany"
    display_name: str = ""
    group: str = ""
    blocked: bool = False
    balances: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Session:
    token: str
    user_id: str
    currency: str
    game_id: str | None
    live: bool = True


@dataclass
class Transaction:
    """`fingerprint` is None for a tombstone: a cancel that came before what it cancels."""

    user_id: str
    fingerprint: Fingerprint | None
    currency: str = ""
    movement: Decimal = Decimal(0)
    round_id: str = ""
    canceled: bool = False


@dataclass
class ReferenceWallet:
    """One operator's wallet. `secrets_accepted` has the current secret first, then one that is being retired."""

    operator_id: str = "examplecasino"
    secrets_accepted: list[str] = field(default_factory=lambda: ["secret_key"])
    state: str = "active"
    players: dict[str, Player] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    transactions: dict[str, Transaction] = field(default_factory=dict)
    rounds_finished: dict[tuple[str, str], bool] = field(default_factory=dict)
    games_disabled: set[str] = field(default_factory=set)
    deposits: dict[str, tuple[str, Decimal, str]] = field(default_factory=dict)
    movements: list[tuple[str, str, Decimal]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add_player(self, user_id: str, balances: Mapping[str, Decimal], user_name: str = "") -> Player:
        player = Player(user_id, user_name or f"name of {user_id}", balances=dict(balances))
        self.players[user_id] = player
        return player

    def deposit(self, user_id: str, currency: str, amount: Decimal) -> None:
        with self.lock:
            self.move(user_id, currency, amount)

    def launch(self, user_id: str, currency: str, game_id: str | None) -> str:
        """A new session's token; `game_id` None stands for a lobby."""
        token = "".join(secrets.choice(ALPHABET) for _ in range(32))
        self.sessions[token] = Session(token, user_id, currency, game_id)
        return token

    def end_session(self, token: str) -> None:
        self.sessions[token].live = False

    def execute(self, command: str, data: Data) -> Data:
        """Answer one command whose body is in order.

        :raises Refusal: with the code that document 001 has for it.
        """
        with self.lock:
            answer: Data = getattr(self, command)(data)
            return answer

    def authenticate(self, data: Data) -> Data:
        session = self.live_session(data["token"])
        player = self.players[session.user_id]
        if player.blocked or session.game_id in self.games_disabled or self.state != "active":
            raise Refusal("OP_22", "launch not allowed")
        optional = {"display_name": player.display_name, "group": player.group}
        return {
            "user_id": player.user_id,
            "user_name": player.user_name,
            "user_country": player.country,
            "currency_code": session.currency,
            "balance": self.balance_of(player.user_id, session.currency),
            **{name: value for name, value in optional.items() if value},
        }

    def balance(self, data: Data) -> Data:
        session = self.live_session(data["token"])
        player = self.player(data)
        if session.user_id != player.user_id:
            raise Refusal("OP_21", "the token is another player's")
        currency = str(data["currency_code"])
        if currency != session.currency or currency not in player.balances:
            raise Refusal("OP_30", "not the session's currency")
        if player.blocked:
            raise Refusal("OP_33", "player is blocked")
        return self.balance_answer(player.user_id, currency)

    def changebalance(self, data: Data) -> Data:
        player = self.player(data)
        transaction_id, currency = str(data["transaction_id"]), str(data["currency_code"])
        known = self.transactions.get(transaction_id)
        if known is not None:
            return self.replay(known, data)
        if currency not in player.balances:
            raise Refusal("OP_30", "no account in this currency")
        if data["transaction_type"] == "BET":
            self.check_bet(player, data)
        self.record(player, transaction_id, data)
        return self.balance_answer(player.user_id, currency)

    def status(self, data: Data) -> Data:
        player = self.player(data)
        known = self.transactions.get(str(data["transaction_id"]))
        if known is None or known.fingerprint is None or known.user_id != player.user_id:
            raise Refusal("OP_41", "transaction not found")
        return self.transaction_answer(data, "CANCELED" if known.canceled else "OK")

    def cancel(self, data: Data) -> Data:
        player = self.player(data)
        transaction_id, round_key = str(data["transaction_id"]), (player.user_id, str(data["round_id"]))
        if data.get("round_finished") and round_key in self.rounds_finished:
            self.rounds_finished[round_key] = True
        known = self.transactions.get(transaction_id)
        if known is None:
            self.leave_tombstone(player, transaction_id)
        if known is None or known.fingerprint is None or known.user_id != player.user_id:
            raise Refusal("OP_41", "transaction not found")
        self.reverse(known)
        return self.transaction_answer(data, "CANCELED")

    def finishround(self, data: Data) -> Data:
        player = self.player(data)
        key = player.user_id, str(data["round_id"])
        if key not in self.rounds_finished:
            raise Refusal("OP_41", "round not found")
        self.rounds_finished[key] = True
        return {name: data[name] for name in ("round_id", "user_id", "game_id")}

    def live_session(self, token: object) -> Session:
        session = self.sessions.get(str(token))
        if session is None or not session.live:
            raise Refusal("OP_21", "unknown or ended token")
        return session

    def player(self, data: Data) -> Player:
        player = self.players.get(str(data["user_id"]))
        if player is None:
            raise Refusal("OP_34", "unknown player")
        return player

    def fingerprint(self, data: Data) -> Fingerprint:
        amount = data["amount"]
        assert isinstance(amount, Decimal)
        kind, currency = str(data["transaction_type"]), str(data["currency_code"])
        return str(data["user_id"]), kind, amount, currency, str(data["round_id"]), str(data["game_id"])

    def replay(self, known: Transaction, data: Data) -> Data:
        if known.fingerprint is None:
            raise Refusal("OP_49", "canceled before it came")
        if known.fingerprint != self.fingerprint(data):
            raise Refusal("OP_40", "the transaction id was used with other data")
        if known.canceled:
            raise Refusal("OP_49", "canceled")
        return self.balance_answer(known.user_id, known.currency)

    def check_bet(self, player: Player, data: Data) -> None:
        session = self.live_session(data["token"])
        if session.user_id != player.user_id or session.game_id not in {None, str(data["game_id"])}:
            raise Refusal("OP_21", "the token is another player's or game's")
        if session.currency != data["currency_code"]:
            raise Refusal("OP_30", "not the session's currency")
        if player.blocked:
            raise Refusal("OP_33", "player is blocked")
        if str(data["game_id"]) in self.games_disabled or self.state != "active":
            raise Refusal("OP_35", "game is disabled")
        if self.rounds_finished.get((player.user_id, str(data["round_id"]))):
            raise Refusal("OP_49", "the round is finished")
        if self.balance_of(player.user_id, session.currency) < self.fingerprint(data)[2]:
            raise Refusal("OP_31", "insufficient funds")

    def record(self, player: Player, transaction_id: str, data: Data) -> None:
        fingerprint = self.fingerprint(data)
        movement = -fingerprint[2] if data["transaction_type"] == "BET" else fingerprint[2]
        currency, round_id = str(data["currency_code"]), str(data["round_id"])
        self.transactions[transaction_id] = Transaction(player.user_id, fingerprint, currency, movement, round_id)
        self.move(player.user_id, currency, movement)
        key = player.user_id, round_id
        self.rounds_finished[key] = self.rounds_finished.get(key, False) or bool(data.get("round_finished"))

    def reverse(self, known: Transaction) -> None:
        if not known.canceled:
            known.canceled = True
            self.move(known.user_id, known.currency, -known.movement)

    def leave_tombstone(self, player: Player, transaction_id: str) -> None:
        self.transactions[transaction_id] = Transaction(player.user_id, None)

    def move(self, user_id: str, currency: str, amount: Decimal) -> None:
        balances = self.players[user_id].balances
        balances[currency] = balances[currency] + amount
        self.movements.append((user_id, currency, amount))

    def balance_of(self, user_id: str, currency: str) -> Decimal:
        return self.players[user_id].balances[currency].quantize(CENT)

    def balance_answer(self, user_id: str, currency: str) -> Data:
        return {"balance": self.balance_of(user_id, currency), "currency_code": currency}

    def transaction_answer(self, data: Data, status: str) -> Data:
        return {
            "user_id": data["user_id"],
            "transaction_id": data["transaction_id"],
            "transaction_status": status,
        }
