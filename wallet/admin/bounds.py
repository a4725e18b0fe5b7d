"""How far a filtered list looks: what no index answers is looked for among the newest rows, however many there are."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from config.admin import RecordAdmin

NEWEST_ROWS = 25_000
# How a list is turned and leafed through is no filter.
TURNED = {"o", "p", "all", "e"}


class BoundedAdmin(RecordAdmin):
    """A list by key, whose filters look at the newest rows alone unless an index answers one of them."""

    list_before_template = "admin/bound.html"
    # By parameter: the values that an index answers, or None for all of them.
    answered: Mapping[str, frozenset[str] | None] = {"q": None, "player": None}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bound the list, not the row's own page."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return self.bound(rows) if self.is_bounded(request) else rows

    def bound(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the newest rows."""
        highest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
        return rows.filter(pk__gt=highest - NEWEST_ROWS)

    def is_bounded(self, request: HttpRequest) -> bool:
        """Say whether a list is asked for by filters of which no index answers any."""
        match = request.resolver_match
        if match is None or not str(match.url_name).endswith("_changelist"):
            return False
        asked = {name: values for name, values in request.GET.lists() if any(values) and name not in TURNED}
        return bool(asked) and not any(self.is_answered(name, values) for name, values in asked.items())

    def is_answered(self, name: str, values: list[str]) -> bool:
        """Say whether an index leads to what a filter is for."""
        if name not in self.answered:
            return False
        known = self.answered[name]
        return known is None or set(values) <= known

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say in the list when it is bounded."""
        bounded = NEWEST_ROWS if self.is_bounded(request) else None
        return super().changelist_view(request, (extra_context or {}) | {"bounded_rows": bounded})
