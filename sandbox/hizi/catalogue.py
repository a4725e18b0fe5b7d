"""The games as hizi lists them now: those of the beginning, and what the control API has changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import msgspec

from sandbox.database import Database
from sandbox.hizi.games import Game, list_first_games, make_added_game

SCHEMA = "CREATE TABLE IF NOT EXISTS changes (id INTEGER PRIMARY KEY CHECK (id = 1), content TEXT NOT NULL)"
Percentage = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")]


class UnknownGames(Exception):
    """The control API was told to change games that hizi never had."""


class Changes(msgspec.Struct, frozen=True):
    """What was changed since the beginning: games removed, named anew, given another RTP, and how many were added."""

    removed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = {}
    rtp: Mapping[str, Percentage] = {}
    added: int = 0


class CatalogueOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What the control API asks for, in the order it is done; `reset` comes first."""

    reset: bool = False
    add: Annotated[int, msgspec.Meta(ge=0, le=20_000)] = 0
    remove: frozenset[str] = frozenset()
    restore: frozenset[str] = frozenset()
    rename: dict[str, str] = {}
    rtp: dict[str, Percentage] = {}


class Catalogue:
    """The games and their changes, which are kept in the data folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read_changes(self) -> Changes:
        rows = self._database.read("SELECT content FROM changes")
        return msgspec.json.decode(rows[0]["content"], type=Changes) if rows else Changes()

    def list_games(self) -> dict[str, Game]:
        """The games by their codes as they are now."""
        changes = self.read_changes()
        games = _all_games(changes)
        return {code: _rename(game, changes) for code, game in games.items() if code not in changes.removed}

    def find_rtp(self, code: str) -> Decimal | None:
        """The RTP that the control API gave to a game, if it did."""
        given = self.read_changes().rtp.get(code)
        return None if given is None else Decimal(given)

    def change(self, order: CatalogueOrder) -> Changes:
        """Do what is ordered.

        :raises UnknownGames: a game that the order names was never there.
        """
        with self._database.transaction() as connection:
            changes = _apply(order, Changes() if order.reset else self.read_changes())
            content = msgspec.json.encode(changes).decode()
            connection.execute("INSERT OR REPLACE INTO changes (id, content) VALUES (1, ?)", (content,))
        return changes


def _apply(order: CatalogueOrder, before: Changes) -> Changes:
    after = Changes(
        removed=(before.removed | order.remove) - order.restore,
        renamed={**before.renamed, **order.rename},
        rtp={**before.rtp, **order.rtp},
        added=before.added + order.add,
    )
    _require_known({*order.remove, *order.restore, *order.rename, *order.rtp}, after)
    return after


def _require_known(codes: Iterable[str], changes: Changes) -> None:
    unknown = sorted(set(codes) - _all_games(changes).keys())
    if unknown:
        raise UnknownGames(", ".join(unknown))


def _all_games(changes: Changes) -> dict[str, Game]:
    added = (make_added_game(number) for number in range(1, changes.added + 1))
    return {**list_first_games(), **{game.code: game for game in added}}


def _rename(game: Game, changes: Changes) -> Game:
    name = changes.renamed.get(game.code)
    if name is None:
        return game
    return replace(game, name=name, old_name=None if game.old_name is None else name)
