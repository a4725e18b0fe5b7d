"""The games that a casino shows first, put in order by dragging, by keys, or by number."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import URLPattern, path, reverse

from catalog.admin.forms import GameField
from catalog.admin.standing import listing_chip
from catalog.admin.thumbnails import let_show, picture
from catalog.models import FeaturedGame, Game, Listing
from catalog.services.featured import feature_games, order_featured_games
from config.admin import ActAdmin, ReadOnlyAdmin, actor
from config.display import chip
from operators.models import Casino
from operators.selectors.refusals import Refusal

FOUND_AT_ONCE = 20


@admin.register(FeaturedGame)
class FeaturedGameAdmin(ReadOnlyAdmin, ActAdmin):
    """One casino's featured games at a time, all on one page."""

    def has_arrange_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those arrange who may change what is featured."""
        return request.user.has_perm("catalog.change_featuredgame")

    def get_urls(self) -> list[URLPattern]:
        """Add where the page asks for games to add."""
        games = self.admin_site.admin_view(self.find_games)
        return [path("games/", games, name="catalog_featuredgame_games"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, *_args: Any, **_options: Any) -> HttpResponse:
        """Show a casino's featured games in their order, and take a new one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        casinos = list(Casino.objects.order_by("name", "pk"))
        asked = request.GET.get("casino")
        casino = next((each for each in casinos if each.slug == asked), next(iter(casinos), None))
        if request.method == "POST" and casino:
            return self.arrange(request, casino)
        rows = list_featured(casino)
        context = {
            "title": "Featured games",
            "casinos": casinos,
            "casino": casino,
            "rows": [(row, picture(row.game), tell_standing(row.game)) for row in rows],
            "shown": ",".join(str(row.game_id) for row in rows),
            "may_arrange": self.has_arrange_permission(request),
            "game_field": self.write_game_field(casino) if casino else "",
            "game_media": GameField(Game.objects.none(), url="").widget.media,
        }
        page = self.show(request, "admin/catalog/featured.html", context, row=None)
        return let_show(page, [row.game for row in rows])

    def arrange(self, request: HttpRequest, casino: Casino) -> HttpResponse:
        """Write the order that was posted, or add a game."""
        if not self.has_arrange_permission(request):
            raise PermissionDenied
        try:
            messages.success(request, change_featured(request.POST, casino, actor(request)))
        except (Refusal, ValidationError) as refusal:
            messages.error(request, "; ".join(getattr(refusal, "messages", [str(refusal)])))
        return HttpResponseRedirect(f"{reverse('admin:catalog_featuredgame_changelist')}?casino={casino.slug}")

    def write_game_field(self, casino: Casino) -> str:
        """Write the field that finds games to add."""
        url = f"{reverse('admin:catalog_featuredgame_games')}?casino={casino.slug}"
        field = GameField(Game.objects.none(), url=url)
        return str(field.widget.render("add", "", attrs={"id": "id_add", "aria-label": "Game to add"}))

    def find_games(self, request: HttpRequest) -> JsonResponse:
        """Answer the page's search for games to add."""
        if not self.has_arrange_permission(request):
            raise PermissionDenied
        term = request.GET.get("term", "").strip()
        named = Q(title__icontains=term) | Q(custom_title__icontains=term) | Q(game_ref=term)
        games = Game.objects.filter(named, operator__casino__slug=request.GET.get("casino", ""), listing=Listing.LISTED)
        games = games.filter(featured=None).select_related("operator", "vendor").order_by("title", "pk")
        found = [{"id": game.pk, "text": name_game(game)} for game in games[:FOUND_AT_ONCE]]
        return JsonResponse({"results": found})


def change_featured(told: QueryDict, casino: Casino, by: str) -> str:
    """Do what the page's form says; answers what to tell.

    :raises Refusal: OrderChanged, TooManyFeatured.
    :raises ValidationError: what was posted names other games than those shown.
    """
    if "add_game" in told:
        wanted = told.get("add", "")
        added = feature_games(casino=casino, ids=[int(wanted)] if wanted.isdigit() else [], by=by)
        return "It is featured now, as the last one." if added else "Choose a game that is not featured yet."
    shown = read_keys(told.get("shown", "").split(","))
    order = read_order(told)
    order_featured_games(casino=casino, shown=shown, ordered=order, by=by)
    left = len(shown) - len(order)
    return f"The order is saved.{f' Featured no longer: {left}.' if left else ''}"


def read_order(told: QueryDict) -> list[int]:
    """Return the games in the order of the page, those with a place typed in moved there, without those ticked off."""
    dropped = set(read_keys(told.getlist("drop")))
    order = [key for key in read_keys(told.getlist("game")) if key not in dropped]
    places = {key: told.get(f"to-{key}", "").strip() for key in order}
    moved = sorted((int(place), key) for key, place in places.items() if place.isdigit())
    for place, key in moved:
        order.remove(key)
        order.insert(max(place, 1) - 1, key)
    return order


def read_keys(texts: Sequence[str]) -> list[int]:
    """Read keys, leaving out what is none."""
    return [int(text) for text in texts if text.isdigit()]


def list_featured(casino: Casino | None) -> list[FeaturedGame]:
    """Return a casino's featured games in their order."""
    rows = FeaturedGame.objects.filter(casino=casino).select_related("game__operator", "game__vendor")
    return list(rows.order_by("position", "pk"))


def tell_standing(game: Game) -> str:
    """Say why a featured game is not shown by the casino; empty where nothing keeps it."""
    if game.listing != Listing.LISTED:
        return listing_chip(game.listing)
    if not game.enabled or (game.vendor and not game.vendor.enabled):
        return chip("Switched off by us", "danger")
    return "" if game.platform_enabled else chip("Off at the platform", "warning")


def name_game(game: Game) -> str:
    """Name a game with its vendor and the operator that offers it."""
    return f"{game} ({game.vendor or 'unknown vendor'}, {game.operator.name}, id {game.game_ref})"
