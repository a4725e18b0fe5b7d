"""Players: found by whatever a ticket names, shown whole, blocked, excluded and launched."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from catalog.models import Game
from catalog.selectors import list_games
from config.admin import ActAdmin, RecordAdmin, actor, posted
from config.display import ident, moment
from config.theme import DropdownFilter, RelatedDropdownFilter, TextFilter, act
from operators.selectors.accounts import LAUNCHABLE
from operators.selectors.addresses import AddressUnknown, client_address
from operators.selectors.refusals import Refusal
from wallet.admin import columns
from wallet.admin.forms import ExclusionForm, LaunchForm, ReasonForm, name_game
from wallet.admin.limits import LimitPages
from wallet.admin.player_page import NotePages, show_player
from wallet.admin.request_acts import AdjustmentAct
from wallet.admin.search import list_players_matching
from wallet.admin.why import WhyPages
from wallet.models import Player
from wallet.services.launch import Launch, launch_game
from wallet.services.players import block_player, exclude_player, mark_test_player, unblock_player

GAMES_A_PAGE = 20
MAY_BLOCK = "wallet.change_player"
MAY_LAUNCH = "wallet.add_session"


class CountryFilter(TextFilter):
    """Players of one country."""

    title = "country (ISO code)"
    parameter_name = "country"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Player]) -> QuerySet[Player]:
        """Keep the country's."""
        value = (self.value() or "").strip().upper()
        return queryset.filter(country=value) if value else queryset


class StandingFilter(DropdownFilter):
    """Whether players may play, and which are the staff's own."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer what keeps a player from playing, and the test players."""
        return [("blocked", "Blocked"), ("excluded", "Self-excluded"), ("test", "Test player")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Player]) -> QuerySet[Player]:
        """Keep those."""
        standing = {
            "blocked": Q(blocked_at__isnull=False),
            "excluded": Q(excluded_until__gt=timezone.now()),
            "test": Q(is_test=True),
        }
        return queryset.filter(standing.get(self.value() or "", Q()))


@admin.register(Player)
class PlayerAdmin(LimitPages, AdjustmentAct, NotePages, WhyPages, RecordAdmin, ActAdmin):
    """Players, the newest first. What is done to one is done by an act with a form of its own."""

    list_display = ("user_id_shown", "user_name", "display_name", "casino", "country", "group", "standing", "created")
    list_select_related = ("casino",)
    list_filter = (("casino", RelatedDropdownFilter), CountryFilter, StandingFilter)
    ordering = ("-pk",)
    sortable_by = ("user_name",)  # which has an index
    search_fields = ("user_id",)
    search_help_text = "Player id, user name, transaction id or token, exact"
    change_form_template = "admin/wallet/player/change_form.html"
    actions_list = ("why",)
    actions_detail = ("launch", "limits", "adjust", "block", "unblock", "self_exclude", "mark_test")
    empty_text = "No player fits. Ids, names and tokens have to be exact."

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Player], search_term: str
    ) -> tuple[QuerySet[Player], bool]:
        """Find by player id, name, transaction id or token, the first of them that names anybody."""
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=list_players_matching(search_term.strip())), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Show a player whole, with the part of the time line that was asked for."""
        told = show_player(context["original"], request.GET, timezone.now())
        return super().render_change_form(request, context | told, *args, **options)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Offer to block or to unblock, whichever would change something."""
        player = self.get_object(request, str(object_id))
        idle = "unblock" if player and not player.is_blocked else "block"
        return [
            act for act in super().get_actions_detail(request, object_id) if not act.action_name.endswith(f"_{idle}")
        ]

    def get_urls(self) -> list[URLPattern]:
        """Add where the launch form asks for games."""
        games = self.admin_site.admin_view(self.find_games)
        return [path("<path:object_id>/games/", games, name="wallet_player_games"), *super().get_urls()]

    @act("Block", path="block", icon="block", permissions=[MAY_BLOCK], danger=True)
    def block(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, and block a player."""
        player = self.find_row(request, object_id)
        form = ReasonForm(posted(request))

        def do() -> tuple[Player, str]:
            block_player(player=player, reason=form.cleaned_data["reason"], by=actor(request), now=timezone.now())
            return player, f"{player} is blocked."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=player,
            title="Block player",
            submit="Block",
            danger=True,
            lead="Launches and new bets are refused at once. Wins and refunds that are late still arrive.",
        )

    @act("Unblock", path="unblock", icon="lock_open", permissions=[MAY_BLOCK])
    def unblock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, and let a player play again."""
        player = self.find_row(request, object_id)
        form = ReasonForm(posted(request))

        def do() -> tuple[Player, str]:
            unblock_player(player=player, reason=form.cleaned_data["reason"], by=actor(request))
            return player, f"{player} may play again."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=player,
            title="Unblock player",
            submit="Unblock",
            lead=f"Blocked by {player.blocked_by or 'nobody'}: {player.blocked_reason or 'no reason'}",
        )

    @act("Self-exclusion", path="self-exclude", icon="event_busy", permissions=[MAY_BLOCK])
    def self_exclude(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask until when, and keep a player out at the player's own wish."""
        player = self.find_row(request, object_id)
        form = ExclusionForm(posted(request))

        def do() -> tuple[Player, str]:
            exclude_player(player=player, until=form.cleaned_data["until"], by=actor(request), now=timezone.now())
            return player, f"{player} is self-excluded until {player.excluded_until:%Y-%m-%d %H:%M} UTC."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request,
            form,
            row=player,
            title="Self-exclusion",
            submit="Exclude",
            danger=True,
            lead="The player asked not to be able to play. Nobody can shorten it, nor take it back.",
        )

    @act("Test player", path="mark-test", icon="science", permissions=[MAY_BLOCK])
    def mark_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, and mark a player as a test player, or as one of the casino's again."""
        player = self.find_row(request, object_id)
        form, is_test = ReasonForm(posted(request)), not player.is_test

        def do() -> tuple[Player, str]:
            mark_test_player(player=player, is_test=is_test, reason=form.cleaned_data["reason"], by=actor(request))
            return player, f"{player} is {'a' if is_test else 'no'} test player."

        lead = (
            "Its play counts in no figure and no report any more, what it played before neither."
            if is_test
            else "Its play counts in figures and reports again, what it played as a test player too."
        )
        title = "Mark as test player" if is_test else "Mark as no test player"
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=player, title=title, submit=title, lead=lead, danger=is_test
        )

    @act("Launch as player", path="launch", icon="rocket_launch", permissions=[MAY_LAUNCH])
    def launch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for game and currency, open a session, and show the address that starts the game."""
        player = self.find_row(request, object_id)
        form = LaunchForm(
            posted(request),
            games=list_launchable_games(player),
            currencies=list(player.accounts.order_by("currency").values_list("currency", flat=True)),
            games_url=reverse("admin:wallet_player_games", args=[player.pk]),
            is_test=player.is_test,
        )
        if request.method == "POST" and form.is_valid():
            try:
                return self.show_launch(request, player, start(request, player, form.cleaned_data))
            except (Refusal, AddressUnknown) as refusal:
                form.add_error(None, str(refusal))
        return self.ask(
            request,
            form,
            row=player,
            title=name_launch(player),
            submit="Make the launch",
            lead="The session is the player's own. It is opened from your address, and the audit trail has your name.",
        )

    def show_launch(self, request: HttpRequest, player: Player, launch: Launch) -> TemplateResponse:
        """Show the address once: it carries the session's token."""
        context = {"title": name_launch(player), "launch": launch}
        return self.show(request, "admin/wallet/player/launch.html", context, row=player)

    def find_games(self, request: HttpRequest, object_id: str) -> JsonResponse:
        """Answer the launch form's search for games."""
        if not request.user.has_perm(MAY_LAUNCH):
            raise PermissionDenied
        term = request.GET.get("term", "").strip()
        games = list_launchable_games(self.find_row(request, object_id))
        found = games.filter(Q(title__icontains=term) | Q(game_ref=term)).order_by("title", "pk")[:GAMES_A_PAGE]
        return JsonResponse({"results": [{"id": game.pk, "text": name_game(game)} for game in found]})

    @admin.display(description="Player id")
    def user_id_shown(self, player: Player) -> SafeString:
        return ident(player.user_id)

    @admin.display(description="Standing")
    def standing(self, player: Player) -> SafeString:
        return columns.player_chip(player, timezone.now())

    @admin.display(description="Registered")
    def created(self, player: Player) -> SafeString:
        return moment(player.created_at)


def list_launchable_games(player: Player) -> QuerySet[Game]:
    """Return the games that a player could be launched into now."""
    games: Any = list_games(player.casino)
    return cast("QuerySet[Game]", games.filter(offered=True, operator__protocol__in=LAUNCHABLE))


def name_launch(player: Player) -> str:
    """Name the act for a player."""
    return "Launch as test player" if player.is_test else "Launch as player"


def start(request: HttpRequest, player: Player, wanted: dict[str, Any]) -> Launch:
    """Launch a player into a game on behalf of the person asking, from that person's address or another one to test.

    :raises Refusal: the launch is not allowed.
    :raises AddressUnknown: the person's address cannot be told.
    """
    address = client_address(
        remote_address=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.headers.get("X-Forwarded-For", ""),
        trusted_proxies=settings.TRUSTED_PROXY_COUNT,
    )
    return launch_game(
        player=player,
        operator=wanted["game"].operator,
        game_ref=wanted["game"].game_ref,
        mode=wanted["mode"],
        currency=wanted["currency"],
        language=wanted["language"],
        device=wanted["device"],
        ip=wanted.get("ip") or str(address),
        by=actor(request),
        now=timezone.now(),
    )
