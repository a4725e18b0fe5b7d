"""A game's page: all that the platform says of it, what we made of that, and how it changed."""

from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode

from catalog.admin.configurations import list_figures
from catalog.admin.differences import kind_chip, write_difference
from catalog.admin.effective import show_effective
from catalog.admin.places import write_places
from catalog.admin.thumbnails import picture
from catalog.models import Change, FeaturedGame, Game, Subject
from catalog.selectors.runs import list_made_changes

CHANGES_SHOWN = 50


def show_game(game: Game) -> dict[str, Any]:
    """Return what a game's page tells beside the game's own fields."""
    barred = {
        "prohibited": write_places(game.vendor.prohibited_countries) if game.vendor else "",
        "restricted": write_places(game.vendor.restricted_countries) if game.vendor else "",
    }
    return {
        "picture": picture(game),
        "descriptions": sorted(game.description.items()) if isinstance(game.description, dict) else [],
        "figures": list_figures(game),
        "tags": game.tags.order_by("name"),
        "featured": FeaturedGame.objects.filter(game=game).select_related("casino").order_by("casino__name"),
        "changes": [(each, kind_chip(each), write_difference(each)) for each in list_changes(game)[:CHANGES_SHOWN]],
        "acts": urlencode({"q": f"game {game.pk}:"}),
        "barred": barred,
        **show_effective(game),
    }


def list_changes(game: Game) -> QuerySet[Change]:
    """Return the changes of a game that synchronisations made, the newest first."""
    of_game = list_made_changes().filter(operator=game.operator_id, subject=Subject.GAME, ref=game.game_ref)
    return of_game.order_by("-pk")
