"""The front: the list of games for who comes without parameters, the launch for who comes with them."""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode

import falcon

from sandbox.platform.catalogue import Game
from sandbox.platform.game_page import show_fun_game
from sandbox.platform.launch import Launch, OddLaunch, keep_web_address, read_launch
from sandbox.platform.lists import thumbnail_path
from sandbox.platform.markup import Html, join, render, show_page
from sandbox.platform.problems import PageProblem, render_link
from sandbox.platform.sessions import LaunchRefused, open_session
from sandbox.platform.state import Platform, connect_wallet
from sandbox.platform.words import SUBTYPES
from sandbox.settings import Settings

PAGE_SIZE = 60
REFUSALS = {
    "OP_21": (
        "Your session has ended",
        "The casino does not know this session any more. Open the game again from the casino.",
    ),
    "OP_22": (
        "This game cannot be opened",
        "The casino did not allow this launch. Its support can tell you more.",
    ),
    "CURRENCY": ("The currencies differ", "The casino opened this game in another currency than it keeps for you."),
}
NO_ANSWER = ("The casino did not answer", "The casino could not be asked who you are. Please try again in a moment.")


class FrontDoor:
    """GET /"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        if request.query_string:
            _launch(self._platform, request, response)
        else:
            _show_games(self._platform, request, response)


class GameSearch:
    """GET /games?q=&type=&page="""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        _show_games(self._platform, request, response)


def _launch(platform: Platform, request: falcon.Request, response: falcon.Response) -> None:
    settings = platform.source.find()
    if settings is None:
        raise PageProblem(falcon.HTTP_503, "No operator is set up yet", platform.source.problem)
    try:
        launch = read_launch(request.query_string, platform.catalogue, settings)
    except OddLaunch as odd:
        heading = f"This launch does not work: {odd.parameter}"
        raise PageProblem(falcon.HTTP_400, heading, odd.problem, links=_way_home(request)) from odd
    response.cache_control = ["no-store"]
    if launch.is_fun:
        show_fun_game(response, launch)
    else:
        raise falcon.HTTPSeeOther(_open_table(platform, settings, launch))


def _open_table(platform: Platform, settings: Settings, launch: Launch) -> str:
    """Authenticate the launch and return where its player sits."""
    try:
        session = open_session(launch, connect_wallet(settings), platform.journal)
    except LaunchRefused as refused:
        status = falcon.HTTP_403 if refused.code in REFUSALS else falcon.HTTP_502
        heading, message = REFUSALS.get(refused.code, NO_ANSWER)
        links = [(launch.home_url, "Back to the casino")] if launch.home_url else []
        detail = f"authenticate: {refused.code} {refused.message}"
        raise PageProblem(status, heading, message, detail=detail, links=links) from refused
    platform.sessions.add(session)
    return f"/play/{session.id}/games/{launch.game.id}" if launch.game else f"/play/{session.id}"


def _way_home(request: falcon.Request) -> list[tuple[str, str]]:
    given = parse_qs(request.query_string).get("home_url", [""])
    address = keep_web_address(given[0])
    return [(address, "Back to the casino")] if address else []


def _show_games(platform: Platform, request: falcon.Request, response: falcon.Response) -> None:
    text, kind = request.get_param("q", default=""), request.get_param("type", default="")
    games = platform.catalogue.search(text, kind)
    pages = max(1, -(-len(games) // PAGE_SIZE))
    page = min(max(request.get_param_as_int("page", default=1), 1), pages)
    settings = platform.source.find()
    content = render(
        "home",
        standing=_describe_standing(settings, platform.source.problem),
        game_count=f"{len(platform.catalogue.games):,}",
        vendor_count=len({game.vendor for game in platform.catalogue.games.values()}),
        origin=request.prefix,
        operator_id=settings.operator_id if settings else "OPERATOR",
        text=text,
        types=join(_option(value, kind) for value in ("", *SUBTYPES)),
        heading=f"{len(games):,} games" if len(games) != 1 else "1 game",
        cards=_cards(games[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], settings),
        pager=_pager(page, pages, text, kind),
    )
    show_page(response, "Games", content, body_class="front")


def _describe_standing(settings: Settings | None, problem: str) -> str:
    return f"Operator {settings.operator_id}, wallet at {settings.wallet_url}" if settings else problem


def _option(value: str, chosen: str) -> Html:
    selected = Html(" selected") if value == chosen else ""
    return render("option", value=value, label=value.capitalize() or "All", selected=selected)


def _cards(games: Sequence[Game], settings: Settings | None) -> Html:
    return join(_card(game, settings) for game in games)


def _card(game: Game, settings: Settings | None) -> Html:
    facts = f"{game.id} · {game.type} · {game.vendor}"
    if settings is None or not (game.enabled and game.fun_mode):
        facts += " · real mode only" if game.enabled else " · switched off"
        return render("card_closed", thumbnail=thumbnail_path(game.id), title=game.title, facts=facts)
    query = urlencode({"mode": "fun", "game_id": game.id, "operator_id": settings.operator_id, "language": "en"})
    return render("card", address=f"/?{query}", thumbnail=thumbnail_path(game.id), title=game.title, facts=facts)


def _pager(page: int, pages: int, text: str, kind: str) -> Html:
    def link(to: int, label: str) -> Html:
        query = urlencode({"q": text, "type": kind, "page": to})
        return render_link("button quiet", f"/games?{query}", label) if 1 <= to <= pages else Html()

    if pages == 1:
        return Html()
    return render("pager", previous=link(page - 1, "Previous"), page=page, pages=pages, next=link(page + 1, "Next"))
