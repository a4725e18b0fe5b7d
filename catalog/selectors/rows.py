"""Single rows of the catalogue, by the platforms' own ids."""

from catalog.models import Game, Lobby
from operators.models import Operator
from operators.selectors.refusals import Refusal

NOT_THERE = "This game is not available at the moment."


class UnknownGame(Refusal):
    """The operator's catalogue has no game of that id."""

    code = "unknown_game"
    player_detail = NOT_THERE


class UnknownLobby(Refusal):
    """The operator's catalogue has no lobby of that id."""

    code = "unknown_lobby"
    player_detail = NOT_THERE


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
