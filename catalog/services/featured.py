"""The games that a casino shows first, in an order of its own."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.models import FeaturedGame, Game
from catalog.services.offers import write_ranges
from operators.models import Casino
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry

# An order that people arrange by hand.
MOST_FEATURED = 300


class TooManyFeatured(Refusal):
    """More games than anybody arranges by hand."""

    code = "too_many_featured"


class OrderChanged(Refusal):
    """Somebody else has changed the featured games since they were shown."""

    code = "order_changed"


def feature_games(*, casino: Casino, ids: Iterable[int], by: str) -> list[int]:
    """Put games at the end of a casino's featured ones, by title; answers the ids of those that were not featured.

    :raises ValidationError: one of the games is another casino's.
    :raises TooManyFeatured: the casino would feature more than MOST_FEATURED games.
    """
    wanted = set(ids)
    with transaction.atomic():
        order = _lock_order(casino)
        games = Game.objects.filter(pk__in=wanted - set(order)).order_by("title", "pk")
        if games.exclude(operator__casino=casino).exists():
            raise ValidationError(f"Some of the games are not {casino}'s.")
        added = list(games.values_list("pk", flat=True))
        if len(order) + len(added) > MOST_FEATURED:
            raise TooManyFeatured(f"{casino} can feature {MOST_FEATURED} games, and features {len(order)} already.")
        _write_order(casino, order, [*order, *added])
        if added:
            details = {"added": write_ranges(added), "featured": len(order) + len(added)}
            write_audit_entry(by=by, action="feature_games", subject=casino, details=details)
    return added


def order_featured_games(*, casino: Casino, shown: Sequence[int], ordered: Sequence[int], by: str) -> None:
    """Give a casino's featured games a new order; those left out are featured no longer.

    :param shown: the ids of the games in the order in which the person saw them.
    :raises OrderChanged: that is not their order any more.
    :raises ValidationError: the new order names a game that was not shown, or one twice.
    """
    if len(set(ordered)) != len(ordered) or not set(ordered) <= set(shown):
        raise ValidationError("The order names a game twice, or one that is not featured.")
    with transaction.atomic():
        if _lock_order(casino) != list(shown):
            raise OrderChanged("Somebody else has changed the featured games meanwhile: this is how they stand now.")
        if list(ordered) == list(shown):
            return
        _write_order(casino, shown, ordered)
        details = {"from": list(shown), "to": list(ordered)}
        write_audit_entry(by=by, action="order_featured_games", subject=casino, details=details)


def _lock_order(casino: Casino) -> list[int]:
    Casino.objects.select_for_update(of=("self",), no_key=True).get(pk=casino.pk)
    rows = FeaturedGame.objects.filter(casino=casino).order_by("position", "pk")
    return list(rows.values_list("game_id", flat=True))


def _write_order(casino: Casino, before: Sequence[int], after: Sequence[int]) -> None:
    FeaturedGame.objects.filter(casino=casino, game_id__in=set(before) - set(after)).delete()
    FeaturedGame.objects.bulk_create(
        [FeaturedGame(casino=casino, game_id=game_id, position=place) for place, game_id in enumerate(after)],
        update_conflicts=True,
        unique_fields=["casino", "game"],
        update_fields=["position"],
    )
