"""Games, lobbies and vendors, as the casino's platforms list them and as one visitor is shown them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.selectors import list_games, list_lobbies, list_vendors, meets, visitor_checks
from operators.models import Scope
from wallet.serializers.casino_api import NO_CURSOR
from wallet.serializers.casino_catalogue import (
    GAME_ORDERS,
    CatalogueQuery,
    GameAnswer,
    GamesQuery,
    LobbiesQuery,
    LobbyAnswer,
    VendorAnswer,
    visitor_of,
)
from wallet.views.casino_api import schema
from wallet.views.casino_api.base import CasinoApiView
from wallet.views.casino_api.paging import answer_page

# What a query may name, and the column that it is compared with.
SAME = {
    "operator_id": "operator__operator_ref",
    "enabled": "offered",
    "vendor": "vendor__vendor_ref",
    "type": "game_type",
    "subtype": "subtype",
    "tag": "tags__slug",
    "fun_mode": "fun_mode",
    "campaigns": "campaigns",
    "free_rounds": "free_rounds",
}
# The columns of an order that are no numbers.
TEXTS = {"shown_title"}


class CatalogueView(CasinoApiView):
    """Pages through rows in an order that new rows do not disturb; an answer's ETag saves sending it again."""

    scopes = {"GET": (Scope.READ,)}
    cache_control = "private, no-cache"

    def finalize_response(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tag the answer by its bytes, and send none that the caller has; HEAD is told the same as GET."""

        def send_unless_known(response: Response) -> HttpResponse | None:
            set_response_etag(response)
            return get_conditional_response(request, etag=response["ETag"], response=response)

        response = super().finalize_response(request, *args, **kwargs)
        response.add_post_render_callback(send_unless_known)
        return response

    def answer(
        self,
        request: Request,
        rows: QuerySet[Any],
        serializer: type[serializers.Serializer[Any]],
        asked: Mapping[str, Any],
        order: Sequence[str] = ("pk",),
    ) -> Response:
        """Answer the page that the query asks for."""
        if "cursor" in asked:
            rows = rows.filter(_after(order, asked["cursor"]))
        page: list[Model] = list(rows.order_by(*order)[: asked["limit"] + 1])
        shown = page[: asked["limit"]]
        more = len(page) > len(shown)
        return answer_page(request, serializer(shown, many=True).data, _position(order, shown[-1]) if more else None)


class GamesView(CatalogueView):
    """GET games"""

    @schema.list_games
    def get(self, request: Request) -> Response:
        """List the games, also those that are switched off unless the query says otherwise."""
        asked = self.read_query(GamesQuery)
        games = _narrow(list_games(self.casino), asked, ("title", "custom_title", "game_ref"))
        if "featured" in asked:
            games = games.filter(featured_position__isnull=not asked["featured"])
        games = games.filter(meets(visitor_checks(visitor_of(asked))))
        return self.answer(request, games, GameAnswer, asked, GAME_ORDERS[asked["order"]])


class LobbiesView(CatalogueView):
    """GET lobbies"""

    @schema.list_lobbies
    def get(self, request: Request) -> Response:
        """List the lobbies, also those that are switched off unless the query says otherwise."""
        asked = self.read_query(LobbiesQuery)
        lobbies = _narrow(list_lobbies(self.casino), asked, ("lobby_ref", "vendor__title"))
        lobbies = lobbies.filter(meets(visitor_checks(visitor_of(asked), of_games=False)))
        return self.answer(request, lobbies, LobbyAnswer, asked)


class VendorsView(CatalogueView):
    """GET vendors"""

    @schema.list_vendors
    def get(self, request: Request) -> Response:
        """List the vendors, also those that are switched off unless the query says otherwise."""
        asked = self.read_query(CatalogueQuery)
        vendors = _narrow(list_vendors(self.casino), asked, ("vendor_ref", "title"))
        return self.answer(request, vendors, VendorAnswer, asked)


def _narrow(rows: QuerySet[Any], asked: Mapping[str, Any], searched: Sequence[str]) -> QuerySet[Any]:
    """Keep what has the values asked for, and each word of the search in one of its columns."""
    rows = rows.filter(**{column: asked[name] for name, column in SAME.items() if name in asked})
    for word in asked.get("search", "").split():
        rows = rows.filter(Q(*((f"{column}__icontains", word) for column in searched), _connector=Q.OR))
    return rows


def _after(order: Sequence[str], position: Mapping[str, Any]) -> Q:
    """Return the condition of rows that come after a position: the first columns equal, the next one beyond.

    :raises ValidationError: it is no position in this order.
    """
    kinds = {_name(column): str if _name(column) in TEXTS else int for column in order}
    if {name: type(value) for name, value in position.items()} != kinds:
        raise serializers.ValidationError({"cursor": NO_CURSOR})
    condition = Q()
    equal = Q()
    for column in order:
        name = _name(column)
        beyond = "lt" if column.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{beyond}": position[name]})
        equal &= Q(**{name: position[name]})
    return condition


def _position(order: Sequence[str], row: Any) -> dict[str, int | str]:
    return {name: getattr(row, name) for name in map(_name, order)}


def _name(column: str) -> str:
    return column.removeprefix("-")
