"""Rounds, each told as what happened in it."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString

from config.display import age, ident, moment, money
from config.theme import RelatedDropdownFilter
from wallet.admin import columns
from wallet.admin.bounds import BoundedAdmin
from wallet.admin.filters import UNFINISHED, PlayerFilter, RoundStateFilter
from wallet.admin.request_acts import CloseAct
from wallet.admin.round_care import CarePages, find_place
from wallet.admin.round_story import tell_round
from wallet.models import Round
from wallet.selectors.open_rounds import list_pending


@admin.register(Round)
class RoundAdmin(CarePages, CloseAct, BoundedAdmin):
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
        ("state", RoundStateFilter),
        ("operator", RelatedDropdownFilter),
        ("operator__casino", RelatedDropdownFilter),
        PlayerFilter,
    )
    ordering = ("-pk",)
    answered = {"q": None, "player": None, "state__exact": UNFINISHED}
    search_fields = ("round_ref__exact",)
    search_help_text = "Round id, exact"
    change_form_template = "admin/wallet/round/change_form.html"
    actions_detail = ("take", "release", "assign", "note", "force_close")
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
    """Return a round and its story, for its page."""
    rounds = Round.objects.select_related("player__casino", "operator", "game__vendor")
    found = rounds.get(pk=key)
    return {
        "round": found,
        "state_chip": columns.state_chip(found),
        "result": found.win_sum - found.bet_sum,
        "lasted": how_long(found, now),
        "story": tell_round(found, now),
        "closings": found.closings.order_by("pk"),
        "place": find_place(found),
        "pending": list_pending([found.pk]).get(found.pk, []),
    }
