"""Rounds, each told as what happened in it."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import RecordAdmin
from config.display import age, ident, moment, money
from config.theme import ChoicesDropdownFilter, RelatedDropdownFilter
from wallet.admin import columns
from wallet.admin.filters import PlayerFilter
from wallet.admin.request_acts import CloseAct
from wallet.admin.rows import show_rows
from wallet.models import LedgerRow, Round, Transaction


@admin.register(Round)
class RoundAdmin(CloseAct, RecordAdmin):
    """Rounds in the order of their opening, the newest first."""

    list_display = (
        "opened",
        "player_shown",
        "reference",
        "state_shown",
        "stake_shown",
        "win_shown",
        "result_shown",
        "game_shown",
        "lasted",
    )
    list_select_related = ("player", "game")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("operator", RelatedDropdownFilter),
        ("operator__casino", RelatedDropdownFilter),
        PlayerFilter,
    )
    ordering = ("-pk",)
    search_fields = ("=round_ref",)
    search_help_text = "Round id, exact"
    change_form_template = "admin/wallet/round/change_form.html"
    actions_detail = ("force_close",)
    empty_text = "No round fits. Round and player ids have to be exact."

    def tell(self, row: Round) -> dict[str, Any]:
        """Tell a round row by row."""
        return show_round(row.pk, timezone.now())

    @admin.display(description="Opened")
    def opened(self, row: Round) -> SafeString:
        return moment(row.opened_at)

    @admin.display(description="Player")
    def player_shown(self, row: Round) -> SafeString:
        return columns.player_link(row.player)

    @admin.display(description="Round id")
    def reference(self, row: Round) -> SafeString:
        return ident(row.round_ref)

    @admin.display(description="State")
    def state_shown(self, row: Round) -> SafeString:
        return columns.state_chip(row)

    @admin.display(description="Stake")
    def stake_shown(self, row: Round) -> SafeString:
        return money(row.bet_sum, row.currency)

    @admin.display(description="Win")
    def win_shown(self, row: Round) -> SafeString:
        return money(row.win_sum, row.currency)

    @admin.display(description="Player's result")
    def result_shown(self, row: Round) -> SafeString:
        return money(row.win_sum - row.bet_sum, row.currency, signed=True)

    @admin.display(description="Game")
    def game_shown(self, row: Round) -> SafeString:
        return columns.game_link(row.game)

    @admin.display(description="Lasted")
    def lasted(self, row: Round) -> str:
        return how_long(row, timezone.now())


def how_long(row: Round, now: datetime) -> str:
    """Write how long a round took, or has been open."""
    return age(row.finished_at - row.opened_at) if row.finished_at else f"open for {age(now - row.opened_at)}"


def show_round(key: int, now: datetime) -> dict[str, Any]:
    """Return a round and its rows in the order of their booking, for its page."""
    rounds = Round.objects.select_related("player__casino", "operator", "game__vendor")
    found = rounds.get(pk=key)
    return {
        "round": found,
        "state_chip": columns.state_chip(found),
        "result": found.win_sum - found.bet_sum,
        "lasted": how_long(found, now),
        "rows": show_rows(list_rows_of(found)),
        "closings": found.closings.order_by("pk"),
    }


def list_rows_of(played: Round) -> QuerySet[LedgerRow]:
    """Return a round's ledger rows; the way to them leads over the transactions, which have an index on the round."""
    transactions = Transaction.objects.filter(round=played).values_list("pk", flat=True)
    rows = LedgerRow.objects.filter(pk__in=list(transactions)).order_by("number")
    return rows.select_related("account", "transaction", "game", "round")
