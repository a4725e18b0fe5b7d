"""Game configurations, a game's figures in one currency, with minor units written as money."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.standing import listing_chip
from catalog.models import Game, GameConfiguration, OperatorCurrency
from catalog.selectors.ladder import find_exposure_factor
from config.admin import ReadOnlyAdmin
from config.display import NOTHING, amount_text, link, money, page
from config.theme import ChoicesDropdownFilter, RangeNumericFilter, RelatedDropdownFilter

MINOR_UNITS = Decimal(100)


@dataclass(frozen=True, slots=True)
class Figures:
    """A configuration as money: stakes and exposures are in its currency, or in minor units and unmultiplied before."""

    configuration: GameConfiguration
    multiplier: Decimal
    stakes: list[str]
    largest: SafeString
    in_base: str
    max_payout: Decimal | None
    max_exposure: SafeString
    calculated_max_exposure: SafeString


def list_figures(game: Game) -> list[Figures]:
    """Return a game's configurations by currency, as money."""
    rows = game.configurations.select_related("currency").order_by("currency_id")
    offers = OperatorCurrency.objects.filter(operator=game.operator_id).values_list("currency_id", "multiplier")
    multipliers = dict(offers)
    return [figure(row, multipliers.get(row.currency_id, Decimal(1))) for row in rows]


def figure(row: GameConfiguration, usual_multiplier: Decimal) -> Figures:
    """Return a configuration as money. Its own multiplier counts, else the operator account's for the currency."""
    multiplier = row.currency_multiplier or usual_multiplier
    factor = find_exposure_factor(row, multiplier)
    stakes = [stake * multiplier / MINOR_UNITS for stake in sorted(row.stakes)]
    code = row.currency_id
    return Figures(
        configuration=row,
        multiplier=multiplier,
        stakes=[amount_text(stake) for stake in stakes],
        largest=money(stakes[-1] if stakes else None, code),
        in_base=tell_in_base(row, stakes),
        max_payout=row.max_payout,
        max_exposure=price(row.max_exposure, factor, code),
        calculated_max_exposure=price(row.calculated_max_exposure, factor, code),
    )


def price(minor_units: Decimal | None, factor: Decimal, code: str) -> SafeString:
    """Write minor units as money."""
    return money(None if minor_units is None else minor_units * factor / MINOR_UNITS, code)


def tell_in_base(row: GameConfiguration, stakes: list[Decimal]) -> str:
    """Say what the stakes are in the currency that this one is a unit of; empty for a currency."""
    unit = row.currency
    if not unit.base_code or not stakes:
        return ""
    ends = [amount_text(stake * unit.unit_factor) for stake in (stakes[0], stakes[-1])]
    return f"{ends[0]} to {ends[1]} {unit.base_code}"


@admin.register(GameConfiguration)
class GameConfigurationAdmin(ReadOnlyAdmin):
    """Configurations by game and currency."""

    list_display = (
        "game_shown",
        "operator_shown",
        "currency",
        "stakes_shown",
        "steps",
        "rtp_shown",
        "payout",
        "exposure",
        "listing_shown",
    )
    list_display_links = ("currency",)
    list_select_related = ("game__operator", "currency")
    list_filter = (
        ("game__operator", RelatedDropdownFilter),
        ("currency", RelatedDropdownFilter),
        ("listing", ChoicesDropdownFilter),
        ("expected_rtp", RangeNumericFilter),
        ("max_payout", RangeNumericFilter),
    )
    ordering = ("game__title", "game_id", "currency_id")
    search_fields = ("game__title__icontains", "game__custom_title__icontains", "game__game_ref__exact")
    search_help_text = "A part of the game's title, or the game id"
    change_form_template = "admin/catalog/gameconfiguration/change_form.html"
    empty_text = "No configuration fits. Only platforms such as hinterzimmer tell a game's stakes by currency."

    def get_queryset(self, request: HttpRequest) -> QuerySet[GameConfiguration]:
        """Read the currency's multiplier along."""
        rows: QuerySet[GameConfiguration] = super().get_queryset(request)
        return rows.select_related("game__operator", "currency").prefetch_related("currency__offers")

    def tell(self, row: GameConfiguration) -> dict[str, Any]:
        """Show its figures as money."""
        return {"figures": self.figures(row)}

    def figures(self, row: GameConfiguration) -> Figures:
        """Return a row as money."""
        offers = [each for each in row.currency.offers.all() if each.operator_id == row.game.operator_id]
        return figure(row, offers[0].multiplier if offers else Decimal(1))

    @admin.display(description="Game", ordering="game__title")
    def game_shown(self, row: GameConfiguration) -> SafeString:
        return link(page("catalog_game", row.game_id), row.game)

    @admin.display(description="Operator", ordering="game__operator__name")
    def operator_shown(self, row: GameConfiguration) -> str:
        return str(row.game.operator.name)

    @admin.display(description="Stakes")
    def stakes_shown(self, row: GameConfiguration) -> SafeString:
        figures = self.figures(row)
        return (
            format_html('<span class="money">{} to {}</span>', figures.stakes[0], figures.largest)
            if figures.stakes
            else NOTHING
        )

    @admin.display(description="Steps")
    def steps(self, row: GameConfiguration) -> SafeString:
        return format_html('<span class="figure">{}</span>', len(row.stakes))

    @admin.display(description="RTP", ordering="expected_rtp")
    def rtp_shown(self, row: GameConfiguration) -> SafeString:
        return write_rtp(row.expected_rtp)

    @admin.display(description="Pays at most", ordering="max_payout")
    def payout(self, row: GameConfiguration) -> SafeString:
        if row.max_payout is None:
            return NOTHING
        return format_html('<span class="figure">{} &times;</span>', f"{row.max_payout.normalize():,f}")

    @admin.display(description="Exposure", ordering="max_exposure")
    def exposure(self, row: GameConfiguration) -> SafeString:
        return self.figures(row).max_exposure

    @admin.display(description="Listing", ordering="listing")
    def listing_shown(self, row: GameConfiguration) -> SafeString:
        return listing_chip(row.listing)


def write_rtp(rtp: Decimal | None) -> SafeString:
    """Write a return to player in per cent."""
    return NOTHING if rtp is None else format_html('<span class="figure">{}&nbsp;%</span>', f"{rtp.normalize():f}")
