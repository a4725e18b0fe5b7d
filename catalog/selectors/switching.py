"""What a switch of many rows would touch, before anything is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from catalog.models import Game, Listing, Lobby, OperatorCurrency, Vendor

# How each kind of row is called by its own words.
NAMED_BY = {Game: "title", Lobby: "lobby_ref", Vendor: "title", OperatorCurrency: "currency_id"}


@dataclass(frozen=True, slots=True)
class Share:
    """How many rows of one operator and vendor a switch would change, and how many are so already."""

    operator: str
    vendor: str
    changing: int
    already: int


@dataclass(frozen=True, slots=True)
class Touched:
    """What a switch of many rows would touch: the ids that it would change, and where they are."""

    changing: list[int]
    already: list[int]
    shares: list[Share]
    gone: int
    games: int
    lobbies: int


def preview_switch(rows: "QuerySet[Any]", *, enabled: bool) -> Touched:
    """Return what switching all of some games, lobbies, vendors or operator currencies would touch.

    `games` and `lobbies` count what hangs on the vendors that would change, where the rows are vendors.
    """
    found = rows.order_by("pk").values_list("pk", "enabled").distinct()
    stand = [(pk, on == enabled) for pk, on in found]
    changing = [pk for pk, so in stand if not so]
    ids = [pk for pk, _so in stand]
    return Touched(
        changing=changing,
        already=[pk for pk, so in stand if so],
        shares=_share(rows.model, ids, enabled),
        gone=rows.model.objects.filter(pk__in=changing, listing=Listing.GONE).count(),
        games=list_games_touched(rows.model, changing).count() if rows.model is Vendor else 0,
        lobbies=Lobby.objects.filter(vendor__in=changing).count() if rows.model is Vendor else 0,
    )


def list_games_touched(model: type[Model], ids: Iterable[int]) -> QuerySet[Game]:
    """Return the games that a switch of some games or vendors bears on; none for other rows."""
    if model is Game:
        return Game.objects.filter(pk__in=ids)
    return Game.objects.filter(vendor__in=ids) if model is Vendor else Game.objects.none()


def list_examples(model: Any, ids: Iterable[int], count: int) -> "QuerySet[Any]":
    """Return the first rows by name."""
    rows = model.objects.filter(pk__in=ids).select_related("operator", *(["vendor"] if model in {Game, Lobby} else []))
    examples: QuerySet[Any] = rows.order_by(NAMED_BY[model], "pk")[:count]
    return examples


def _share(model: Any, ids: list[int], enabled: bool) -> list[Share]:
    nothing = Value("", output_field=CharField())
    vendor = Coalesce(NullIf(F("vendor__title"), nothing), F("vendor__vendor_ref"), nothing)
    rows = model.objects.filter(pk__in=ids).order_by()
    sums = (
        rows.annotate(of_operator=F("operator__name"), of_vendor=vendor if model in {Game, Lobby} else nothing)
        .values("operator_id", "of_operator", "of_vendor")
        .annotate(changing=Count("pk", filter=~Q(enabled=enabled)), already=Count("pk", filter=Q(enabled=enabled)))
        .order_by("of_operator", "operator_id", "of_vendor")
    )
    return [Share(row["of_operator"], row["of_vendor"], row["changing"], row["already"]) for row in sums]
