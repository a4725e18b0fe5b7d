"""Reads of the catalogue."""

from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from catalog.models import Game, Listing, Lobby
from operators.models import Casino, Operator, OperatorState
from operators.selectors.refusals import Refusal

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# What holds of a game or lobby that can be played: all of it.
OFFERED = ~Q(listing=Listing.GONE) & Q(enabled=True) & (Q(vendor=None) | Q(vendor__enabled=True))


class UnknownGame(Refusal):
    """The operator's catalogue has no game of that id."""

    code = "unknown_game"


class UnknownLobby(Refusal):
    """The operator's catalogue has no lobby of that id."""

    code = "unknown_lobby"


def get_game(operator: Operator, game_ref: str) -> Game:
    """:raises UnknownGame:"""
    game = Game.objects.select_related("vendor").filter(operator=operator, game_ref=game_ref).first()
    if game is None:
        raise UnknownGame(f"There is no game “{game_ref}”.", fields={"game_id": "There is no such game."})
    return game


def get_lobby(operator: Operator, lobby_ref: str) -> Lobby:
    """:raises UnknownLobby:"""
    lobby = Lobby.objects.select_related("vendor").filter(operator=operator, lobby_ref=lobby_ref).first()
    if lobby is None:
        raise UnknownLobby(f"There is no lobby “{lobby_ref}”.", fields={"lobby_id": "There is no such lobby."})
    return lobby


def list_games(casino: Casino) -> "QuerySet[WithAnnotations[Game]]":
    """What the casino's platforms list, each game with `offered`: whether it can be launched now."""
    offered = OFFERED & Q(platform_enabled=True, operator__state=OperatorState.ACTIVE)
    games = Game.objects.filter(operator__casino=casino, listing=Listing.LISTED).select_related("operator", "vendor")
    return games.exclude(operator__state=OperatorState.TERMINATED).annotate(offered=_is(offered))


def list_lobbies(casino: Casino) -> "QuerySet[WithAnnotations[Lobby]]":
    """What the casino's platforms list, each lobby with `offered`: whether it can be launched now."""
    offered = OFFERED & Q(operator__state=OperatorState.ACTIVE)
    lobbies = Lobby.objects.filter(operator__casino=casino, listing=Listing.LISTED)
    lobbies = lobbies.select_related("operator", "vendor")
    return lobbies.exclude(operator__state=OperatorState.TERMINATED).annotate(offered=_is(offered))


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
