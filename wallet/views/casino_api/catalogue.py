"""Games and lobbies, as the casino's platforms list them."""

from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.selectors import list_games, list_lobbies
from operators.models import Scope
from wallet.serializers.casino_api import CatalogueQuery, GameAnswer, LobbyAnswer
from wallet.views.casino_api import schema
from wallet.views.casino_api.base import CasinoApiView
from wallet.views.casino_api.paging import answer_page


class CatalogueView(CasinoApiView):
    """Pages through rows in the order in which they came to the catalogue."""

    scopes = {"GET": (Scope.READ,)}

    def answer(self, request: Request, rows: QuerySet[Any], serializer: type[serializers.Serializer[Any]]) -> Response:
        """Answer the page that the query asks for."""
        asked = self.read_query(CatalogueQuery)
        if "operator_id" in asked:
            rows = rows.filter(operator__operator_ref=asked["operator_id"])
        page: list[Model] = list(
            rows.filter(pk__gt=asked.get("cursor", {}).get("after", 0)).order_by("pk")[: asked["limit"] + 1]
        )
        shown = page[: asked["limit"]]
        more = len(page) > len(shown)
        return answer_page(request, serializer(shown, many=True).data, {"after": shown[-1].pk} if more else None)


class GamesView(CatalogueView):
    """GET games"""

    @schema.list_games
    def get(self, request: Request) -> Response:
        """List the games, also those that are switched off."""
        return self.answer(request, list_games(self.casino), GameAnswer)


class LobbiesView(CatalogueView):
    """GET lobbies"""

    @schema.list_lobbies
    def get(self, request: Request) -> Response:
        """List the lobbies, also those that are switched off."""
        return self.answer(request, list_lobbies(self.casino), LobbyAnswer)
