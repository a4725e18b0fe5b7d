"""Lobbies and vendors, and whether we offer them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.acts import SwitchedAdmin
from catalog.admin.games import listing_chip
from catalog.admin.thumbnails import picture
from catalog.models import Lobby, Vendor
from catalog.services import switch_lobby, switch_vendor
from config.display import count, ident
from config.theme import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter


@admin.register(Lobby)
class LobbyAdmin(SwitchedAdmin):
    """Lobbies by their id."""

    list_display = ("picture", "ref", "vendor", "operator", "listing_shown", "offered")
    list_display_links = ("ref",)
    list_select_related = ("vendor", "operator")
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("listing", ChoicesDropdownFilter),
        ("enabled", BooleanRadioFilter),
    )
    ordering = ("lobby_ref", "pk")
    search_fields = ("lobby_ref", "vendor__vendor_ref")
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

    list_display = ("title_shown", "vendor_ref", "operator", "games_shown", "offered")
    list_select_related = ("operator",)
    list_filter = (("operator", RelatedDropdownFilter), ("enabled", BooleanRadioFilter))
    ordering = ("vendor_ref", "pk")
    search_fields = ("vendor_ref", "title")
    change_form_template = "admin/catalog/vendor/change_form.html"
    empty_text = "No vendor fits. Vendors are fetched from the platforms together with the games."
    switch = staticmethod(switch_vendor)
    off_means = "Its games and lobbies open no new session. Sessions that are open go on."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vendor]:
        """Count each vendor's games along."""
        vendors: QuerySet[Vendor] = super().get_queryset(request)
        return vendors.annotate(game_count=Count("games"))

    @admin.display(description="Vendor", ordering="title")
    def title_shown(self, vendor: Vendor) -> str:
        return str(vendor)

    @admin.display(description="Games", ordering="game_count")
    def games_shown(self, vendor: Any) -> SafeString:
        return format_html('<span class="figure">{}</span>', count(vendor.game_count))
