"""The queue of rounds that stay open: how old, what is at stake, what they wait for, who sees to them."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Game
from config.admin import RecordAdmin, actor
from config.display import NOTHING, age, amount_text, chip, ident, money, page
from config.theme import DropdownFilter, RelatedDropdownFilter, TextFilter
from operators.selectors.refusals import Refusal
from wallet.admin import columns
from wallet.admin.round_care import MAY_TAKE, list_caretakers
from wallet.enums import RoundState
from wallet.models import RoundNote, StuckRound
from wallet.selectors.open_rounds import AGE_LABELS, AGES, count_by_age, list_pending
from wallet.services.stuck_rounds import take_round

GAMES_TRIED = 500


class AgeFilter(DropdownFilter):
    """Rounds of one age."""

    title = "age"
    parameter_name = "age"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer the ages."""
        return [(str(place), label) for place, label in enumerate(AGE_LABELS)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep that age's."""
        place, now = self.value() or "", timezone.now()
        if place not in {str(each) for each in range(len(AGE_LABELS))}:
            return queryset
        if int(place) < len(AGES):
            queryset = queryset.filter(round__opened_at__gt=now - AGES[int(place)])
        return queryset.filter(round__opened_at__lte=now - AGES[int(place) - 1]) if int(place) else queryset


class OwnerFilter(DropdownFilter):
    """Rounds that somebody sees to, or nobody."""

    title = "owner"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer oneself, nobody, and everybody who may."""
        others = [(str(person.pk), person.get_username()) for person in list_caretakers() if person != request.user]
        return [("mine", "Mine"), ("nobody", "Nobody"), *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the person's."""
        value = self.value() or ""
        if value == "nobody":
            return queryset.filter(owner__isnull=True)
        owner = str(request.user.pk) if value == "mine" else value
        return queryset.filter(owner=int(owner)) if owner.isdecimal() else queryset


class StandingFilter(DropdownFilter):
    """What has become of rounds."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer the stranded, and the states."""
        return [("stranded", "Stranded"), ("open", "Open"), ("closing", "Closing")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those."""
        value = self.value()
        if value == "stranded":
            return queryset.filter(stranded_at__isnull=False)
        return queryset.filter(round__state=value) if value in {"open", "closing"} else queryset


class GameFilter(TextFilter):
    """Rounds of one game, or of all whose title has some words."""

    title = "game (id, or a part of the title)"
    parameter_name = "game"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the games'."""
        value = (self.value() or "").strip()
        if not value:
            return queryset
        games = Game.objects.filter(Q(game_ref=value) | Q(title__icontains=value)).order_by("pk")
        return queryset.filter(round__game__in=list(games.values_list("pk", flat=True)[:GAMES_TRIED]))


@admin.register(StuckRound)
class StuckRoundAdmin(RecordAdmin):
    """Rounds that stay open, the oldest first."""

    list_display = (
        *("age_shown", "player_shown", "reference", "standing", "stake_shown", "game_shown"),
        *("pending_shown", "owner_shown", "note_shown"),
    )
    list_select_related = ("round__player", "round__game", "owner")
    list_filter = (
        AgeFilter,
        OwnerFilter,
        StandingFilter,
        ("round__operator", RelatedDropdownFilter),
        ("round__operator__casino", RelatedDropdownFilter),
        GameFilter,
    )
    ordering = ("round__opened_at", "pk")
    search_fields = ("round__round_ref__exact", "round__player__user_id__exact")
    search_help_text = "Round id or player id, exact"
    list_before_template = "admin/wallet/stuckround/ages.html"
    actions = ("take_selected",)
    empty_text = "No round fits: whatever was opened more than an hour ago is finished."

    def get_queryset(self, request: HttpRequest) -> QuerySet[StuckRound]:
        """Leave out what has finished since beat looked."""
        rounds: QuerySet[StuckRound] = super().get_queryset(request)
        return rounds.exclude(round__state=RoundState.FINISHED)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Read along, in two queries for all, what the rounds wait for and the last note on each."""
        changelist = super().get_changelist_instance(request)
        shown: list[Any] = list(changelist.result_list)
        changelist.result_list = cast("QuerySet[StuckRound]", shown)
        keys = [stuck.round_id for stuck in shown]
        pending, notes = list_pending(keys), find_last_notes(keys)
        for stuck in shown:
            stuck.pending, stuck.note = pending.get(stuck.round_id, []), notes.get(stuck.round_id)
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and above it the rounds of each age with what is at stake in them."""
        bands = count_by_age(now=timezone.now(), narrow=read_narrowing(request))
        ages = [(place, band, sorted(band.stakes.items())) for place, band in enumerate(bands)]
        return super().changelist_view(request, (extra_context or {}) | {"ages": ages})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the round's own page."""
        stuck = self.get_object(request, object_id)
        if stuck and self.has_view_permission(request):
            return HttpResponseRedirect(page("wallet_round", stuck.round_id))
        return super().change_view(request, object_id, form_url, extra_context)

    def has_take_permission(self, request: HttpRequest) -> bool:
        """Let those take rounds who may."""
        return request.user.has_perm(MAY_TAKE)

    @admin.action(description="Take the selected rounds", permissions=["take"])
    def take_selected(self, request: HttpRequest, queryset: QuerySet[StuckRound]) -> None:
        """Let the person see to the rounds chosen; what others have stays theirs, and is said."""
        owner, taken = cast("User", request.user), 0
        for stuck in queryset.select_related("round").order_by("pk"):
            try:
                take_round(played=stuck.round, owner=owner, by=actor(request), now=timezone.now())
                taken += 1
            except Refusal as refusal:
                messages.warning(request, f"{stuck.round}: {refusal}")
        if taken:
            messages.success(request, f"You see to {taken} of them now.")

    @admin.display(description="Open for", ordering="round__opened_at")
    def age_shown(self, stuck: StuckRound) -> str:
        return age(timezone.now() - stuck.round.opened_at)

    @admin.display(description="Player")
    def player_shown(self, stuck: StuckRound) -> SafeString:
        return columns.player_link(stuck.round.player)

    @admin.display(description="Round id")
    def reference(self, stuck: StuckRound) -> SafeString:
        return columns.round_link(stuck.round)

    @admin.display(description="State")
    def standing(self, stuck: StuckRound) -> SafeString:
        said = columns.state_chip(stuck.round)
        return format_html("{} {}", said, chip("Stranded", "danger")) if stuck.stranded_at else said

    @admin.display(description="At stake")
    def stake_shown(self, stuck: StuckRound) -> SafeString:
        played = stuck.round
        won = format_html('<span class="remark">won {}</span>', amount_text(played.win_sum)) if played.win_sum else ""
        return format_html("{}{}", money(played.bet_sum, played.currency), won)

    @admin.display(description="Game")
    def game_shown(self, stuck: StuckRound) -> SafeString:
        return columns.game_link(stuck.round.game)

    @admin.display(description="Waits for")
    def pending_shown(self, stuck: Any) -> SafeString:
        if not stuck.pending:
            return NOTHING
        more = (
            format_html(' <span class="quiet">and {} more</span>', len(stuck.pending) - 1) if stuck.pending[1:] else ""
        )
        return format_html("{}{}", ident(stuck.pending[0]), more)

    @admin.display(description="Owner")
    def owner_shown(self, stuck: StuckRound) -> str | SafeString:
        return stuck.owner.get_username() if stuck.owner else NOTHING

    @admin.display(description="Last note")
    def note_shown(self, stuck: Any) -> SafeString:
        return format_html('<span class="told-short">{}</span>', stuck.note.text) if stuck.note else NOTHING


def find_last_notes(rounds: list[int]) -> dict[int, RoundNote]:
    """Return the newest note on each of some rounds."""
    notes = RoundNote.objects.filter(round__in=rounds).order_by("round_id", "-pk").distinct("round_id")
    return {note.round_id: note for note in notes}


def read_narrowing(request: HttpRequest) -> Q:
    """Return which operator's or casino's rounds the list is of: the ages are counted of the same."""
    asked = {
        "operator": request.GET.get("round__operator__id__exact", ""),
        "operator__casino": request.GET.get("round__operator__casino__id__exact", ""),
    }
    return Q(**{field: int(value) for field, value in asked.items() if value.isdecimal()})
