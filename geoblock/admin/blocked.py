"""Launches that were refused for where the player was: a list, and counts by country, charted and mapped."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, UtcRangeFilter
from config.display import ident, moment
from config.theme import ChoicesCheckboxFilter, ChoicesDropdownFilter, RelatedDropdownFilter, Select, act
from geoblock.admin.pictures import draw_chart, draw_map, name_country
from geoblock.admin.simulating import write_place
from geoblock.models import BlockedLaunch
from geoblock.rules import Place
from geoblock.selectors.launches import count_by_country, list_blocked
from geoblock.selectors.locations import find_database_standing
from operators.models import Operator

SPANS = (1, 7, 30)


class WhichForm(forms.Form):
    """Which refusals are counted."""

    operator = forms.ModelChoiceField(
        Operator.objects.order_by("name"), required=False, empty_label="All operators", widget=Select()
    )
    days = forms.TypedChoiceField(
        label="Of the last",
        choices=[(span, f"{span} day{'s' if span > 1 else ''}") for span in SPANS],
        coerce=int,
        widget=Select(),
    )


@admin.register(BlockedLaunch)
class BlockedLaunchAdmin(RecordAdmin, ActAdmin):
    """Refusals, the newest first."""

    list_display = ("time", "player", "place_shown", "address", "operator", "rule", "asked", "mode")
    list_display_links = ("time",)
    list_select_related = ("operator",)
    list_filter = (
        ("at", UtcRangeFilter),
        ("operator", RelatedDropdownFilter),
        ("rule", ChoicesDropdownFilter),
        ("asked", ChoicesCheckboxFilter),
    )
    ordering = ("-pk",)
    search_fields = ("user_id__exact", "address__exact", "country__exact")
    search_help_text = "Player id, address or country code, exact"
    change_form_template = "admin/geoblock/blockedlaunch/change_form.html"
    actions_list = ("by_country",)
    empty_text = "No launch fits: nobody was refused for where they were."

    def tell(self, row: BlockedLaunch) -> dict[str, Any]:
        """Show a refusal whole."""
        return {"place": place_of(row), "database": find_database_standing(timezone.now())}

    @act("By country", path="by-country", icon="public", permissions=["view"])
    def by_country(self, request: HttpRequest) -> HttpResponse:
        """Count the refusals of the last days by country."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = WhichForm({"days": SPANS[1], **request.GET.dict()})
        which: dict[str, Any] = form.cleaned_data if form.is_valid() else {"days": SPANS[1], "operator": None}
        now = timezone.now()
        since = now - timedelta(days=which["days"])
        counted = count_by_country(list_blocked(which["operator"], since))
        context = {
            "title": "Blocked launches by country",
            "form": form,
            "which": which,
            "total": sum(count for _, count in counted),
            "rows": [(code, name_country(code), count) for code, count in counted],
            "chart": draw_chart(counted),
            "map": draw_map(counted),
            "listed": self.address_of(which["operator"], since),
            "database": find_database_standing(now),
        }
        return self.show(request, "admin/geoblock/blockedlaunch/by_country.html", context, row=None)

    def address_of(self, operator: Operator | None, since: datetime) -> str:
        """Return the address of the list of what was counted, for a search to be put behind."""
        query = {"at_from_0": f"{since:%Y-%m-%d}", "at_from_1": f"{since:%H:%M:%S}"}
        if operator:
            query["operator__id__exact"] = str(operator.pk)
        return f"{self.page_of(None)}?{urlencode(query)}"

    @admin.display(description="Time", ordering="pk")
    def time(self, row: BlockedLaunch) -> SafeString:
        return moment(row.at)

    @admin.display(description="Player")
    def player(self, row: BlockedLaunch) -> SafeString:
        return ident(row.user_id)

    @admin.display(description="From", ordering="country")
    def place_shown(self, row: BlockedLaunch) -> str:
        return place_of(row)


def place_of(row: BlockedLaunch) -> str:
    """Write where the player was."""
    return write_place(Place(row.country, tuple(row.region.split())))
