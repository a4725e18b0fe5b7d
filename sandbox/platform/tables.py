"""Where a session is played: its pages, its spins, its state; and the spins of games played for fun."""

from decimal import Decimal

import falcon
import msgspec

from sandbox.platform.catalogue import Game
from sandbox.platform.game_page import show_game, show_lobby
from sandbox.platform.problems import PageProblem
from sandbox.platform.reels import STAKES, spin_round
from sandbox.platform.rounds import SESSION_ENDED, RoundRefused, play_round, read_state, report_fun_round
from sandbox.platform.sessions import PlaySession
from sandbox.platform.state import Platform

LONGEST_ORDER = 1000
GONE = "This session is not known here, perhaps because the sandbox was restarted. Open the game again from the casino."


class SpinOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What the page sends to spin."""

    stake: Decimal


class LobbyTable:
    """GET /play/{session_id}"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, _request: falcon.Request, response: falcon.Response, session_id: str) -> None:
        session = _find_session(self._platform, session_id)
        if session.launch.lobby is None:
            raise PageProblem(falcon.HTTP_404, "There is no lobby here", "This session was opened on one game.")
        _refresh_balance(session)
        response.cache_control = ["no-store"]
        show_lobby(response, session, self._platform.catalogue.list_lobby_games(session.launch.lobby))


class GameTable:
    """GET /play/{session_id}/games/{game_id}"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, _request: falcon.Request, response: falcon.Response, session_id: str, game_id: str) -> None:
        session = _find_session(self._platform, session_id)
        game = _find_game(self._platform, session, game_id)
        _refresh_balance(session)
        response.cache_control = ["no-store"]
        show_game(response, session, game)


class Spins:
    """POST /play/{session_id}/games/{game_id}/spins"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_post(self, request: falcon.Request, response: falcon.Response, session_id: str, game_id: str) -> None:
        session = _find_session(self._platform, session_id)
        game = _find_game(self._platform, session, game_id)
        stake = _read_stake(request)
        try:
            report = play_round(session, game, stake, self._platform.identifiers, self._platform.chance)
        except RoundRefused as refused:
            raise falcon.HTTPConflict(title="One moment", description=str(refused)) from refused
        _write_json(response, {"report": report, "state": read_state(session)})


class State:
    """GET /play/{session_id}/state"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, _request: falcon.Request, response: falcon.Response, session_id: str) -> None:
        _write_json(response, read_state(_find_session(self._platform, session_id)))


class FunSpins:
    """POST /fun/games/{game_id}/spins: an outcome, and nothing else; the money is the page's own."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_post(self, request: falcon.Request, response: falcon.Response, game_id: str) -> None:
        game = self._platform.catalogue.find_game(game_id)
        if game is None or not (game.enabled and game.fun_mode):
            raise falcon.HTTPNotFound(title="No such game for fun")
        stake = _read_stake(request)
        _write_json(response, {"report": report_fun_round(stake, spin_round(stake, self._platform.chance))})


def _find_session(platform: Platform, session_id: str) -> PlaySession:
    session = platform.sessions.find(session_id)
    if session is None:
        raise falcon.HTTPNotFound(title="This session is gone", description=GONE)
    return session


def _find_game(platform: Platform, session: PlaySession, game_id: str) -> Game:
    game = platform.catalogue.find_game(game_id)
    if game is None or not session.allows(game):
        raise falcon.HTTPNotFound(title="Not this game", description="This session was opened for another game.")
    return game


def _refresh_balance(session: PlaySession) -> None:
    if session.refresh_balance().code == SESSION_ENDED:
        links = [(session.launch.home_url, "Back to the casino")] if session.launch.home_url else []
        message = "The casino has closed this session. Open the game again from the casino."
        raise PageProblem(falcon.HTTP_403, "Your session has ended", message, links=links)


def _read_stake(request: falcon.Request) -> Decimal:
    # A form of another site cannot send this type without asking us first.
    if request.content_type != falcon.MEDIA_JSON:
        raise falcon.HTTPUnsupportedMediaType(title="Send JSON")
    try:
        stake = msgspec.json.decode(request.bounded_stream.read(LONGEST_ORDER), type=SpinOrder).stake
    except msgspec.MsgspecError as error:
        raise falcon.HTTPBadRequest(title="Not an order", description=str(error)) from error
    if stake not in STAKES:
        raise falcon.HTTPBadRequest(title="No such stake", description=f"The stakes are {', '.join(map(str, STAKES))}.")
    return next(each for each in STAKES if each == stake)


def _write_json(response: falcon.Response, content: object) -> None:
    response.content_type = falcon.MEDIA_JSON
    response.cache_control = ["no-store"]
    response.data = msgspec.json.encode(content)
