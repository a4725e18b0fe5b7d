"""What the platform lists at the moment: its catalogue, and what the control API has changed of it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

import msgspec

from sandbox.platform.catalogue import GAME_COUNT, MOST_GAMES, Catalogue, Game, build_catalogue

Ref = int | str

# Of games that were played while there were more of them.
UNKNOWN_VENDOR = "unknown"


class CatalogueOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What to change: ids of games and lobbies to take off and to bring back, titles by game id, games to add.

    `reset` undoes all earlier orders before the rest of this one is done.
    """

    remove: list[Ref] = []
    restore: list[Ref] = []
    rename: dict[str, Annotated[str, msgspec.Meta(min_length=1)]] = {}
    add: Annotated[int, msgspec.Meta(ge=0)] = 0
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise than at the start: ids off the lists, titles by game id, the number of games added."""

    removed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    added: int = 0


class UnknownId(Exception):
    """An order names a game or lobby that the platform never had."""


class TooManyGames(Exception):
    """An order asks for more games than can be made."""


class Offer:
    """`catalogue` is what is listed; each change makes a new one and lets the old one be."""

    def __init__(self, size: int = GAME_COUNT) -> None:
        self._size = size
        self._lock = threading.Lock()
        self.changes = Changes()
        self.catalogue = build_catalogue(size)

    def change(self, order: CatalogueOrder) -> None:
        """Do all of an order, or nothing.

        :raises UnknownId: it names what is not here.
        :raises TooManyGames: it asks for too many.
        """
        with self._lock:
            changes = merge(Changes() if order.reset else self.changes, order)
            if self._size + changes.added > MOST_GAMES:
                raise TooManyGames(f"There can be at most {MOST_GAMES} games.")
            everything = build_catalogue(self._size + changes.added)
            _require_known(order, everything)
            self.catalogue = apply(changes, everything) if changes != Changes() else everything
            self.changes = changes

    def find_ever(self, game_id: str) -> Game | None:
        """A game that is listed, or that was taken off the list."""
        return build_catalogue(self._size + self.changes.added).find_game(game_id)

    def vendor_of(self, game_id: str) -> str:
        game = self.find_ever(game_id)
        return game.vendor if game else UNKNOWN_VENDOR


def merge(changes: Changes, order: CatalogueOrder) -> Changes:
    """The changes so far, and those of an order on top."""
    removed = (changes.removed | set(map(str, order.remove))) - set(map(str, order.restore))
    return Changes(removed, {**changes.renamed, **order.rename}, changes.added + order.add)


def apply(changes: Changes, everything: Catalogue) -> Catalogue:
    """A catalogue as it is after some changes."""
    games = {
        game.id: _rename(game, changes) for game in everything.games.values() if str(game.id) not in changes.removed
    }
    lobbies = {name: lobby for name, lobby in everything.lobbies.items() if name not in changes.removed}
    return Catalogue(games, lobbies)


def _rename(game: Game, changes: Changes) -> Game:
    title = changes.renamed.get(str(game.id))
    return replace(game, title=title) if title else game


def _require_known(order: CatalogueOrder, everything: Catalogue) -> None:
    for ref in map(str, [*order.remove, *order.restore]):
        if everything.find_game(ref) is None and ref not in everything.lobbies:
            raise UnknownId(f"There is no game or lobby {ref} here.")
    for ref in order.rename:
        if everything.find_game(ref) is None:
            raise UnknownId(f"There is no game {ref} here.")
