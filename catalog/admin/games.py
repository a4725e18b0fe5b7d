"""Games as the platforms list them, and whether we offer them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from catalog.admin.acts import SwitchedAdmin
from catalog.admin.forms import SyncForm
from catalog.admin.thumbnails import picture
from catalog.models import Game, Listing
from catalog.services import SyncResult, switch_game, sync_catalog
from config.admin import actor, posted
from config.display import chip, ident
from config.theme import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter, TextFilter, act
from operators.platforms.base import PlatformFailure
from operators.selectors.refusals import Refusal

LISTING_LOOKS = {Listing.LISTED: "success", Listing.GONE: "", Listing.UNMAPPED: "warning"}


class VendorNameFilter(TextFilter):
    """The games of a vendor, by a part of its name: there are too many to choose from."""

    title = "vendor"
    parameter_name = "vendor_name"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Game]) -> QuerySet[Game]:
        """Keep the vendor's."""
        value = (self.value() or "").strip()
        return queryset.filter(vendor__vendor_ref__icontains=value) if value else queryset


@admin.register(Game)
class GameAdmin(SwitchedAdmin):
    """Games by title. What has gone from a platform's list stays here, since history points at it."""

    list_display = (
        "picture",
        "title_shown",
        "ref",
        "vendor",
        "game_type",
        "operator__name",
        "listing_shown",
        "at_platform",
        "offered",
    )
    list_display_links = ("title_shown",)
    list_select_related = ("vendor", "operator")
    list_filter = (
        ("operator", RelatedDropdownFilter),
        VendorNameFilter,
        ("listing", ChoicesDropdownFilter),
        ("enabled", BooleanRadioFilter),
        ("platform_enabled", BooleanRadioFilter),
    )
    ordering = ("title", "pk")
    search_fields = ("title__icontains", "game_ref__exact")
    search_help_text = "A part of the title, or the game id"
    change_form_template = "admin/catalog/game/change_form.html"
    actions_list = ("fetch",)
    empty_text = "No game fits. The catalogue is fetched from the platforms every hour, or by “Fetch from platform”."
    switch = staticmethod(switch_game)
    off_means = (
        "No launch, and every new bet on it is refused with OP_35, in games already open too. Late wins still arrive."
    )

    @act("Fetch from platform", path="fetch", icon="sync", permissions=["switch"])
    def fetch(self, request: HttpRequest) -> HttpResponse:
        """Ask which operator's, and fetch its games and lobbies now."""
        form = SyncForm(posted(request))

        def do() -> tuple[None, str]:
            result = sync_catalog(operator=form.cleaned_data["operator"], by=actor(request), now=timezone.now())
            return None, describe(result)

        return self.attempt(request, form, do, Refusal, PlatformFailure) or self.ask(
            request,
            form,
            row=None,
            title="Fetch from platform",
            submit="Fetch",
            lead="Brings games and lobbies in step with the platform's lists. What is switched off here stays off.",
        )

    @admin.display(description="Picture")
    def picture(self, game: Game) -> SafeString:
        return picture(game)

    @admin.display(description="Title", ordering="title")
    def title_shown(self, game: Game) -> str:
        return str(game)

    @admin.display(description="Game id", ordering="game_ref")
    def ref(self, game: Game) -> SafeString:
        return ident(game.game_ref)

    @admin.display(description="Listing", ordering="listing")
    def listing_shown(self, game: Game) -> SafeString:
        return listing_chip(game.listing)

    @admin.display(description="At the platform", ordering="platform_enabled")
    def at_platform(self, game: Game) -> SafeString:
        return chip("On", "success") if game.platform_enabled else chip("Off", "warning")


def listing_chip(listing: str) -> SafeString:
    """Write where a row stands on the platform's list."""
    return chip(str(Listing(listing).label), LISTING_LOOKS[Listing(listing)])


def describe(result: SyncResult) -> str:
    """Say what a synchronisation changed."""
    games, lobbies = result.games, result.lobbies
    text = f"Games: {games.added} new, {games.changed} changed, {games.gone} gone, {games.back} back. "
    text += f"Lobbies: {lobbies.added} new, {lobbies.changed} changed, {lobbies.gone} gone, {lobbies.back} back."
    return text + (f" {result.unreadable} rows could not be read." if result.unreadable else "")
