"""Games as the platforms list them, and whether and how we offer them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin import filters, tagging
from catalog.admin.acts import SwitchedAdmin
from catalog.admin.forms import PresentationForm
from catalog.admin.game_page import show_game
from catalog.admin.lobby_preview import preview_lobby
from catalog.admin.standing import chip_of_platform, listing_chip
from catalog.admin.thumbnails import let_show, picture
from catalog.models import Game, Listing
from catalog.selectors.play import play_figures
from catalog.services.offers import switch_game
from catalog.services.presentation import present_game
from config.admin import actor, posted
from config.display import NOTHING, chips, ident
from config.theme import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
    act,
)

UNMAPPED_SHOWN = 200


@admin.register(Game)
class GameAdmin(tagging.TaggedAdmin, SwitchedAdmin):
    """Games by title. What has gone from a platform's list stays here, since history points at it."""

    list_display = (
        "picture",
        "title_shown",
        "vendor_shown",
        "type_shown",
        "rtp_shown",
        "features",
        "tags_shown",
        "at_platform",
        "offered",
    )
    list_display_links = ("title_shown",)
    list_select_related = ("vendor", "operator")
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("operator__casino", RelatedDropdownFilter),
        ("vendor", AutocompleteSelectFilter),
        filters.VendorNameFilter,
        ("enabled", filters.OfferedFilter),
        ("listing", ChoicesDropdownFilter),
        ("platform_enabled", filters.OnThereFilter),
        filters.TagFilter,
        filters.FeaturedFilter,
        filters.PresentedFilter,
        filters.TypeFilter,
        filters.SubtypeFilter,
        filters.DeviceFilter,
        ("fun_mode", BooleanRadioFilter),
        ("campaigns", BooleanRadioFilter),
        ("free_rounds", BooleanRadioFilter),
        ("rtp", RangeNumericFilter),
        filters.CountryFilter,
        ("created_date", RangeDateFilter),
    )
    ordering = ("title", "pk")
    search_fields = ("title__icontains", "custom_title__icontains", "game_ref__exact")
    search_help_text = "A part of the title, or the game id"
    list_before_template = "admin/catalog/game/unmapped_notice.html"
    change_form_template = "admin/catalog/game/change_form.html"
    actions = (*SwitchedAdmin.actions, "tag_selected", "untag_selected", "feature_selected")
    actions_list = ("synchronise", "lobby_preview", "unmapped")
    actions_detail = (*SwitchedAdmin.actions_detail, "present", "choose_tags")
    empty_text = "No game fits. The catalogue is fetched from the platforms every hour, or by “Synchronise”."
    switch = staticmethod(switch_game)
    off_means = (
        "No launch, and every new bet on it is refused with OP_35, in games already open too. Late wins still arrive."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Game]:
        """Read the tags along."""
        games: QuerySet[Game] = super().get_queryset(request)
        return games.prefetch_related("tags")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and above it how many games were played that no platform lists."""
        unmapped = Game.objects.filter(listing=Listing.UNMAPPED).count()
        return super().changelist_view(request, {**(extra_context or {}), "unmapped_count": unmapped})

    def tell(self, game: Any) -> dict[str, Any]:
        """Show a game whole."""
        return super().tell(game) | show_game(game)

    @act("Synchronise", path="synchronise", icon="sync", permissions=["switch"])
    def synchronise(self, _request: HttpRequest) -> HttpResponse:
        """Go to where a worker is asked to bring a catalogue in step."""
        return HttpResponseRedirect(reverse("admin:catalog_syncrun_synchronise"))

    @act("Unmapped games", path="unmapped", icon="help_center", permissions=["view"])
    def unmapped(self, request: HttpRequest) -> HttpResponse:
        """Show the games that were met in play and that no platform lists, with what was played."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        games = Game.objects.filter(listing=Listing.UNMAPPED)
        shown = list(games.select_related("operator__casino").order_by("-first_seen_at", "-pk")[:UNMAPPED_SHOWN])
        played = play_figures().sum_played(games=Game.objects.filter(pk__in=[game.pk for game in shown]))
        context = {
            "title": "Unmapped games",
            "rows": [(game, played.get(game.pk, [])) for game in shown],
            "total": games.count(),
        }
        return self.show(request, "admin/catalog/game/unmapped.html", context, row=None)

    @act("Lobby preview", path="lobby-preview", icon="preview", permissions=["view"])
    def lobby_preview(self, request: HttpRequest) -> HttpResponse:
        """Show the lobby as the casino's site gets it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = preview_lobby(request)
        shown = context.get("shown")
        page = self.show(request, "admin/catalog/lobby_preview.html", context, row=None)
        return let_show(page, [game for game, _picture in shown.cards] if shown else [])

    @act("Title and picture", path="present", icon="edit", permissions=["switch"])
    def present(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a title and a picture of our own."""
        game = self.find_row(request, object_id)
        stands = {"custom_title": game.custom_title, "custom_thumbnail_url": game.custom_thumbnail_url}
        form = PresentationForm(posted(request), initial=stands)

        def do() -> tuple[Game, str]:
            wanted = form.cleaned_data
            title, url = wanted["custom_title"], wanted["custom_thumbnail_url"]
            present_game(game=game, title=title, thumbnail_url=url, by=actor(request))
            return game, f"{game} is shown so from now on."

        page = self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=game,
            title="Title and picture",
            submit="Save",
            lead=f"What our casino shows in place of the platform's title “{game.title}” and of its picture.",
        )
        return let_show(page, [game])

    @admin.display(description="Picture")
    def picture(self, game: Game) -> SafeString:
        return picture(game)

    @admin.display(description="Title", ordering="title")
    def title_shown(self, game: Game) -> SafeString:
        theirs = game.title if game.custom_title and game.title else ""
        return format_html(
            '<span class="named"><span>{}</span>{}<span class="quiet">{}</span></span>',
            game,
            format_html('<span class="quiet">there: {}</span>', theirs) if theirs else "",
            ident(game.game_ref),
        )

    @admin.display(description="Vendor, operator", ordering="vendor__vendor_ref")
    def vendor_shown(self, game: Game) -> SafeString:
        return format_html(
            '<span class="named"><span>{}</span><span class="quiet">{}</span></span>',
            game.vendor or NOTHING,
            game.operator.name,
        )

    @admin.display(description="Type, devices", ordering="game_type")
    def type_shown(self, game: Game) -> SafeString:
        return format_html(
            '<span class="named"><span>{}</span><span class="quiet">{}</span></span>',
            game.game_type or NOTHING,
            ", ".join(filter(None, (game.subtype, game.platform))),
        )

    @admin.display(description="RTP", ordering="rtp")
    def rtp_shown(self, game: Game) -> SafeString:
        if game.rtp is None:
            return NOTHING
        return format_html('<span class="figure">{}&nbsp;%</span>', f"{game.rtp.normalize():f}")

    @admin.display(description="Takes")
    def features(self, game: Game) -> SafeString:
        words = {"Fun": game.fun_mode, "Campaigns": game.campaigns, "Free rounds": game.free_rounds}
        return chips([(word, "") for word, there in words.items() if there])

    @admin.display(description="Tags")
    def tags_shown(self, game: Game) -> SafeString:
        return chips([(tag.name, "info") for tag in sorted(game.tags.all(), key=str)])

    @admin.display(description="Platform", ordering="listing")
    def at_platform(self, game: Game) -> SafeString:
        return chip_of_platform(game) if game.listing == Listing.LISTED else listing_chip(game.listing)
