"""The ledger as staff read it: every row, and the runs that proved it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin import RecordAdmin, UtcRangeFilter
from config.display import age, chip, count, ident, moment, money
from config.theme import ChoicesCheckboxFilter, RelatedDropdownFilter
from wallet.admin import columns
from wallet.admin.bounds import NEWEST_ROWS, BoundedAdmin
from wallet.admin.calls import show_calls
from wallet.admin.filters import RARE_KINDS, AccountPlayerFilter, CurrencyFilter, RoundFilter, TagFilter
from wallet.admin.request_acts import CancelAct
from wallet.admin.round_story import tell_round
from wallet.admin.search import list_accounts_of, list_reversals_of, list_transactions_of
from wallet.models import LedgerRow, LedgerVerification, Transaction
from wallet.selectors.chain import prove_row


@admin.register(LedgerRow)
class LedgerRowAdmin(CancelAct, BoundedAdmin):
    """Rows in the order of their booking, the newest first."""

    list_display = (
        "time",
        "player",
        "kind_shown",
        "amount_shown",
        "balance_shown",
        "game_shown",
        "round_shown",
        "reference",
    )
    list_select_related = ("account__player", "transaction", "game", "round")
    list_filter = (
        ("created_at", UtcRangeFilter),
        ("kind", ChoicesCheckboxFilter),
        CurrencyFilter,
        TagFilter,
        ("operator", RelatedDropdownFilter),
        ("account__casino", RelatedDropdownFilter),
        AccountPlayerFilter,
        RoundFilter,
    )
    # As an index of each month has them, which also finds a time.
    ordering = ("-created_at", "-transaction_id")
    answered = dict.fromkeys(
        (
            *("q", "player", "round", "tag"),
            *("created_at_from_0", "created_at_from_1", "created_at_to_0", "created_at_to_1"),
        )
    ) | {"kind__exact": RARE_KINDS}
    search_fields = ("transaction__reference",)
    search_help_text = "Transaction id or player id, exact"
    change_form_template = "admin/wallet/ledgerrow/change_form.html"
    actions_detail = ("force_cancel",)
    empty_text = "No ledger row fits. Transaction and player ids have to be exact."

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[LedgerRow], search_term: str
    ) -> tuple[QuerySet[LedgerRow], bool]:
        """Find by transaction id, and if there is none, by player id."""
        if not search_term:
            return queryset, False
        term = search_term.strip()
        found = list_transactions_of(term)
        if found:
            return queryset.filter(pk__in=found + list_reversals_of(found)), False
        return queryset.filter(account_id__in=list_accounts_of(term)), False

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Put the rows of one account in their own order: its index has them so, in every month."""
        term = (request.GET.get("player") or request.GET.get("q") or "").strip()
        is_one = bool(term) and len(list_accounts_of(term)) == 1
        return ("-number",) if is_one else self.ordering

    def bound(self, rows: QuerySet[LedgerRow]) -> QuerySet[LedgerRow]:
        """Keep the newest rows, by the time that they have in common: so does the list's own index."""
        transactions = Transaction.objects.order_by("-pk").values_list("pk", "created_at")
        highest, _at = transactions.first() or (0, None)
        _key, since = transactions.filter(pk__lte=highest - NEWEST_ROWS).first() or (0, None)
        return rows.filter(created_at__gte=since) if since else rows

    def tell(self, row: LedgerRow) -> dict[str, Any]:
        """Show a row whole, with its neighbours in the chain."""
        return show_row(row.pk)

    @admin.display(description="Time")
    def time(self, row: LedgerRow) -> SafeString:
        return moment(row.created_at)

    @admin.display(description="Player")
    def player(self, row: LedgerRow) -> SafeString:
        return columns.player_link(row.account.player)

    @admin.display(description="Kind")
    def kind_shown(self, row: LedgerRow) -> SafeString:
        return columns.kind_and_remarks(row)

    @admin.display(description="Amount")
    def amount_shown(self, row: LedgerRow) -> SafeString:
        return money(columns.change_of(row), row.account.currency, signed=True)

    @admin.display(description="Balance before → after")
    def balance_shown(self, row: LedgerRow) -> SafeString:
        return columns.balances(row)

    @admin.display(description="Game")
    def game_shown(self, row: LedgerRow) -> SafeString:
        return columns.game_link(row.game)

    @admin.display(description="Round")
    def round_shown(self, row: LedgerRow) -> SafeString:
        return columns.round_link(row.round)

    @admin.display(description="Transaction id")
    def reference(self, row: LedgerRow) -> SafeString:
        return ident(row.transaction.reference)


def show_row(key: int) -> dict[str, Any]:
    """Return what a row's page tells: the row, its neighbours in the chain, and what reversed it."""
    rows = LedgerRow.objects.select_related(
        *("account__player__casino", "debit", "credit", "transaction", "operator", "game", "round__player", "reverses"),
    )
    row = rows.get(pk=key)
    before = LedgerRow.objects.filter(account_id=row.account_id, number=row.number - 1).first()
    after = LedgerRow.objects.filter(account_id=row.account_id, number=row.number + 1).first()
    # A cancel is asked for under the id of what it reverses.
    asked = row.reverses or row.transaction
    return show_calls(row.operator_id, asked.reference, of_cancel=row.reverses is not None) | {
        "row": row,
        "moved": columns.change_of(row),
        "balance_before": columns.balance_before(row),
        "row_before": before,
        "row_after": after,
        "proof": prove_row(row),
        "story": tell_round(row.round, timezone.now()) if row.round else [],
        "hash": row.hash.hex(),
        "previous_hash": before.hash.hex() if before else "",
        "reversal": Transaction.objects.filter(reverses=row.pk).first(),
        "kind_chip": columns.kind_chip(row.kind),
        "tag_chips": columns.tag_chips(row),
    }


@admin.register(LedgerVerification)
class LedgerVerificationAdmin(RecordAdmin):
    """The nightly proofs, and those run by hand."""

    list_display = ("started", "result", "rows_shown", "accounts_shown", "took")
    ordering = ("-pk",)
    change_form_template = "admin/wallet/ledgerverification/change_form.html"
    empty_text = "The ledger was never verified. It is every night; by hand: manage.py verify_ledger."

    @admin.display(description="Started")
    def started(self, run: LedgerVerification) -> SafeString:
        return moment(run.started_at)

    @admin.display(description="Result")
    def result(self, run: LedgerVerification) -> SafeString:
        if run.difference_count:
            found = count(run.difference_count)
            return chip(f"{found} difference{pluralize(run.difference_count)}", "danger")
        return chip("No differences", "success")

    @admin.display(description="Rows")
    def rows_shown(self, run: LedgerVerification) -> SafeString:
        return format_html('<span class="figure">{}</span>', count(run.rows))

    @admin.display(description="Accounts")
    def accounts_shown(self, run: LedgerVerification) -> SafeString:
        return format_html('<span class="figure">{}</span>', count(run.accounts))

    @admin.display(description="Took")
    def took(self, run: LedgerVerification) -> str:
        return age(run.finished_at - run.started_at)
