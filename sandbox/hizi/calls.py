"""What each call of hizi answers, once its caller is known."""

from datetime import datetime
from typing import Any

import falcon

from sandbox.hizi.catalogue import Catalogue
from sandbox.hizi.games import MULTIPLIERS, configure, is_offered
from sandbox.hizi.problems import Problem
from sandbox.hizi.stats import list_records, read_query

LONGEST_BODY = 100_000


def answer_game_list(catalogue: Catalogue) -> dict[str, Any]:
    """Both lists: the older of names alone, the extended of names and studios; neither has all games."""
    games = catalogue.list_games().values()
    return {
        "gameList": {game.code: game.old_name for game in games if game.old_name is not None},
        "extendedGameList": {
            game.code: {"name": game.name, "studio": game.studio} for game in games if game.studio is not None
        },
    }


def answer_currency_list() -> dict[str, Any]:
    return {"currencyList": dict(MULTIPLIERS)}


def answer_configuration(request: falcon.Request, catalogue: Catalogue, operator_id: str) -> dict[str, Any]:
    """:raises Problem: 404, with a code for the game, the currency or the game in this currency."""
    code, currency = read_game_and_currency(request)
    if code not in catalogue.list_games():
        raise Problem(falcon.HTTP_404, "UNKNOWN_GAME")
    if currency not in MULTIPLIERS:
        raise Problem(falcon.HTTP_404, "UNKNOWN_CURRENCY")
    if not is_offered(code, currency):
        raise Problem(falcon.HTTP_404, "GAME_NOT_AVAILABLE_IN_CURRENCY")
    return {"config": configure(code, currency, catalogue.find_rtp(code), operator_id), "gameCode": code}


def answer_stats(kind: str, request: falcon.Request, now: datetime) -> dict[str, Any]:
    query = read_query(kind, request.bounded_stream.read(LONGEST_BODY))
    return {"records": list_records(kind, query, now)}


def read_game_and_currency(request: falcon.Request) -> tuple[str, str]:
    """What getGameConfiguration asks for and signs; empty where it is missing."""
    return request.get_param("gameCode", default=""), request.get_param("currency", default="")
