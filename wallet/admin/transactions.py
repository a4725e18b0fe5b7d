"""What was asked, tombstones among it; what moved money has its page in the ledger."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString

from config.display import NOTHING, ident, moment, money
from config.theme import ChoicesDropdownFilter
from operators.models import Casino, Operator
from wallet.admin import columns
from wallet.admin.bounds import BoundedAdmin
from wallet.admin.calls import show_calls
from wallet.admin.filters import RARE_KINDS, TransactionPlayerFilter
from wallet.admin.search import list_reversals_of, list_transactions_of
from wallet.enums import Kind, Source
from wallet.models import Transaction
from wallet.selectors.archives import find_archive_of

OWNER = Case(
    When(source=Source.PLATFORM, then=Subquery(Operator.objects.filter(pk=OuterRef("owner_id")).values("name"))),
    default=Subquery(Casino.objects.filter(pk=OuterRef("owner_id")).values("name")),
    output_field=CharField(),
)


@admin.register(Transaction)
class TransactionAdmin(BoundedAdmin):
    """Transactions in the order of their arrival, the newest first."""

    list_display = ("time", "reference_shown", "kind_shown", "amount_shown", "player_shown", "owner", "round_shown")
    list_select_related = ("player", "account", "round")
    list_filter = (("kind", ChoicesDropdownFilter), ("source", ChoicesDropdownFilter), TransactionPlayerFilter)
    ordering = ("-pk",)
    answered = {
        "q": None,
        "player": None,
        "kind__exact": RARE_KINDS,
        "source__exact": frozenset(Source) - {Source.PLATFORM},
    }
    search_fields = ("reference",)
    search_help_text = "Transaction id, exact"
    change_form_template = "admin/wallet/transaction/change_form.html"
    empty_text = "No transaction fits: nobody has asked for it. The id has to be exact."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        """Name each transaction's owner along."""
        transactions: QuerySet[Transaction] = super().get_queryset(request)
        return transactions.annotate(owner_name=OWNER)

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Transaction], search_term: str
    ) -> tuple[QuerySet[Transaction], bool]:
        """Find by transaction id, and what reversed it."""
        if not search_term:
            return queryset, False
        found = list_transactions_of(search_term.strip())
        return queryset.filter(pk__in=found + list_reversals_of(found)), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the ledger row; a tombstone has none, and an archived one is in a file: both are shown here."""
        transaction = self.get_object(request, object_id)
        if transaction and transaction.kind != Kind.TOMBSTONE and self.has_view_permission(request):
            archive = find_archive_of(transaction.created_at)
            if archive is None:
                return HttpResponseRedirect(reverse("admin:wallet_ledgerrow_change", args=[transaction.pk]))
            extra_context = (extra_context or {}) | {
                "archive": archive,
                "kind_chip": columns.kind_chip(transaction.kind),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def tell(self, transaction: Transaction) -> dict[str, Any]:
        """Show what the platform asked about it."""
        operator_id = transaction.owner_id if transaction.source == Source.PLATFORM else None
        return show_calls(operator_id, transaction.reference)

    @admin.display(description="Time")
    def time(self, transaction: Transaction) -> SafeString:
        return moment(transaction.created_at)

    @admin.display(description="Transaction id")
    def reference_shown(self, transaction: Transaction) -> SafeString:
        return ident(transaction.reference)

    @admin.display(description="Kind")
    def kind_shown(self, transaction: Transaction) -> SafeString:
        return columns.kind_chip(transaction.kind)

    @admin.display(description="Amount")
    def amount_shown(self, transaction: Transaction) -> SafeString:
        return money(transaction.amount, transaction.account.currency) if transaction.account else NOTHING

    @admin.display(description="Player")
    def player_shown(self, transaction: Transaction) -> SafeString:
        return columns.player_link(transaction.player)

    @admin.display(description="Asked by")
    def owner(self, transaction: Any) -> str:
        return f"{transaction.owner_name} ({transaction.get_source_display().lower()})"

    @admin.display(description="Round")
    def round_shown(self, transaction: Transaction) -> SafeString:
        return columns.round_link(transaction.round)
