"""What lists of movements, rounds and sessions are narrowed by."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.admin import UtcRangeFilter
from config.theme import DropdownFilter, TextFilter
from wallet.enums import AccountKind, Tag
from wallet.models import Account, Round, Transaction

# How far back a search for something rare goes in the ledger unless it is given a time.
DAYS_BACK = 7


class PlayerFilter(TextFilter):
    """One player's rows, by the exact player id."""

    title = "player id (exact)"
    parameter_name = "player"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the player's."""
        value = (self.value() or "").strip()
        return queryset.filter(player__user_id=value) if value else queryset


class AccountPlayerFilter(PlayerFilter):
    """The same where a row has the account, not the player."""

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the player's."""
        value = (self.value() or "").strip()
        if not value:
            return queryset
        accounts = Account.objects.filter(player__user_id=value, kind=AccountKind.PLAYER)
        return queryset.filter(account_id__in=list(accounts.values_list("pk", flat=True)))


class RoundFilter(TextFilter):
    """The movements of one round, by the exact round id."""

    title = "round id (exact)"
    parameter_name = "round"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the round's; the way to them leads over the transactions, which know their round by an index."""
        value = (self.value() or "").strip()
        if not value:
            return queryset
        rounds = list(Round.objects.filter(round_ref=value).values_list("pk", flat=True))
        return queryset.filter(pk__in=list(Transaction.objects.filter(round__in=rounds).values_list("pk", flat=True)))


class CurrencyFilter(DropdownFilter):
    """One currency's movements."""

    title = "currency"
    parameter_name = "currency"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer the currencies that ever moved: each has a system account."""
        system = Account.objects.exclude(kind=AccountKind.PLAYER)
        currencies = system.order_by("currency").values_list("currency", flat=True).distinct()
        return [(currency, currency) for currency in currencies]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the currency's."""
        return queryset.filter(account__currency=self.value()) if self.value() else queryset


class TagFilter(DropdownFilter):
    """Rows with a remark."""

    title = "remark"
    parameter_name = "tag"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer each remark, and any."""
        return [("any", "Any remark"), *((tag.value, str(tag.label)) for tag in Tag)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows with the remark."""
        if self.value() == "any":
            return queryset.filter(tags__isnull=False)
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


class LedgerTimeFilter(UtcRangeFilter):
    """A time; where the list is filtered otherwise and no time is set, the last days, lest it read every row."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Bound the list."""
        if is_bounded(request):
            return queryset.filter(created_at__gte=timezone.now() - timedelta(days=DAYS_BACK))
        return super().queryset(request, queryset)


def is_bounded(request: HttpRequest) -> bool:
    """Say whether a filtered list shows only the last days: rare rows are asked for, and no time is set."""
    asked = {name for name, value in request.GET.items() if value}
    exact = {"q", PlayerFilter.parameter_name, RoundFilter.parameter_name}
    timed = any(name.startswith("created_at_") for name in asked)
    return bool(asked - exact - {"p", "o"}) and not asked & exact and not timed
