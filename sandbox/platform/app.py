"""The platform as a WSGI application."""

from collections.abc import Callable
from pathlib import Path

import falcon

from sandbox.platform.front import FrontDoor, GameSearch
from sandbox.platform.lists import GamesList, LobbiesList
from sandbox.platform.problems import PageProblem, show_problem, write_error
from sandbox.platform.state import Platform
from sandbox.platform.tables import FunSpins, GameTable, LobbyTable, Spins, State
from sandbox.platform.thumbnails import Thumbnails

STATIC = Path(__file__).parents[1] / "static"
# A casino on this machine may show a game inside its own pages.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
)


class SafeHeaders:
    """Headers of every answer: no foreign scripts, no address (a launch carries a token) told to other sites."""

    def process_response(
        self, _request: falcon.Request, response: falcon.Response, _resource: object, _succeeded: bool
    ) -> None:
        response.set_header("Content-Security-Policy", CONTENT_POLICY)
        response.set_header("Referrer-Policy", "no-referrer")
        response.set_header("X-Content-Type-Options", "nosniff")


class Health:
    """GET /health"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        settings = self._platform.source.find()
        response.media = {
            "status": "ok",
            "games": len(self._platform.catalogue.games),
            "operator_id": settings.operator_id if settings else None,
        }


def create_app(platform: Platform) -> Callable[..., object]:
    """Put every address of the platform in its place."""
    app: falcon.App[falcon.Request, falcon.Response] = falcon.App(middleware=[SafeHeaders()])
    app.add_route("/", FrontDoor(platform))
    app.add_route("/games", GameSearch(platform))
    app.add_route("/play/{session_id}", LobbyTable(platform))
    app.add_route("/play/{session_id}/state", State(platform))
    app.add_route("/play/{session_id}/games/{game_id}", GameTable(platform))
    app.add_route("/play/{session_id}/games/{game_id}/spins", Spins(platform))
    app.add_route("/fun/games/{game_id}/spins", FunSpins(platform))
    app.add_route("/api/generic/games/list/all", GamesList(platform.source))
    app.add_route("/api/generic/lobbies/list/all", LobbiesList(platform.source))
    app.add_route("/thumbnails/300x300/{name}.svg", Thumbnails(platform.catalogue))
    app.add_route("/health", Health(platform))
    app.add_static_route("/static", STATIC)
    app.add_error_handler(PageProblem, show_problem)
    app.set_error_serializer(write_error)
    return app
