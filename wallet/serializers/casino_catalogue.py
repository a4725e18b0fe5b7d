"""What the casino API takes and tells of games, lobbies and vendors."""

import re
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from catalog.models import Game, Lobby, Vendor
from catalog.selectors import Visitor
from wallet.models import country_code, currency_code
from wallet.serializers.casino_api import LONGEST_REF, PageQuery, PlainText

REGION = RegexValidator(re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}\Z"), "Use ISO 3166-2, for example CA-QC.")
# Columns by which a list can be ordered; the last tells equals apart.
GAME_ORDERS = {
    "id": ("pk",),
    "newest": ("-pk",),
    "title": ("shown_title", "pk"),
    "featured": ("featured_rank", "shown_title", "pk"),
}


class CatalogueQuery(PageQuery):
    """A page of the catalogue, of all operators or of one, whatever stands there or what one visitor is shown."""

    position: Any = dict[str, int | str]
    operator_id = PlainText(max_length=LONGEST_REF, required=False, help_text="Only this operator's.")
    enabled = serializers.BooleanField(required=False, help_text="Only what can be launched now, or only what cannot.")
    search = PlainText(max_length=100, required=False, help_text="Words of the title or id, in any order.")


class VisitorQuery(CatalogueQuery):
    """Leaves out what a player from there may not be shown."""

    vendor = PlainText(max_length=LONGEST_REF, required=False, help_text="Only this vendor's, by its id.")
    country = PlainText(
        validators=[country_code], required=False, help_text="ISO 3166-1: without what vendors bar there."
    )
    region = PlainText(validators=[REGION], required=False, help_text="ISO 3166-2: likewise, finer than the country.")
    currency = PlainText(validators=[currency_code], required=False, help_text="Only what can be played in it.")

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Refuse a region of another country."""
        country, region = asked.get("country", ""), asked.get("region", "")
        if country and region and not region.startswith(f"{country}-"):
            raise serializers.ValidationError({"region": f"Must be a region of {country}."})
        return asked


class LobbiesQuery(VisitorQuery):
    """A page of lobbies."""


class GamesQuery(VisitorQuery):
    """A page of games."""

    device = serializers.ChoiceField(["desktop", "mobile"], required=False, help_text="Without the other one's games.")
    group = PlainText(max_length=100, required=False, allow_blank=True, help_text="The player's group; empty for none.")
    type = PlainText(max_length=64, required=False)
    subtype = PlainText(max_length=64, required=False)
    tag = PlainText(max_length=50, required=False, help_text="Only games with this tag of ours.")
    featured = serializers.BooleanField(required=False, help_text="Only featured games, or only the others.")
    fun_mode = serializers.BooleanField(required=False)
    campaigns = serializers.BooleanField(required=False)
    free_rounds = serializers.BooleanField(required=False)
    order = serializers.ChoiceField(
        list(GAME_ORDERS), default="id", help_text="`featured`: those first, then by title."
    )


def visitor_of(asked: dict[str, Any]) -> Visitor:
    """Return for whom a query asks."""
    given = {name: asked[name] for name in ("country", "region", "device", "currency", "group") if name in asked}
    return Visitor(**given)


class GameAnswer(serializers.Serializer[Game]):
    """A game as its platform lists it, under the casino's own title and picture where it has them."""

    operator_id = serializers.CharField(source="operator.operator_ref")
    game_id = serializers.CharField(source="game_ref", help_text="The platform's own id.")
    title = serializers.CharField(source="shown_title")
    vendor = serializers.CharField(source="vendor.vendor_ref", default=None, allow_null=True)
    type = serializers.CharField(source="game_type")
    subtype = serializers.CharField()
    platform = serializers.CharField(help_text="The devices it is made for.")
    enabled = serializers.BooleanField(source="offered", help_text="Whether it can be launched now.")
    fun_mode = serializers.BooleanField()
    campaigns = serializers.BooleanField()
    free_rounds = serializers.BooleanField()
    rtp = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True, help_text="In per cent.")
    created_on = serializers.DateField(source="created_date", allow_null=True)
    description = serializers.DictField(child=serializers.CharField(), help_text="By language.")
    thumbnail = serializers.CharField(help_text="The casino's own picture, or the platform's first; empty for none.")
    thumbnails = serializers.DictField(child=serializers.CharField(), help_text="The platform's addresses by size.")
    tags = serializers.ListField(source="tag_slugs", child=serializers.CharField(), help_text="The casino's own.")
    featured = serializers.IntegerField(
        source="featured_position", allow_null=True, help_text="Its place among the featured games; null if it is none."
    )


class LobbyAnswer(serializers.Serializer[Lobby]):
    """A lobby as its platform lists it."""

    operator_id = serializers.CharField(source="operator.operator_ref")
    lobby_id = serializers.CharField(source="lobby_ref", help_text="The platform's own id.")
    vendor = serializers.CharField(source="vendor.vendor_ref", default=None, allow_null=True)
    enabled = serializers.BooleanField(source="offered", help_text="Whether it can be launched now.")
    thumbnails = serializers.DictField(child=serializers.CharField(), help_text="Addresses by size.")


class VendorAnswer(serializers.Serializer[Vendor]):
    """A game studio, as one operator's platform names it."""

    operator_id = serializers.CharField(source="operator.operator_ref")
    vendor_id = serializers.CharField(source="vendor_ref", help_text="As games name it in `vendor`.")
    title = serializers.CharField(source="__str__")
    logo = serializers.CharField(source="logo_url", help_text="An address; empty for none.")
    enabled = serializers.BooleanField(source="offered", help_text="Whether its games can be launched now.")
    games = serializers.IntegerField(source="game_count", help_text="How many of them can be launched now.")
    restricted_countries = serializers.ListField(child=serializers.CharField(), help_text="ISO 3166-1 and -2 codes.")
    prohibited_countries = serializers.ListField(child=serializers.CharField(), help_text="ISO 3166-1 and -2 codes.")
