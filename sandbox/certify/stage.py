"""What one run has at hand: the wallet, the casino's API where it was given, and the games to play."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from sandbox.casino_client import CasinoClient, Launch
from sandbox.certify.exchange import Exchange
from sandbox.certify.messages import Player, new_id
from sandbox.wallet_client import WalletClient

PLAYER_IP = "127.0.0.1"
HOME_URL = "https://casino.example/lobby?from=game&tab=new%20games#top"


class NotRun(Exception):
    """The rule needs something that this run was not given."""


@dataclass
class Stage:
    """One operator account under test. `retiring` signs with the secret that is being rotated out."""

    wallet: WalletClient
    casino: CasinoClient | None = None
    given: Player | None = None
    retiring: WalletClient | None = None
    disabled_game: object = None
    exchanges: list[Exchange] = field(default_factory=list)

    def close(self) -> None:
        for client in (self.wallet, self.retiring, self.casino):
            if client is not None:
                client.close()

    @property
    def cashier(self) -> CasinoClient:
        """:raises NotRun: there is no casino API to ask."""
        if self.casino is None:
            raise NotRun("needs the casino API (--api-url, --api-key)")
        return self.casino

    def require_casino(self) -> None:
        """:raises NotRun: there is no casino API, so that players cannot be made to measure."""
        _ = self.cashier

    def find_retiring(self) -> WalletClient:
        """:raises NotRun: the run was not given the operator's previous secret."""
        if self.retiring is None:
            raise NotRun("needs the secret that is being rotated out (--previous-secret)")
        return self.retiring

    def find_disabled_game(self) -> object:
        """:raises NotRun: the run was not told of a game that the casino has disabled."""
        if self.disabled_game is None:
            raise NotRun("needs a game that the casino has disabled (--disabled-game)")
        return self.disabled_game

    @cached_property
    def games(self) -> Sequence[object]:
        """Two of the operator's games that may be played.

        :raises NotRun: the casino offers fewer.
        """
        games = [as_sent(row["game_id"]) for row in islice(self._offered(self.cashier.list_games()), 2)]
        if len(games) < 2:
            raise NotRun("needs two enabled games of this operator")
        return games

    @cached_property
    def fun_game(self) -> object:
        """:raises NotRun: the casino offers no game that can be played for fun."""
        for row in self._offered(self.cashier.list_games()):
            if row.get("fun_mode"):
                return as_sent(row["game_id"])
        raise NotRun("needs a game that can be played for fun")

    @cached_property
    def lobby_id(self) -> str:
        """:raises NotRun: the casino offers no lobby."""
        lobby = next(self._offered(self.cashier.list_lobbies()), None)
        if lobby is None:
            raise NotRun("needs a lobby of this operator")
        return str(lobby["lobby_id"])

    def _offered(self, rows: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        wanted = self.wallet.operator_id
        return (row for row in rows if row.get("operator_id", wanted) == wanted and row.get("enabled", True))

    def create_player(
        self, balance: str, currencies: Sequence[str] = ("EUR",), user_id: str = "", lobby: bool = False, **more: str
    ) -> Player:
        """A new player of the casino with this balance in the first currency, and a session in it."""
        user_id = user_id or str(new_id())
        self.cashier.create_player(user_id, f"certify {user_id}"[:70], currencies, **more)
        player = Player(user_id, "", currencies[0], self.games[0])
        if Decimal(balance):
            self.deposit(player, balance)
        return self.open_session(player, lobby=lobby)

    def deposit(self, player: Player, amount: str) -> None:
        self.cashier.deposit(player.user_id, Decimal(amount), player.currency, f"certify-{new_id()}")

    def open_session(self, player: Player, *, lobby: bool = False) -> Player:
        """The same player with a new session's token, for their game or for a lobby."""
        return replace(player, token=self.launch(player, lobby=lobby).token)

    def launch(self, player: Player, *, lobby: bool = False, **more: str) -> Launch:
        place = {"lobby_id": self.lobby_id} if lobby else {"game_id": str(player.game_id)}
        operator = self.wallet.operator_id
        return self.cashier.launch(player.user_id, operator, player.currency, PLAYER_IP, **place, **more)


def as_sent(game_id: object) -> object:
    """A game id as the platform sends it: a number where it is one."""
    text = str(game_id)
    return int(text) if text.isascii() and text.isdigit() else text
