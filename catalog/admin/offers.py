"""Lobbies and vendors, and whether we offer them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin import filters
from catalog.admin.acts import SwitchedAdmin
from catalog.admin.places import write_places
from catalog.admin.standing import chip_of_platform, listing_chip
from catalog.admin.thumbnails import picture
from catalog.models import Game, Listing, Lobby, Vendor
from catalog.services import switch_lobby, switch_vendor
from config.display import NOTHING, chip, count, ident
from config.theme import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)


@admin.register(Lobby)
class LobbyAdmin(SwitchedAdmin):
    """Lobbies by their id."""

    list_display = ("picture", "ref", "vendor", "operator", "listing_shown", "offered")
    list_display_links = ("ref",)
    list_select_related = ("vendor", "operator")
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("operator__casino", RelatedDropdownFilter),
        ("vendor", AutocompleteSelectFilter),
        filters.VendorNameFilter,
        ("enabled", filters.OfferedFilter),
        ("listing", ChoicesDropdownFilter),
        filters.CountryFilter,
    )
    ordering = ("lobby_ref", "pk")
    search_fields = ("lobby_ref", "vendor__vendor_ref", "vendor__title")
    search_help_text = "A part of the lobby id or of the vendor's name"
    change_form_template = "admin/catalog/lobby/change_form.html"
    empty_text = "No lobby fits. Lobbies are fetched from the platforms together with the games."
    switch = staticmethod(switch_lobby)
    off_means = "It opens no new session."

    @admin.display(description="Picture")
    def picture(self, lobby: Lobby) -> SafeString:
        return picture(lobby)

    @admin.display(description="Lobby id", ordering="lobby_ref")
    def ref(self, lobby: Lobby) -> SafeString:
        return ident(lobby.lobby_ref)

    @admin.display(description="Listing", ordering="listing")
    def listing_shown(self, lobby: Lobby) -> SafeString:
        return listing_chip(lobby.listing)


@admin.register(Vendor)
class VendorAdmin(SwitchedAdmin):
    """Game studios by name, as each operator's platform names them."""

    list_display = (
        "picture",
        "title_shown",
        "operator_shown",
        "games_shown",
        "prohibited",
        "restricted",
        "at_platform",
        "online_shown",
        "offered",
    )
    list_display_links = ("title_shown",)
    list_select_related = ("operator",)
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("operator__casino", RelatedDropdownFilter),
        ("enabled", filters.OfferedFilter),
        ("listing", ChoicesDropdownFilter),
        ("platform_enabled", filters.OnThereFilter),
        ("online", filters.ReachableFilter),
        filters.VendorCountryFilter,
    )
    ordering = ("vendor_ref", "pk")
    search_fields = ("vendor_ref", "title")
    search_help_text = "A part of the vendor's name or id"
    change_form_template = "admin/catalog/vendor/change_form.html"
    empty_text = "No vendor fits. Vendors are fetched from the platforms together with the games."
    switch = staticmethod(switch_vendor)
    off_means = "Its games and lobbies open no new session. Sessions that are open go on."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vendor]:
        """Count each vendor's games along."""
        vendors: QuerySet[Vendor] = super().get_queryset(request)
        games = Game.objects.filter(vendor=OuterRef("pk")).order_by().values("vendor")
        number = Subquery(games.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
        return vendors.annotate(game_count=Coalesce(number, 0))

    def tell(self, vendor: Any) -> dict[str, Any]:
        """Name the countries, and count the games by how they stand."""
        games = Game.objects.filter(vendor=vendor)
        return super().tell(vendor) | {
            "prohibited": write_places(vendor.prohibited_countries),
            "restricted": write_places(vendor.restricted_countries),
            "games_offered": games.filter(listing=Listing.LISTED, enabled=True, platform_enabled=True).count(),
            "games_off": games.filter(enabled=False).count(),
            "lobbies": vendor.lobbies.order_by("lobby_ref"),
        }

    @admin.display(description="Logo")
    def picture(self, vendor: Vendor) -> SafeString:
        return picture(vendor)

    @admin.display(description="Vendor", ordering="title")
    def title_shown(self, vendor: Vendor) -> SafeString:
        other = ident(vendor.vendor_ref) if str(vendor) != vendor.vendor_ref else ""
        return format_html('<span class="named"><span>{}</span>{}</span>', vendor, other)

    @admin.display(description="Operator", ordering="operator__name")
    def operator_shown(self, vendor: Vendor) -> SafeString:
        return format_html('<span class="named">{}</span>', vendor.operator.name)

    @admin.display(description="Games", ordering="game_count")
    def games_shown(self, vendor: Any) -> SafeString:
        return format_html('<span class="figure">{}</span>', count(vendor.game_count))

    @admin.display(description="Prohibited in")
    def prohibited(self, vendor: Vendor) -> SafeString:
        return shorten_places(vendor.prohibited_countries)

    @admin.display(description="Restricted in")
    def restricted(self, vendor: Vendor) -> SafeString:
        return shorten_places(vendor.restricted_countries)

    @admin.display(description="At the platform", ordering="platform_enabled")
    def at_platform(self, vendor: Vendor) -> SafeString:
        return chip_of_platform(vendor) if vendor.listing == Listing.LISTED else listing_chip(vendor.listing)

    @admin.display(description="Reachable", ordering="online")
    def online_shown(self, vendor: Vendor) -> SafeString:
        return chip("Yes", "success") if vendor.online else chip("No", "warning")


def shorten_places(codes: list[str]) -> SafeString:
    """Write the first countries of a list, and how many more there are."""
    if not codes:
        return NOTHING
    more = f" and {len(codes) - 3} more" if len(codes) > 3 else ""
    return format_html('<span class="places">{}{}</span>', write_places(sorted(codes)[:3]), more)
