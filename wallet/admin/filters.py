"""What lists of movements, rounds and sessions are narrowed by."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from config.theme import ChoicesDropdownFilter, DropdownFilter, TextFilter
from wallet.enums import AccountKind, Kind, RoundState, Tag
from wallet.models import Account, LedgerRow, Round, Transaction
from wallet.selectors.open_rounds import list_unfinished_keys

UNFINISHED = frozenset({RoundState.OPEN.value, RoundState.CLOSING.value})
# Bets and wins are all but a few of the rows; an index holds the rest by kind.
RARE_KINDS = frozenset(kind.value for kind in Kind if kind not in {Kind.BET, Kind.WIN})


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


class TransactionPlayerFilter(PlayerFilter):
    """The same for transactions: by way of the player's ledger rows, and of the tombstones, which have none."""

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the player's."""
        value = (self.value() or "").strip()
        if not value:
            return queryset
        accounts = Account.objects.filter(player__user_id=value, kind=AccountKind.PLAYER)
        booked = LedgerRow.objects.filter(account_id__in=list(accounts.values_list("pk", flat=True)))
        tombstones = Transaction.objects.filter(player__user_id=value, kind=Kind.TOMBSTONE)
        return queryset.filter(pk__in=booked.values("pk").union(tombstones.values("pk"), all=True))


class RoundStateFilter(ChoicesDropdownFilter):
    """Rounds of one state; those that are not finished are known, and need not be looked for."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the state's."""
        if request.GET.get(f"{self.field_path}__exact") in UNFINISHED:
            queryset = queryset.filter(pk__in=list_unfinished_keys())
        found: QuerySet[Any] | None = super().queryset(request, queryset)
        return queryset if found is None else found


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
