"""All platforms as one WSGI application."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import falcon

from sandbox import agent, gmag, hizi
from sandbox.control import FaultsControl
from sandbox.faults import Environ, Faults, Wsgi, add_faults
from sandbox.platform.control import CatalogueControl, LimitsControl
from sandbox.platform.front import FrontDoor, GameSearch
from sandbox.platform.inquiries import BalanceLimits, BusinessReport, GgrLimits, HandHistory, RoundPage
from sandbox.platform.lists import GamesList, LobbiesList
from sandbox.platform.problems import PageProblem, show_problem, write_error
from sandbox.platform.state import Platform
from sandbox.platform.tables import FunSpins, GameTable, LobbyTable, Spins, State
from sandbox.platform.thumbnails import Thumbnails
from sandbox.settings import SettingsSource

App = falcon.App[falcon.Request, falcon.Response]
AddRoutes = Callable[[App, SettingsSource, Path], None]

# The platforms that live under `/NAME/` and `/control/NAME/`; what has no such name in its path is generic's.
ADD_ROUTES: Mapping[str, AddRoutes] = {
    "hizi": hizi.add_routes,
    "gmag": gmag.add_routes,
    "agent": agent.add_routes,
}
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


def create_app(platform: Platform, data: Path) -> Wsgi:
    """Put every address of every platform in its place.

    Each platform is a falcon application of its own, so that it may word its errors as its own document does.
    """
    generic, faults = _new_app(), Faults()
    add_generic(generic, platform)
    generic.add_route("/control/faults", FaultsControl(faults))
    named = {name: _new_app() for name in ADD_ROUTES}
    for name, add_routes in ADD_ROUTES.items():
        add_routes(named[name], platform.source, data)

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        words = [*str(environ["PATH_INFO"]).removeprefix("/control").split("/"), ""]
        return named.get(words[1], generic)(environ, start_response)

    return add_faults(answer, faults)


def _new_app() -> App:
    return falcon.App(middleware=[SafeHeaders()])


def add_generic(app: App, platform: Platform) -> None:
    """Generic's lists and reports, its control, its front, and the pages on which its games are played."""
    app.add_route("/", FrontDoor(platform))
    app.add_route("/games", GameSearch(platform))
    app.add_route("/play/{session_id}", LobbyTable(platform))
    app.add_route("/play/{session_id}/state", State(platform))
    app.add_route("/play/{session_id}/games/{game_id}", GameTable(platform))
    app.add_route("/play/{session_id}/games/{game_id}/spins", Spins(platform))
    app.add_route("/fun/games/{game_id}/spins", FunSpins(platform))
    app.add_route("/api/generic/games/list/all", GamesList(platform))
    app.add_route("/api/generic/lobbies/list/all", LobbiesList(platform))
    app.add_route("/api/generic/businessReport", BusinessReport(platform))
    app.add_route("/api/generic/ggrLimits", GgrLimits(platform))
    app.add_route("/api/generic/balanceLimits", BalanceLimits(platform))
    app.add_route("/api/generic/handHistory/{transaction_id}/{history_id}", HandHistory(platform))
    app.add_route("/rounds/{transaction_id}/{history_id}/{key}", RoundPage(platform))
    app.add_route("/control/generic/catalogue", CatalogueControl(platform))
    app.add_route("/control/generic/limits", LimitsControl(platform))
    app.add_route("/thumbnails/300x300/{name}.svg", Thumbnails(platform))
    app.add_route("/health", Health(platform))
    app.add_static_route("/static", STATIC)
    app.add_error_handler(PageProblem, show_problem)
    app.set_error_serializer(write_error)
