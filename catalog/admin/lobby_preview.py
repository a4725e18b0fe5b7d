"""The lobby as the casino's site gets it for one visitor, and why a game is not in it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.core.validators import RegexValidator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from catalog.admin.places import list_countries
from catalog.admin.thumbnails import picture
from catalog.models import Game, Lobby, OperatorCurrency, Tag
from catalog.selectors import Verdict, Visitor, explain_game, list_games, show_games, show_lobbies
from catalog.selectors.checks import game_checks, is_true
from config.theme import Select, Select2, TextInput
from operators.models import Casino

CARDS_A_PAGE = 60
CANDIDATES = 10
REGION = RegexValidator(r"\A[A-Z]{2}-[A-Z0-9]{1,3}\Z", "Use ISO 3166-2, for example CA-QC.")
# The group of players who are in none; an empty choice leaves the group out of account.
NO_GROUP = "-"


class VisitorForm(forms.Form):
    """Who looks at which casino's site."""

    casino = forms.ModelChoiceField(Casino.objects.order_by("name"), to_field_name="slug", widget=Select())
    country = forms.ChoiceField(required=False, widget=Select2())
    region = forms.CharField(
        required=False, validators=[REGION], widget=TextInput(attrs={"placeholder": "such as CA-QC"})
    )
    device = forms.ChoiceField(
        required=False, choices=[("", "Any"), ("desktop", "Desktop"), ("mobile", "Mobile")], widget=Select()
    )
    currency = forms.ChoiceField(required=False, widget=Select())
    group = forms.ChoiceField(label="Player group", required=False, widget=Select())

    def __init__(self, data: QueryDict | dict[str, Any] | None) -> None:
        super().__init__(data)
        tags = Tag.objects.order_by("pk").values_list("player_groups", flat=True)
        groups = sorted({group for named in tags for group in named})
        codes = OperatorCurrency.objects.order_by("currency_id").values_list("currency_id", flat=True).distinct()
        self.offer("country", [("", "Any"), *list_countries()])
        self.offer("currency", [("", "Any"), *((code, code) for code in codes)])
        self.offer("group", [("", "Any"), (NO_GROUP, "In none that a tag names"), *((each, each) for each in groups)])

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Set what can be chosen."""
        field: Any = self.fields[name]
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Refuse a region of another country."""
        cleaned: dict[str, Any] = super().clean() or {}
        country, region = cleaned.get("country", ""), cleaned.get("region", "")
        if country and region and not region.startswith(f"{country}-"):
            self.add_error("region", f"It is no region of {country}.")
        return cleaned


@dataclass(frozen=True, slots=True)
class Lobbied:
    """What one visitor is shown: a page of games in order, and how many there are by vendor."""

    page: Page[Game]
    cards: list[tuple[Game, SafeString]]
    total: int
    listed: int
    vendors: list[dict[str, Any]]
    lobbies: list[Lobby]
    kept_out: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Explained:
    """One game, and the result of each check."""

    game: Game
    shown: bool
    verdicts: list[Verdict]


def preview_lobby(request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows: the form, and where it is valid, the lobby and the game asked about."""
    asked = request.GET.dict()
    first = Casino.objects.order_by("name").values_list("slug", flat=True).first()
    form = VisitorForm({"casino": first or ""} | asked)
    context: dict[str, Any] = {"title": "Lobby preview", "form": form}
    if not form.is_valid():
        return context
    casino, visitor = form.cleaned_data["casino"], read_visitor(form.cleaned_data)
    told = {name: asked[name] for name in ("country", "region", "device", "currency", "group") if asked.get(name)}
    told = {"casino": casino.slug} | told
    return (
        context
        | {
            "shown": look(casino, visitor, request.GET.get("page", "1")),
            "visitor": told.items(),
            "query": urlencode(told),
            "api_query": urlencode(write_query(visitor)),
        }
        | explain(casino, visitor, request.GET.get("why", "").strip(), request.GET.get("game", ""))
    )


def read_visitor(cleaned: dict[str, Any]) -> Visitor:
    """Return for whom the form asks."""
    group = {"": None, NO_GROUP: ""}.get(cleaned["group"], cleaned["group"])
    facts = {name: cleaned[name] for name in ("country", "region", "device", "currency")}
    return Visitor(**facts, group=group)


def write_query(visitor: Visitor) -> dict[str, str]:
    """Return the query with which the casino API answers the same games in the same order."""
    facts = {name: getattr(visitor, name) for name in ("country", "region", "device", "currency")}
    query = {"enabled": "true", "order": "featured"} | {name: value for name, value in facts.items() if value}
    return query | ({} if visitor.group is None else {"group": visitor.group})


def look(casino: Casino, visitor: Visitor, number: str) -> Lobbied:
    """Return a page of what a visitor is shown, and the figures."""
    games: QuerySet[Any] = show_games(casino, visitor)
    page = Paginator(games, CARDS_A_PAGE).get_page(number)
    cards = [(game, picture(game)) for game in page.object_list]
    by_vendor = games.order_by().values_list("vendor__title", "vendor__vendor_ref", "operator__name")
    sums = by_vendor.annotate(count=Count("pk")).order_by("-count", "vendor__vendor_ref", "operator__name")
    vendors = [{"name": title or ref, "operator": operator, "count": count} for title, ref, operator, count in sums]
    kept_out, listed = count_kept_out(casino, visitor)
    lobbies = list(show_lobbies(casino, visitor))
    return Lobbied(page, cards, page.paginator.count, listed, vendors, lobbies, kept_out)


def count_kept_out(casino: Casino, visitor: Visitor) -> tuple[list[tuple[str, int]], int]:
    """Return by check how many listed games fail it, and how many are listed, in one query."""
    checks = game_checks(visitor)
    results: dict[str, Any] = {f"check_{place}": is_true(check.condition) for place, check in enumerate(checks)}
    games: QuerySet[Any] = list_games(casino)
    counts: dict[str, Any] = {
        f"failed_{place}": Count("pk", filter=Q(**{f"check_{place}": False})) for place in range(len(checks))
    }
    sums = games.order_by().annotate(**results).aggregate(listed=Count("pk"), **counts)
    return [(check.name, sums[f"failed_{place}"]) for place, check in enumerate(checks)], sums["listed"]


def explain(casino: Casino, visitor: Visitor, term: str, chosen: str) -> dict[str, Any]:
    """Return the games of the casino that a term finds, and the checks of the one chosen, or the only one."""
    if not term:
        return {}
    named = Q(title__icontains=term) | Q(custom_title__icontains=term) | Q(game_ref=term)
    games = Game.objects.filter(named, operator__casino=casino).select_related("operator", "vendor")
    found = list(games.order_by("title", "pk")[: CANDIDATES + 1])
    candidates = found[:CANDIDATES]
    game = next((each for each in candidates if str(each.pk) == chosen), candidates[0] if len(found) == 1 else None)
    told: dict[str, Any] = {"why": term, "candidates": candidates, "more_candidates": len(found) > CANDIDATES}
    if game:
        verdicts = explain_game(game, visitor)
        told["explained"] = Explained(game, all(verdict.passed for verdict in verdicts), verdicts)
    return told
