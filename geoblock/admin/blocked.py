"""Launches that were refused for where the player was: a list, and a count by country."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, UtcRangeFilter
from config.display import ident, moment
from config.theme import ChoicesCheckboxFilter, ChoicesDropdownFilter, RelatedDropdownFilter, act
from geoblock.admin.simulating import write_place
from geoblock.models import BlockedLaunch
from geoblock.rules import Place, find_name
from geoblock.selectors.launches import count_by_country
from geoblock.selectors.locations import find_database_standing

SPANS = (1, 7, 30)


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
        asked = request.GET.get("days", "")
        days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[1]
        counted = count_by_country(BlockedLaunch.objects.filter(at__gte=timezone.now() - timedelta(days=days)))
        most = max((count for _, count in counted), default=0)
        context = {
            "title": "Blocked launches by country",
            "days": days,
            "spans": SPANS,
            "total": sum(count for _, count in counted),
            "most": most,
            "rows": [(code, find_name(code) or "Unknown", count) for code, count in counted],
            "database": find_database_standing(timezone.now()),
        }
        return self.show(request, "admin/geoblock/blockedlaunch/by_country.html", context, row=None)

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
