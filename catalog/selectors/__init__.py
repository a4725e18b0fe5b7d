"""Reads of the catalogue."""

from catalog.selectors.checks import Check, Verdict, Visitor, explain_game, explain_lobby, meets, visitor_checks
from catalog.selectors.rows import UnknownGame, UnknownLobby, get_game, get_lobby
from catalog.selectors.site import list_games, list_lobbies, list_vendors, show_games, show_lobbies

__all__ = [
    "Check",
    "UnknownGame",
    "UnknownLobby",
    "Verdict",
    "Visitor",
    "explain_game",
    "explain_lobby",
    "get_game",
    "get_lobby",
    "list_games",
    "list_lobbies",
    "list_vendors",
    "meets",
    "show_games",
    "show_lobbies",
    "visitor_checks",
]
