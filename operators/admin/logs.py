"""What was said between us and the platforms. It is read here and written elsewhere."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin import RecordAdmin, UtcRangeFilter
from config.display import NOTHING, chip, ident, moment
from config.theme import ChoicesDropdownFilter, RelatedDropdownFilter, TextFilter
from operators.models import Direction, Exchange


class ExactFilter(TextFilter):
    """The rows with exactly this in one field, which is the parameter's name."""

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those."""
        value = (self.value() or "").strip()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset


class CommandFilter(ExactFilter):
    """One command's."""

    title, parameter_name = "command", "command"


class ErrorCodeFilter(ExactFilter):
    """One error code's."""

    title, parameter_name = "error code", "error_code"


@admin.register(Exchange)
class ExchangeAdmin(RecordAdmin):
    """Calls in and out that went wrong, wrote something or were repeated, the newest first."""

    list_display = (
        "time",
        "direction_shown",
        "operator_shown",
        "command_shown",
        "outcome",
        "player",
        "transaction",
        "milliseconds_shown",
        "caller",
    )
    list_select_related = ("operator",)
    list_filter = (
        ("at", UtcRangeFilter),
        ("operator", RelatedDropdownFilter),
        ("direction", ChoicesDropdownFilter),
        CommandFilter,
        ErrorCodeFilter,
    )
    ordering = ("-at",)
    search_fields = ("user_ref",)
    search_help_text = "Player id, transaction id or round id, exact"
    change_form_template = "admin/operators/exchange/change_form.html"
    empty_text = "No exchange fits. Of what went well, only our writes and repeated calls are logged; old ones go."

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Exchange], search_term: str
    ) -> tuple[QuerySet[Exchange], bool]:
        """Find by player, transaction or round."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(user_ref=term) | Q(transaction_ref=term) | Q(round_ref=term)), False

    @admin.display(description="Time")
    def time(self, exchange: Exchange) -> SafeString:
        return moment(exchange.at)

    @admin.display(description="Direction")
    def direction_shown(self, exchange: Exchange) -> str:
        return "from platform" if exchange.direction == Direction.INBOUND else "to platform"

    @admin.display(description="Operator")
    def operator_shown(self, exchange: Exchange) -> str | SafeString:
        return exchange.operator.name if exchange.operator else NOTHING

    @admin.display(description="Command")
    def command_shown(self, exchange: Exchange) -> SafeString:
        return ident(exchange.command)

    @admin.display(description="Outcome")
    def outcome(self, exchange: Exchange) -> SafeString:
        if exchange.is_repeat:
            return chip("OK, repeated", "info")
        said = chip(exchange.error_code or str(exchange.http_status or "no answer"), look_of(exchange))
        return format_html("{} {}", said, chip("Unresolved", "danger")) if exchange.unresolved else said

    @admin.display(description="Player")
    def player(self, exchange: Exchange) -> SafeString:
        return ident(exchange.user_ref)

    @admin.display(description="Transaction id")
    def transaction(self, exchange: Exchange) -> SafeString:
        return ident(exchange.transaction_ref)

    @admin.display(description="Milliseconds")
    def milliseconds_shown(self, exchange: Exchange) -> SafeString:
        return format_html('<span class="figure">{}</span>', f"{exchange.milliseconds:,}")

    @admin.display(description="Caller's IP")
    def caller(self, exchange: Exchange) -> SafeString:
        return ident(exchange.caller_ip)


def look_of(exchange: Exchange) -> str:
    """Return how grave an exchange's outcome looks: a fault of ours, a refusal, or neither."""
    if exchange.error_code in {"OP_47", "OP_50"} or not exchange.http_status or exchange.http_status >= 500:
        return "danger"
    return "warning" if exchange.error_code or exchange.http_status >= 400 else "success"
