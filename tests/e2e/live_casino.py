"""A casino with an operator account at a running sandbox, which has sent its catalogue."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.selectors import list_games
from catalog.services import switch_game
from dev.options import Options
from operators.models import Casino, Operator, Protocol, Scope
from operators.services import activate_operator, create_api_key, create_casino, create_operator, rotate_secret
from sandbox.casino_client import CasinoClient
from tests.servers import run

STAFF = "staff:anna"
HERE = ["127.0.0.0/8", "::1/128"]


@dataclass(frozen=True)
class LiveCasino:
    """The casino, the secrets that it was given, and where its servers are."""

    casino: Casino
    operator: Operator
    api_key: str
    secret: str
    previous_secret: str
    options: Options
    environment: dict[str, str]
    folder: Path

    @property
    def demo(self) -> Path:
        """What the sandbox reads of it."""
        return self.folder / "demo.json"

    @property
    def secrets(self) -> list[str]:
        return [self.api_key, self.secret, self.previous_secret]

    @property
    def logs(self) -> dict[str, str]:
        """What each server has said so far."""
        return {path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("*.log"))}

    def run(self, *arguments: str | Path) -> tuple[int, str]:
        """Run `python ARGUMENTS` beside the servers; its exit code and output."""
        return run(*arguments, environment=self.environment)

    def call(self) -> CasinoClient:
        """The casino's own site, at the casino API."""
        return CasinoClient(f"{self.options.backoffice_url}/api/v1", self.api_key)

    def switch_off_game(self) -> str:
        """The id of a game that the casino no longer offers."""
        games: Any = list_games(self.casino)
        game = games.filter(offered=True).order_by("-pk")[0]
        switch_game(game=game, enabled=False, by=STAFF)
        return str(game.game_ref)


def found_casino(options: Options, environment: dict[str, str], folder: Path) -> LiveCasino:
    """Make the casino and its operator, whose secret is being rotated; the demo file tells the sandbox of it."""
    name, previous, secret = secrets.token_hex(6), secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    home = f"{options.sandbox_url}/"
    casino = create_casino(slug=name, name="Harbour Lights", home_url=home, time_zone="Europe/Berlin", by=STAFF)
    operator = create_operator(
        casino=casino,
        protocol=Protocol.GENERIC,
        operator_ref=f"harbour-{name}",
        name="Sandbox",
        secret=previous,
        api_host=options.sandbox_url,
        launch_host=options.sandbox_url,
        ip_allow_list=HERE,
        by=STAFF,
    )
    activate_operator(operator=operator, by=STAFF, now=datetime.now(UTC))
    rotate_secret(operator=operator, secret=secret, by=STAFF)
    api_key = create_api_key(casino=casino, name="site", scopes=Scope.values, by=STAFF).text
    live = LiveCasino(casino, operator, api_key, secret, previous, options, environment, folder)
    live.demo.write_text(json.dumps(describe(live)), "utf-8")
    return live


def describe(live: LiveCasino) -> dict[str, object]:
    return {
        "backoffice_url": live.options.backoffice_url,
        "wallet_url": live.options.wallet_url,
        "casino": {"slug": live.casino.slug, "api_key": live.api_key},
        "operators": {"generic": {"operator_id": live.operator.operator_ref, "secret_key": live.secret}},
    }
