"""The registry of currencies and units, and what each operator's platform offers of them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin import filters
from catalog.admin.acts import SwitchedAdmin
from catalog.admin.forms import CurrencyForm, NewCurrencyForm
from catalog.admin.standing import listing_chip
from catalog.models import Currency, OperatorCurrency
from catalog.services.currencies import add_currency, change_currency
from catalog.services.offers import switch_currency
from config.admin import MadeByStaffAdmin, actor, posted
from config.display import NOTHING, chip, link, page
from config.theme import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter, act


@admin.register(Currency)
class CurrencyAdmin(MadeByStaffAdmin):
    """Currencies by their code. A synchronisation adds those it meets; staff say what units are worth."""

    list_display = ("code", "name", "kind", "decimals", "unit_shown", "offers_shown")
    list_filter = (("is_iso", BooleanRadioFilter),)
    ordering = ("code",)
    search_fields = ("code", "name")
    search_help_text = "A part of the code or of the name"
    change_form_template = "admin/catalog/currency/change_form.html"
    actions_detail = ("correct",)
    empty_text = "No currency fits."

    def has_correct_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those correct who may change currencies."""
        return request.user.has_perm("catalog.change_currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Currency]:
        """Count the operators that offer each along."""
        currencies: QuerySet[Currency] = super().get_queryset(request)
        return currencies.annotate(offer_count=Count("offers"))

    def tell(self, currency: Currency) -> dict[str, Any]:
        """Show where it is offered, and its units."""
        return {
            "offers": currency.offers.select_related("operator__casino").order_by("operator__name", "pk"),
            "units": Currency.objects.filter(base_code=currency.code).order_by("code"),
            "unexplained": is_unexplained(currency),
        }

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for a currency or unit, and add it."""
        form = NewCurrencyForm(posted(request))

        def do() -> tuple[Currency, str]:
            currency = add_currency(**form.cleaned_data, by=actor(request))
            return currency, f"{currency} is in the registry."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=None,
            title="New currency or unit",
            submit="Add",
            lead="Currencies of ISO 4217 come by themselves when a platform lists them. Units and custom ones do not.",
        )

    @act("Correct", path="correct", icon="edit", permissions=["correct"])
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for what is right, and write it."""
        currency = self.find_row(request, object_id)
        names = ("name", "decimals", "base_code", "unit_factor")
        form = CurrencyForm(posted(request), initial={name: getattr(currency, name) for name in names})

        def do() -> tuple[Currency, str]:
            change_currency(currency=currency, **form.cleaned_data, by=actor(request))
            return currency, f"{currency} is corrected."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=currency,
            title=f"Correct {currency}",
            submit="Save",
            lead="Amounts that were booked stay as they are: the registry says how they are read.",
        )

    @admin.display(description="Kind", ordering="is_iso")
    def kind(self, currency: Currency) -> SafeString:
        return chip_of_kind(currency)

    @admin.display(description="Unit")
    def unit_shown(self, currency: Currency) -> str | SafeString:
        return write_unit(currency)

    @admin.display(description="Offered by", ordering="offer_count")
    def offers_shown(self, currency: Any) -> SafeString:
        return format_html('<span class="figure">{}</span>', currency.offer_count)


@admin.register(OperatorCurrency)
class OperatorCurrencyAdmin(SwitchedAdmin):
    """Currencies as each operator's platform offers them."""

    list_display = (
        "currency_shown",
        "name_shown",
        "operator_shown",
        "multiplier_shown",
        "unit_shown",
        "listing_shown",
        "offered",
    )
    list_select_related = ("currency", "operator")
    list_filter = (
        ("operator", RelatedDropdownFilter),
        ("operator__casino", RelatedDropdownFilter),
        ("enabled", filters.OfferedFilter),
        ("listing", ChoicesDropdownFilter),
        ("currency__is_iso", BooleanRadioFilter),
    )
    ordering = ("currency_id", "operator__name", "pk")
    search_fields = ("currency__code", "currency__name")
    search_help_text = "A part of the code or of the name"
    change_form_template = "admin/catalog/operatorcurrency/change_form.html"
    empty_text = "No currency fits. Platforms that list none take any."
    switch = staticmethod(switch_currency)
    switched_name = "currency"
    off_means = "The operator account's games are not shown to players in it. Sessions that are open go on."

    @admin.display(description="Currency", ordering="currency_id")
    def currency_shown(self, row: OperatorCurrency) -> str:
        return str(row.currency_id)

    @admin.display(description="Name", ordering="currency__name")
    def name_shown(self, row: OperatorCurrency) -> str | SafeString:
        return row.currency.name or NOTHING

    @admin.display(description="Operator", ordering="operator__name")
    def operator_shown(self, row: OperatorCurrency) -> str:
        return str(row.operator.name)

    @admin.display(description="Multiplies stakes by", ordering="multiplier")
    def multiplier_shown(self, row: OperatorCurrency) -> SafeString:
        return format_html('<span class="figure">{}</span>', f"{row.multiplier.normalize():,f}")

    @admin.display(description="Unit")
    def unit_shown(self, row: OperatorCurrency) -> str | SafeString:
        return write_unit(row.currency)

    @admin.display(description="Listing", ordering="listing")
    def listing_shown(self, row: OperatorCurrency) -> SafeString:
        return listing_chip(row.listing)


def is_unexplained(currency: Currency) -> bool:
    """Say whether nobody has said yet what a custom currency is a unit of, though its code looks like one."""
    return not currency.is_iso and not currency.base_code and len(currency.code) == 4


def chip_of_kind(currency: Currency) -> SafeString:
    """Write whether a currency is one of ISO 4217, a unit of one, or the platforms' own."""
    if currency.is_iso:
        return chip("ISO 4217", "success")
    return chip("Unit", "info") if currency.base_code else chip("Custom", "warning")


def write_unit(currency: Currency) -> str | SafeString:
    """Write what one unit is worth in the currency that it counts."""
    if not currency.base_code:
        return NOTHING
    base = link(page("catalog_currency", currency.base_code), currency.base_code)
    return format_html("1 {} = {} {}", currency.code, f"{currency.unit_factor.normalize():,f}", base)
