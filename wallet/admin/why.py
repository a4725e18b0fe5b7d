"""“Why can this player not play this game?”: every check of a launch and of a bet, each with what came of it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from catalog.models import Game, Lobby
from config.admin import ActAdmin
from config.theme import Select, TextInput, act
from geoblock.admin.simulating import PlaceForm
from operators.models import Operator, Protocol
from wallet.admin.forms import GameField, name_game
from wallet.admin.search import list_players_of
from wallet.enums import Mode
from wallet.models import Player, Session
from wallet.services.bet_trial import Trial, explain_bet
from wallet.services.launch_checks import Attempt, Finding, explain_launch

MAY_ASK = "wallet.view_player"
GAMES_A_PAGE = 20
# Where only a country is named, no address is on a list.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens there

# Django's fields take their model as a type parameter only in the stubs.
if TYPE_CHECKING:
    LobbyChoiceField = forms.ModelChoiceField[Lobby]
else:
    LobbyChoiceField = forms.ModelChoiceField


class LobbyField(LobbyChoiceField):
    """A lobby, named with the operator that offers it."""

    def label_from_instance(self, lobby: Lobby) -> str:
        """Name a lobby."""
        return f"{lobby} ({lobby.operator.name})"


class WhyForm(PlaceForm):
    """Who would open what, from where, and stake how much."""

    player = forms.CharField(label="Player id", max_length=70, widget=TextInput())
    lobby = LobbyField(
        Lobby.objects.select_related("operator").order_by("operator__name", "lobby_ref"),
        required=False,
        widget=Select(),
        label="Or a lobby",
    )
    currency = forms.CharField(max_length=4, widget=TextInput())
    mode = forms.ChoiceField(choices=Mode.choices, required=False, widget=Select())
    device = forms.ChoiceField(choices=[("desktop", "Desktop"), ("mobile", "Mobile")], required=False, widget=Select())
    stake = forms.DecimalField(
        min_value=Decimal(0), max_digits=18, decimal_places=2, required=False, widget=TextInput(), label="Stake"
    )
    field_order = ("player", "game", "lobby", "currency", "mode", "device", "address", "place", "stake")

    def __init__(self, data: Any, *, games_url: str) -> None:
        super().__init__(data)
        chosen = data.get("game", "") if data else ""
        self.fields["game"] = GameField(Game.objects.all(), url=games_url, chosen=chosen)
        self.fields["game"].required = False
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Find the player among those of the id: the one at the casino of what would be opened, if there is one."""
        asked = super().clean() or {}
        if bool(asked.get("game")) == bool(asked.get("lobby")):
            raise ValidationError("Name either a game or a lobby.")
        if not asked.get("address") and not asked.get("place"):
            raise ValidationError("Name the player's address, or a country.")
        players = Player.objects.filter(pk__in=list_players_of(asked.get("player", ""))).select_related("casino")
        operator = (asked.get("game") or asked["lobby"]).operator
        found = sorted(players, key=lambda player: (player.casino_id != operator.casino_id, player.pk))
        if "player" in asked and not found:
            raise ValidationError({"player": "No casino has a player of that id."})
        return asked | {"found": found[0] if found else None}


class WhyPages(ActAdmin):
    """The page of all checks, reached from the list, from a player and from a game."""

    def get_urls(self) -> list[URLPattern]:
        """Add where the page asks for games."""
        games, why_not = (self.admin_site.admin_view(view) for view in (self.find_any_game, self.why_not))
        own = [
            path("why-games/", games, name="wallet_player_why_games"),
            path("<path:object_id>/why-not/", why_not, name="wallet_player_why_not"),
        ]
        return [*own, *super().get_urls()]

    @act("Why not?", path="why", icon="contact_support", permissions=[MAY_ASK])
    def why(self, request: HttpRequest) -> HttpResponse:
        """Ask who would open what, and answer with every check."""
        url = reverse("admin:wallet_player_why_games")
        # A link from a game or a player fills in a part, and asks nothing yet.
        asked = request.GET if "currency" in request.GET else None
        form = WhyForm(asked, games_url=url) if asked else WhyForm(None, games_url=url)
        if asked is None:
            fill_in(form, request)
        context: dict[str, Any] = {"title": "Why can this player not play?", "form": form}
        if asked and form.is_valid():
            context |= explain(form.cleaned_data)
        return self.show(request, "admin/wallet/player/why.html", context, row=None)

    def why_not(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the page, filled in with what is known of a player."""
        player = self.find_row(request, object_id)
        session = Session.objects.filter(player=player).select_related("account").order_by("-pk").first()
        account = player.accounts.order_by("currency").first()
        known = {
            "player": player.user_id,
            "game": session and session.game_id,
            "wanted": (session and session.account.currency) or (account and account.currency),
            "address": session and session.ip,
        }
        query = urlencode({name: value for name, value in known.items() if value})
        return HttpResponseRedirect(f"{reverse('admin:wallet_player_why')}?{query}")

    def find_any_game(self, request: HttpRequest) -> JsonResponse:
        """Answer the form's search for games, those that are off among them."""
        if not request.user.has_perm(MAY_ASK):
            return JsonResponse({"results": []}, status=403)
        term = request.GET.get("term", "").strip()
        games = Game.objects.filter(Q(title__icontains=term) | Q(game_ref=term)).select_related("vendor", "operator")
        found = games.order_by("title", "pk")[:GAMES_A_PAGE]
        return JsonResponse({"results": [{"id": game.pk, "text": name_game(game)} for game in found]})


def fill_in(form: WhyForm, request: HttpRequest) -> None:
    """Put what a link named into the form."""
    form.initial = {name: request.GET[name] for name in ("player", "game", "address") if name in request.GET}
    form.initial |= {"currency": request.GET.get("wanted", ""), "stake": "1.00"}
    game = request.GET.get("game", "")
    if game.isdecimal():
        field = form.fields["game"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.widget.choices = [(each.pk, name_game(each)) for each in Game.objects.filter(pk=int(game))]


def explain(asked: dict[str, Any]) -> dict[str, Any]:
    """Return every check of the launch and of a bet, and how many do not hold."""
    attempt = build_attempt(asked)
    launch = explain_launch(attempt)
    if attempt.operator.protocol == Protocol.AGENT:
        launch.append(Finding("The platform agrees", None, "Not asked: only a launch itself asks the platform."))
    bet = explain_bet(Trial(attempt, asked["stake"] or Decimal(1)))
    against = [finding for finding in (*launch, *bet) if finding.passed is False]
    parts = [("The launch", launch), ("A bet", bet)] if bet else [("The launch", launch)]
    return {"checked": parts, "against": against, "attempt": attempt, "opened": asked["game"] or asked["lobby"]}


def build_attempt(asked: dict[str, Any]) -> Attempt:
    """Return the launch as it would be asked for."""
    game, lobby, player = asked["game"], asked["lobby"], asked["found"]
    operator: Operator = (game or lobby).operator
    return Attempt(
        player=player,
        operator=operator,
        game_ref=game.game_ref if game else "",
        lobby_ref=lobby.lobby_ref if lobby else "",
        mode=asked["mode"] or Mode.REAL,
        asked_currency=asked["currency"].strip().upper(),
        ip=str(asked["address"] or NO_ADDRESS),
        now=timezone.now(),
        texts={
            "device": asked["device"] or "desktop",
            "language": "en",
            "home_url": player.casino.home_url,
            "deposit_url": player.casino.deposit_url,
        },
        place=asked["place"],
    )
