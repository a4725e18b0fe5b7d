"""What a rule is given to work with: players of its own, the line to the wallet, and a record of what was said."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from sandbox.casino_client import Launch
from sandbox.certify import messages
from sandbox.certify.exchange import Exchange, mask
from sandbox.certify.expectations import Failed, expect_answered_balance, expect_ok
from sandbox.certify.messages import Message, Player
from sandbox.certify.stage import NotRun, Stage
from sandbox.wallet_client import WalletClient

LONGEST_NOTE = 24
LONGEST_BODY_READ = 64 * 1024

_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass
class Case:
    """One rule's try-out. The table shows `subject`, or the last launch where the wallet was not asked."""

    stage: Stage
    exchanges: list[Exchange] = field(default_factory=list)
    subject: Exchange | None = None
    launched: tuple[str, str] = ("", "")
    _given_is_taken: bool = False

    @property
    def wallet(self) -> WalletClient:
        return self.stage.wallet

    def player(self, balance: str = "100.00") -> Player:
        """A player who holds this much: a new one where there is a casino to ask, else the given one, but once.

        :raises NotRun: there is no casino, and nobody left to play as.
        """
        if self.stage.casino is not None:
            return self.stage.create_player(balance)
        if self.stage.given is None or self._given_is_taken:
            raise NotRun("needs the casino API (--api-url, --api-key)")
        self._given_is_taken = True
        self._bring_balance_to(self.stage.given, balance)
        return self.stage.given

    def _bring_balance_to(self, player: Player, amount: str) -> None:
        found = self.send(messages.balance(player)).balance
        if found is None:
            raise Failed("the given player's balance cannot be read", self.exchanges[-1])
        missing = Decimal(amount) - found
        move = messages.win if missing > 0 else messages.bet
        expect_ok(self.send(move(player, str(abs(missing)))), balance=amount)

    def add_money(self, player: Player, amount: str) -> None:
        """Pay in at the casino's cashier, or by a WIN where there is no casino to ask."""
        if self.stage.casino is not None:
            self.stage.deposit(player, amount)
        else:
            expect_ok(self.send(messages.win(player, amount)))

    def launch(self, player: Player, *, lobby: bool = False, **more: str) -> Launch:
        """Launch a player's game, or a lobby, through the casino API, for the sake of the launch itself."""
        words = "launch of a lobby" if lobby else f"launch of game {player.game_id}"
        self.launched = words, "no launch"
        launch = self.stage.launch(player, lobby=lobby, **more)
        self.launched = words, mask(launch.url)
        return launch

    def send(
        self, message: Message, *, timestamp: str | None = None, wallet: WalletClient | None = None, note: str = ""
    ) -> Exchange:
        """Send a message, signed now unless told otherwise."""
        wallet = wallet or self.wallet
        body = wallet.encode(message.command, message.data, timestamp)
        return self.send_body(message.command, body, wallet=wallet, note=note)

    def send_changed(self, message: Message, without: str = "", **members: object) -> Exchange:
        """Send a message with members of its envelope changed after signing, or one left out."""
        signed = msgspec.json.decode(self.wallet.encode(message.command, {}))
        envelope = {**signed, "data": message.data, **members}
        envelope.pop(without, None)
        note = f"without {without}" if without else describe(members)
        return self.send_body(message.command, _encoder.encode(envelope), note=note)

    def send_body(
        self,
        command: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        wallet: WalletClient | None = None,
        note: str = "",
    ) -> Exchange:
        """Send bytes as they are; `headers` replaces the signed ones, `note` says in words what is odd."""
        wallet = wallet or self.wallet
        used = wallet.headers(command) if headers is None else headers
        # A server may hang up after a refusal without having read the body, so what may end so has its own connection.
        odd = headers is not None or method != "POST" or len(body) > LONGEST_BODY_READ
        line = replace(wallet) if odd else wallet
        answer = line.send(command, body, used, method)
        if odd:
            line.close()
        exchange = Exchange(command, method, used, body, answer, datetime.now(UTC), note)
        self.exchanges.append(exchange)
        self.stage.exchanges.append(exchange)
        self.subject = exchange
        return exchange

    def send_together(self, messages_: Sequence[Message]) -> list[Exchange]:
        """Send messages at the same moment, each on its own connection; answers in the order of the messages."""
        gate = threading.Barrier(len(messages_))

        def send(message: Message) -> Exchange:
            gate.wait()
            return self.send(message)

        with ThreadPoolExecutor(len(messages_)) as pool:
            return list(pool.map(send, messages_))

    def expect_holds(self, player: Player, amount: str) -> None:
        """Ask for a player's balance and demand this amount.

        :raises Failed: the wallet says another.
        """
        subject = self.subject
        exchange = self.send(messages.balance(player))
        self.subject = subject
        expect_ok(exchange)
        expect_answered_balance(exchange, amount)


def describe(members: Mapping[str, object]) -> str:
    """Members of a request in a few words, such as `amount=-1.00`."""
    texts = {name: _encoder.encode(value).decode() for name, value in members.items()}
    longest = {name: 5 if name in {"hash", "token"} else LONGEST_NOTE for name in texts}
    return ", ".join(
        f"{name}={text if len(text) <= longest[name] else f'{text[: longest[name]]}…'}" for name, text in texts.items()
    )
