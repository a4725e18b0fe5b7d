"""The catalogue as it is now: with what was removed, renamed or added on request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec

from sandbox.agent.catalogue import Game, Provider, build_games, build_providers, make_added_games
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk, read_setting

CHANGES = "catalogue"


class Countries(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Countries (`GB`) and regions (`UA-43`) of a provider; None leaves them as they are."""

    restricted: list[str] | None = None
    prohibited: list[str] | None = None


class Standing(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Whether a provider is configured for the agent, and reachable; None leaves it as it is."""

    active: bool | None = None
    online: bool | None = None


class Changes(msgspec.Struct, forbid_unknown_fields=True):
    """What differs from the catalogue at the start."""

    removed: set[str] = msgspec.field(default_factory=set)
    renamed: dict[str, str] = msgspec.field(default_factory=dict)
    rtp: dict[str, str] = msgspec.field(default_factory=dict)
    countries: dict[str, Countries] = msgspec.field(default_factory=dict)
    providers: dict[str, Standing] = msgspec.field(default_factory=dict)
    added: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """Games and providers by id; `known` has the removed games too, for the history speaks of them."""

    games: Mapping[str, Game]
    known: Mapping[str, Game]
    providers: Mapping[str, Provider]

    def get_game(self, game_id: str) -> Game:
        """:raises Refusal: no such game is offered."""
        game = self.games.get(game_id)
        if game is None:
            raise Refusal("GAME_NOT_FOUND")
        return game

    def get_provider(self, provider_id: str) -> Provider:
        """:raises Refusal: there is no such provider, or it is not configured for the agent."""
        provider = self.providers.get(provider_id)
        if provider is None or not provider.active:
            raise Refusal("AGENT_PROVIDER_NOT_FOUND")
        return provider


def read_offer(desk: Desk) -> Offer:
    return _make_offer(read_setting(desk.database, CHANGES) or "{}")


@lru_cache(maxsize=8)
def _make_offer(text: str) -> Offer:
    changes = msgspec.json.decode(text, type=Changes)
    games = {**build_games(), **{game.id: game for game in make_added_games(changes.added)}}
    known = {game_id: _change_game(game, changes) for game_id, game in games.items()}
    listed = {game_id: game for game_id, game in known.items() if game_id not in changes.removed}
    providers = {name: _change_provider(provider, changes) for name, provider in build_providers().items()}
    return Offer(listed, known, providers)


def _change_game(game: Game, changes: Changes) -> Game:
    return replace(game, name=changes.renamed.get(game.id, game.name), rtp=changes.rtp.get(game.id, game.rtp))


def _change_provider(provider: Provider, changes: Changes) -> Provider:
    countries = msgspec.to_builtins(changes.countries.get(provider.id, Countries()))
    standing = msgspec.to_builtins(changes.providers.get(provider.id, Standing()))
    return replace(provider, **countries, **standing)
