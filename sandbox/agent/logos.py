"""Logos of games and providers: SVG, drawn like the thumbnails of the other platform."""

from datetime import UTC, datetime

import falcon

from sandbox.agent.catalogue import build_providers
from sandbox.agent.offer import read_offer
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk
from sandbox.database import Database
from sandbox.platform.draws import between
from sandbox.platform.thumbnails import Picture, draw_thumbnail


class GameLogo:
    """GET /agent/logos/games/{game_id}.svg"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_get(self, request: falcon.Request, response: falcon.Response, game_id: str) -> None:
        offer = read_offer(Desk(self._database, request.prefix, datetime.now(UTC)))
        game = offer.known.get(game_id)
        if game is None:
            raise Refusal("NOT_FOUND", status=404)
        maker = offer.providers[game.provider_id].name
        _write(response, Picture(game.id, game.name, maker, game.motif, game.hue))


class ProviderLogo:
    """GET /agent/logos/providers/{provider_id}.svg"""

    def on_get(self, _request: falcon.Request, response: falcon.Response, provider_id: str) -> None:
        provider = build_providers().get(provider_id)
        if provider is None:
            raise Refusal("NOT_FOUND", status=404)
        _write(response, Picture(provider.id, provider.name, "", "gem", between(0, 359, "hue", provider.id)))


def _write(response: falcon.Response, picture: Picture) -> None:
    response.content_type = "image/svg+xml"
    response.cache_control = ["public, max-age=3600"]
    response.text = draw_thumbnail(picture)
