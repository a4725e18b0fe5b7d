"""The game and lobby lists of document 001."""

from functools import lru_cache
from typing import Any

import falcon
import msgspec

from sandbox.platform.access import require_operator
from sandbox.platform.catalogue import Catalogue, Game, Lobby
from sandbox.platform.draws import chance
from sandbox.platform.state import Platform

# Rows of older games lack what the document's later versions added, as the real lists' do.
NO_CREATED_AT_BEFORE = 2020
NO_CAMPAIGNS = frozenset({"lottery", "bingo"})
SPACED_LOBBY = "aurelialive_game_shows"


class GamesList:
    """GET /api/generic/games/list/all"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        require_operator(request, "games", self._platform.source.find())
        response.content_type = falcon.MEDIA_JSON
        response.data = encode_games(self._platform.catalogue, request.prefix)


class LobbiesList:
    """GET /api/generic/lobbies/list/all"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        require_operator(request, "lobbies", self._platform.source.find())
        response.content_type = falcon.MEDIA_JSON
        response.data = encode_lobbies(self._platform.catalogue, request.prefix)


@lru_cache(maxsize=4)
def encode_games(catalogue: Catalogue, media_host: str) -> bytes:
    """The whole games list as JSON, its thumbnails on the given host."""
    return msgspec.json.encode({"games": [describe_game(game, media_host) for game in catalogue.games.values()]})


@lru_cache(maxsize=4)
def encode_lobbies(catalogue: Catalogue, media_host: str) -> bytes:
    """The whole lobbies list as JSON, its thumbnails on the given host."""
    return msgspec.json.encode({"lobbies": [describe_lobby(each, media_host) for each in catalogue.lobbies.values()]})


def describe_game(game: Game, media_host: str) -> dict[str, Any]:
    """One row of the games list; `campaigns`, `created_at`, `details` and its `description` are absent for some."""
    row: dict[str, Any] = {
        "id": game.id,
        "title": game.title,
        "platform": game.platform,
        "type": game.type,
        "subtype": game.subtype,
        "enabled": int(game.enabled),
        "fun_mode": int(game.fun_mode),
        "vendor": game.vendor,
    }
    if game.type not in NO_CAMPAIGNS:
        row["campaigns"] = int(game.campaigns)
    if game.created_on.year >= NO_CREATED_AT_BEFORE:
        row["created_at"] = game.created_on.isoformat()
    if not chance(0.01, "no details", game.id):
        row["details"] = _details(game, media_host)
    return row


def describe_lobby(lobby: Lobby, media_host: str) -> dict[str, Any]:
    """One row of the lobbies list; one thumbnail address has a blank inside, like the document's own example."""
    host = f"{media_host} " if lobby.lobby_id == SPACED_LOBBY else media_host
    thumbnails = {"300x300": f"{host}{thumbnail_path(f'lobby_{lobby.lobby_id}')}"}
    return {"lobby_id": lobby.lobby_id, "vendor": lobby.vendor, "details": {"thumbnails": thumbnails}}


def thumbnail_path(name: object) -> str:
    return f"/thumbnails/300x300/{name}.svg"


def _details(game: Game, media_host: str) -> dict[str, Any]:
    details: dict[str, Any] = {"thumbnails": {"300x300": media_host + thumbnail_path(game.id)}}
    if game.description is not None:
        details["description"] = game.description
    return details
