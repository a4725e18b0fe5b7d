"""What the lists of the catalogue are narrowed by, where a field's own filter does not do."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from catalog.models import Game, Tag
from config.theme import BooleanRadioFilter, DropdownFilter, TextFilter
from operators.models import Casino


class SwitchFilter(BooleanRadioFilter):
    """Rows that are on or off in some respect, named as the list's column is."""

    named: str

    def __init__(self, *where: Any, **more: Any) -> None:
        super().__init__(*where, **more)
        self.title = self.named


class OfferedFilter(SwitchFilter):
    """What we have switched on, or off."""

    named = "offered by us"


class OnThereFilter(SwitchFilter):
    """What the platform has switched on, or off."""

    named = "on at the platform"


class ReachableFilter(SwitchFilter):
    """Vendors that the platform can reach, or cannot."""

    named = "reachable"


class ValuesFilter(DropdownFilter):
    """The rows with one of the values that a text field of the games has."""

    field: str

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer each value that there is."""
        values = Game.objects.exclude(**{self.field: ""}).order_by(self.field).values_list(self.field, flat=True)
        return [(value, value) for value in values.distinct()]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those."""
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class TypeFilter(ValuesFilter):
    """Games of one type, as the platforms name it."""

    title, parameter_name, field = "type", "game_type", "game_type"


class SubtypeFilter(ValuesFilter):
    """Games of one subtype."""

    title, parameter_name, field = "subtype", "subtype", "subtype"


class DeviceFilter(ValuesFilter):
    """Games made for some devices."""

    title, parameter_name, field = "devices", "platform", "platform"


class VendorNameFilter(TextFilter):
    """Rows of a vendor, by a part of its name or id: each operator names it for itself."""

    title, parameter_name = "vendor's name", "vendor_name"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the vendor's."""
        value = (self.value() or "").strip()
        named = Q(vendor__vendor_ref__icontains=value) | Q(vendor__title__icontains=value)
        return queryset.filter(named) if value else queryset


class CountryFilter(TextFilter):
    """Rows of vendors that name a country or region; `prefix` leads from the row to its vendor."""

    title, parameter_name = "barred in (ISO country or region)", "country"
    prefix = "vendor__"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those where games are restricted or prohibited there, the country's own bar counting for a region."""
        value = (self.value() or "").strip().upper()
        if not value:
            return queryset
        places = sorted({value, value.partition("-")[0]})
        prohibited = Q(**{f"{self.prefix}prohibited_countries__overlap": places})
        return queryset.filter(prohibited | Q(**{f"{self.prefix}restricted_countries__overlap": places}))


class VendorCountryFilter(CountryFilter):
    """Vendors that name a country or region."""

    prefix = ""


class TagFilter(DropdownFilter):
    """Games with a tag, or without any."""

    title, parameter_name = "tag", "tag"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer each casino's tags."""
        tags = Tag.objects.select_related("casino").order_by("casino__name", "name")
        return [("none", "No tag"), *((str(tag.pk), f"{tag.name} ({tag.casino.name})") for tag in tags)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those."""
        value = self.value() or ""
        if value == "none":
            return queryset.filter(tags=None)
        return queryset.filter(tags=int(value)) if value.isdigit() else queryset


class FeaturedFilter(DropdownFilter):
    """Games that a casino features."""

    title, parameter_name = "featured", "featured"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer each casino."""
        casinos = Casino.objects.order_by("name").values_list("slug", "name")
        return [("no", "Not featured"), *((slug, f"Featured at {name}") for slug, name in casinos)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those."""
        value = self.value() or ""
        if value == "no":
            return queryset.filter(featured=None)
        return queryset.filter(featured__casino__slug=value) if value else queryset


class PresentedFilter(DropdownFilter):
    """Games with a title or a picture of our own."""

    title, parameter_name = "our own title or picture", "presented"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer either."""
        return [("title", "Title"), ("picture", "Picture"), ("no", "Neither")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those."""
        fits = {
            "title": ~Q(custom_title=""),
            "picture": ~Q(custom_thumbnail_url=""),
            "no": Q(custom_title="", custom_thumbnail_url=""),
        }
        return queryset.filter(fits.get(self.value() or "", Q()))
