"""A casino of the test's own, its operator at a platform, and players seated at games."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.models import Game, Lobby
from operators.models import Casino, Direction, Exchange, Operator, Protocol
from operators.services import activate_operator, create_casino, create_operator
from operators.services.exchanges import LOG
from tests.wallet.platform import Answer, Platform, Transport, numbers
from wallet.models import Account, LedgerRow, Player, Round, Session, Transaction
from wallet.services.cashier import deposit
from wallet.services.launch import launch_game
from wallet.services.players import register_player
from wallet.views.generic.door import DIRECTORY

STAFF = "staff:anna"


@dataclass
class Seat:
    """A player at a game or in a lobby: what a platform knows of them, and the account they play from."""

    player: Player
    account: Account
    token: str
    game_ref: object

    @property
    def user_id(self) -> str:
        return self.player.user_id

    @property
    def currency(self) -> str:
        return self.account.currency

    @property
    def balance(self) -> Decimal:
        """What the account holds now."""
        held = Account.objects.get(pk=self.account.pk).balance
        assert held is not None
        return held

    @property
    def session(self) -> Session:
        return self.player.sessions.order_by("-pk")[0]

    @property
    def rows(self) -> list[LedgerRow]:
        """The account's ledger rows after the first deposit, in order."""
        return list(LedgerRow.objects.filter(account_id=self.account.pk, number__gt=1).order_by("number"))


class World:
    """A casino and its operator. The commands are sent as the platform sends them."""

    def __init__(self, transport: Transport, *, settings: dict[str, Any] | None = None) -> None:
        name = secrets.token_hex(6)
        self.transport = transport
        self.casino: Casino = create_casino(
            slug=name, name=name, home_url="https://casino.example", deposit_url="", by=STAFF
        )
        self.operator, self.platform = self.join_platform(settings=settings)
        self.game = self.add_game("200")

    def join_platform(self, *, settings: dict[str, Any] | None = None) -> tuple[Operator, Platform]:
        """Another operator account of the casino, and the platform's line."""
        name, secret = secrets.token_hex(8), secrets.token_urlsafe(24)
        operator = create_operator(
            casino=self.casino,
            protocol=Protocol.GENERIC,
            operator_ref=name,
            name=name,
            secret=secret,
            launch_host="https://games.example",
            settings=settings,
            by=STAFF,
        )
        activate_operator(operator=operator, consent_by="Olga, compliance", by=STAFF, now=datetime.now(UTC))
        DIRECTORY.forget()
        return operator, Platform(name, secret, self.transport)

    def add_game(self, game_ref: str, **facts: Any) -> Game:
        return Game.objects.create(operator=self.operator, game_ref=game_ref, title=f"Game {game_ref}", **facts)

    def add_lobby(self, lobby_ref: str) -> Lobby:
        return Lobby.objects.create(operator=self.operator, lobby_ref=lobby_ref)

    def add_player(self, *currencies: str, **facts: Any) -> Player:
        number = next(numbers)
        names = {"user_id": f"u{number}", "user_name": f"user{number}", "country": "DE"} | facts
        return register_player(casino=self.casino, currencies=currencies or ["EUR"], by=STAFF, **names).player

    def pay_in(self, player: Player, amount: str, currency: str = "EUR") -> None:
        deposit(
            casino=self.casino,
            user_id=player.user_id,
            amount=Decimal(amount),
            currency=currency,
            reference=f"deposit-{next(numbers)}",
            by=STAFF,
            now=datetime.now(UTC),
        )

    def launch(self, player: Player, currency: str = "EUR", *, game_ref: str = "200", lobby_ref: str = "") -> str:
        """The token of a new session."""
        launch = launch_game(
            player=player,
            operator=self.operator,
            game_ref="" if lobby_ref else game_ref,
            lobby_ref=lobby_ref,
            currency=currency,
            ip="203.0.113.7",
            by=STAFF,
            now=datetime.now(UTC),
        )
        assert launch.token is not None
        return launch.token

    def seat(self, balance: str = "100.00", *, currency: str = "EUR", lobby_ref: str = "", **facts: Any) -> Seat:
        """A new player with money (in EUR, USD or what is said) and a live session."""
        player = self.add_player(*dict.fromkeys(["EUR", "USD", currency]), **facts)
        if Decimal(balance):
            self.pay_in(player, balance, currency)
        token = self.launch(player, currency, lobby_ref=lobby_ref)
        return Seat(player, player.accounts.get(currency=currency), token, 200)

    def leave_in_doubt(self, user_id: str, reference: str, **facts: Any) -> None:
        """A bet of the round 8, or what is said, whose outcome the platform does not know."""
        # What the wallet itself has to write comes first.
        LOG.flush()
        usual = {
            "at": datetime.now(UTC),
            "direction": Direction.INBOUND,
            "operator": self.operator,
            "command": "changebalance",
            "http_status": 200,
            "error_code": "OP_50",
            "milliseconds": 1,
            "user_ref": user_id,
            "transaction_ref": reference,
            "round_ref": "8",
            "unresolved": True,
        }
        Exchange.objects.create(**(usual | facts))

    def movement(self, kind: str, seat: Seat, amount: object, /, **data: Any) -> dict[str, Any]:
        """Data of a changebalance; what is given by name replaces or adds to the usual, and `...` takes it away."""
        usual = {
            "transaction_type": kind,
            "amount": Decimal(amount) if isinstance(amount, str) else amount,
            "currency_code": seat.currency,
            "transaction_id": next(numbers),
            "transaction_timestamp": "2026-11-20 13:44:53",
            "round_id": next(numbers),
            "round_finished": False,
            "game_id": seat.game_ref,
            "user_id": seat.user_id,
            "token": seat.token,
            "context": {"reason": "not_provided"},
        }
        return without_dots(usual | data)

    def move(self, kind: str, seat: Seat, amount: object, /, **data: Any) -> Answer:
        """A changebalance."""
        return self.platform.call("changebalance", self.movement(kind, seat, amount, **data))

    def bet(self, seat: Seat, amount: object = "10.00", **data: Any) -> Answer:
        return self.move("BET", seat, amount, **data)

    def win(self, seat: Seat, amount: object = "10.00", **data: Any) -> Answer:
        return self.move("WIN", seat, amount, **data)

    def refund(self, seat: Seat, amount: object = "10.00", **data: Any) -> Answer:
        return self.move("REFUND", seat, amount, **data)

    def authenticate(self, seat: Seat, **data: Any) -> Answer:
        return self.platform.call("authenticate", without_dots({"token": seat.token} | data))

    def ask_balance(self, seat: Seat, **data: Any) -> Answer:
        usual = {"token": seat.token, "user_id": seat.user_id, "currency_code": seat.currency}
        return self.platform.call("balance", without_dots(usual | data))

    def cancel(self, seat: Seat, transaction_id: object, round_id: object = 1, **data: Any) -> Answer:
        usual = {
            "user_id": seat.user_id,
            "transaction_id": transaction_id,
            "round_id": round_id,
            "round_finished": None,
            "game_id": seat.game_ref,
        }
        return self.platform.call("cancel", without_dots(usual | data))

    def status(self, seat: Seat, transaction_id: object, **data: Any) -> Answer:
        usual = {
            "user_id": seat.user_id,
            "transaction_id": transaction_id,
            "transaction_type": "BET",
            "transaction_date": "2026-11-31",
            "transaction_ts": "1606822496000",
            "round_id": 1225,
        }
        return self.platform.call("status", without_dots(usual | data))

    def finish_round(self, seat: Seat, round_id: object, **data: Any) -> Answer:
        usual = {
            "round_id": round_id,
            "user_id": seat.user_id,
            "game_id": seat.game_ref,
            "round_date": "2026-11-20",
            "round_ts": "1694704880325",
        }
        return self.platform.call("finishround", without_dots(usual | data))

    def round(self, round_id: object) -> Round:
        return Round.objects.get(operator=self.operator, round_ref=str(round_id))

    def system_balance(self, kind: str, currency: str = "EUR") -> Decimal:
        """What a system account of the casino has taken in, summed from its rows."""
        accounts = Account.objects.filter(casino=self.casino, kind=kind, currency=currency).values("pk")
        took = sum(row.amount for row in LedgerRow.objects.filter(credit_id__in=accounts).order_by("pk"))
        gave = sum(row.amount for row in LedgerRow.objects.filter(debit_id__in=accounts).order_by("pk"))
        return Decimal(took - gave)

    def exchanges(self, **facts: Any) -> list[Exchange]:
        """What the exchange log says of the operator, in order."""
        LOG.flush()
        return list(Exchange.objects.filter(operator=self.operator, **facts).order_by("pk"))

    def snapshot(self) -> object:
        """Everything of the casino that a movement could change."""
        players = Player.objects.filter(casino=self.casino).values("pk")
        return (
            list(Account.objects.filter(casino=self.casino).order_by("pk").values()),
            list(Transaction.objects.filter(player__in=players).order_by("pk").values()),
            list(LedgerRow.objects.filter(account__casino=self.casino).order_by("pk").values()),
            list(Round.objects.filter(player__in=players).order_by("pk").values()),
            list(Game.objects.filter(operator__casino=self.casino).order_by("pk").values()),
        )

    @contextmanager
    def unmoved(self) -> Iterator[None]:
        """Assert that what is done inside leaves no trace in the ledger."""
        before = self.snapshot()
        yield
        assert self.snapshot() == before

    @contextmanager
    def unmoved_after_fault(self) -> Iterator[None]:
        """The same where the database itself refuses: it goes back to before, as it would without a test around."""
        before = self.snapshot()
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before_fault")
            yield
            cursor.execute("ROLLBACK TO SAVEPOINT before_fault")
        assert self.snapshot() == before


def without_dots(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not ...}
