"""A casino with an account at the sandbox's agent platform, over HTTP, and what the platform has of it."""

import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from catalog.models import Game
from operators.models import Operator, Protocol
from tests.operators.making import STAFF, make_casino, make_game, make_operator, make_player
from tests.sandbox.platform_process import PlatformProcess
from wallet.models import PlatformUsername, Player
from wallet.services.launch import Launch, launch_game

URL_GAME = "pg_00001"
PAGE_GAME = "ae_00001"


class AtAgent:
    """The casino, its operator account, and a player whom the platform does not know yet."""

    def __init__(self, sandbox: PlatformProcess, **more: Any) -> None:
        self.sandbox = sandbox
        self.casino = make_casino()
        self.operator = self.join(**more)
        self.game = self.add_game(URL_GAME)
        self.page_game = self.add_game(PAGE_GAME)
        self.player = make_player(self.casino, f"Olga-{secrets.token_hex(3)}")

    def join(self, **more: Any) -> Operator:
        facts = {"api_host": f"{self.sandbox.url}/agent", "launch_host": "", "protocol": Protocol.AGENT}
        return make_operator(self.casino, **{**facts, "secret": self.sandbox.accounts["agent"].secret_key, **more})

    def add_game(self, game_ref: str) -> Game:
        return make_game(self.operator, game_ref, fun_mode=False)

    def launch(self, player: Player | None = None, game_ref: str = URL_GAME, **more: Any) -> Launch:
        facts = {"currency": "EUR", "language": "th", "ip": "198.51.100.7", "by": STAFF, "now": datetime.now(UTC)}
        named = {"player": player or self.player, "operator": self.operator, "game_ref": game_ref}
        return launch_game(**{**named, **facts, **more})

    @property
    def usernames(self) -> list[tuple[str, str]]:
        """Name and state of all that we made for the player, in order."""
        rows = PlatformUsername.objects.filter(player=self.player).order_by("pk")
        return [(row.username, row.state) for row in rows]

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the platform's own database says."""
        with closing(sqlite3.connect(self.sandbox.data / "agent.sqlite3")) as database:
            return database.execute(query, values).fetchall()

    def list_players_there(self, player: Player | None = None) -> list[str]:
        """The platform's players that could be the player."""
        stem = (player or self.player).user_id.lower().replace("-", "")
        found = self.ask("SELECT username FROM player WHERE username LIKE ? ORDER BY username", f"{stem}%")
        return [name for (name,) in found]
