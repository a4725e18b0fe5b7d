"""What the casino's site gets: the games, lobbies and vendors of a casino, for everybody or for one visitor."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from catalog.models import FeaturedGame, Game, Listing, Lobby, Vendor
from catalog.selectors.checks import Visitor, game_checks, is_true, lobby_checks, meets
from operators.models import Casino, OperatorState

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

ANYBODY = Visitor()
# The rank of what is not featured: PostgreSQL's largest integer.
LAST = 2**31 - 1


def list_games(casino: Casino) -> "QuerySet[WithAnnotations[Game]]":
    """What the casino's platforms list, each game with `offered`: whether it can be launched now.

    `featured_position` is its place among the featured games, or None, and `featured_rank` the same for an order, with
    the others last; `shown_title` is the casino's own title, or the platform's; `tag_slugs` are its tags.
    """
    position = FeaturedGame.objects.filter(casino=casino, game=OuterRef("pk")).values("position")
    tags = Game.tags.through.objects.filter(game=OuterRef("pk")).order_by("tag__slug").values("tag__slug")
    games = _listed(Game.objects.defer("raw", "digest"), casino)
    offered = is_true(meets(game_checks(ANYBODY)))
    games = games.annotate(
        offered=offered,
        featured_position=Subquery(position),
        featured_rank=Coalesce("featured_position", Value(LAST)),
        tag_slugs=ArraySubquery(tags),
        shown_title=Coalesce(NullIf("custom_title", Value("")), "title"),
    )
    return cast("QuerySet[WithAnnotations[Game]]", games)


def list_lobbies(casino: Casino) -> "QuerySet[WithAnnotations[Lobby]]":
    """What the casino's platforms list, each lobby with `offered`: whether it can be launched now."""
    lobbies = _listed(Lobby.objects.all(), casino)
    lobbies = lobbies.annotate(offered=is_true(meets(lobby_checks(ANYBODY))))
    return cast("QuerySet[WithAnnotations[Lobby]]", lobbies)


def list_vendors(casino: Casino) -> "QuerySet[WithAnnotations[Vendor]]":
    """The vendors of the casino's platforms, each with `offered`, and the number of its games that can be launched."""
    vendors = Vendor.objects.filter(operator__casino=casino, listing=Listing.LISTED).select_related("operator")
    vendors = vendors.exclude(operator__state=OperatorState.TERMINATED)
    on = Q(enabled=True, platform_enabled=True, operator__state=OperatorState.ACTIVE)
    launchable = Q(games__listing=Listing.LISTED, games__enabled=True, games__platform_enabled=True)
    return vendors.annotate(offered=is_true(on), game_count=Count("games", filter=on & launchable))


def show_games(casino: Casino, visitor: Visitor) -> "QuerySet[WithAnnotations[Game]]":
    """The games that a visitor is shown, the featured ones first in their order, then by title."""
    games: QuerySet[Any] = list_games(casino).filter(meets(game_checks(visitor)))
    return games.order_by("featured_rank", "shown_title", "pk")


def show_lobbies(casino: Casino, visitor: Visitor) -> "QuerySet[WithAnnotations[Lobby]]":
    """The lobbies that a visitor is shown, by their ids."""
    return list_lobbies(casino).filter(meets(lobby_checks(visitor))).order_by("lobby_ref", "pk")


def _listed(rows: "QuerySet[Any]", casino: Casino) -> Any:
    listed = rows.filter(operator__casino=casino, listing=Listing.LISTED)
    return listed.exclude(operator__state=OperatorState.TERMINATED).select_related("operator", "vendor")
