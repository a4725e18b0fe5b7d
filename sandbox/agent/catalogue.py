"""What the aggregator offers: 400 games of 12 providers, the same at every start."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.platform.draws import between, chance, pick
from sandbox.platform.words import ADJECTIVES, MOTIF_NOUNS, PLACES

_WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
CATEGORY_LABELS: Mapping[str, str] = _WORDS["categories"]
KINDS: Mapping[str, tuple[str, str]] = _WORDS["kinds"]
NAMES: Mapping[str, str] = _WORDS["names"]
SLOT_NAMES = ("{adjective} {noun}", "{noun} Riches", "{adjective} {noun} Ways", "{noun} of {place}", "Wild {noun}")
FREE_ROUND_SHARES = {"slot": 0.85, "live_casino": 0.3}
# Games added on request come from this provider, numbered from here on.
ADDED_PROVIDER, FIRST_ADDED = "brindlebay", 9001


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A studio, what it allows and how it counts.

    `units` names a currency of its own in place of a player's, and how many of the player's one of it is worth.
    `limits` says for each category which bet limits there are: tiers, stakes, none, or "" where they are not named.
    """

    id: str
    name: str
    active: bool = True
    online: bool = True
    free_chips: bool = False
    launches_html: bool = False
    slot_log: str = "iframe"
    most_free_rounds: int = 1000
    gift_info: bool = True
    units: Mapping[str, tuple[str, str]]
    restricted: Sequence[str]
    prohibited: Sequence[str]
    limits: Mapping[str, str]

    def currency_of(self, currency: str) -> str:
        return self.units[currency][0] if currency in self.units else currency

    def in_its_units(self, amount: Decimal, currency: str) -> Decimal:
        return amount / Decimal(self.units[currency][1]) if currency in self.units else amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A game as it is listed; `kind` is what its rounds are, `motif` and `hue` what its logo is drawn from."""

    id: str
    name: str
    provider_id: str
    category: str
    kind: str
    has_free_round: bool
    rtp: str
    motif: str
    hue: int


@cache
def build_providers() -> Mapping[str, Provider]:
    return {provider_id: _make_provider(provider_id, facts) for provider_id, facts in _WORDS["providers"].items()}


@cache
def build_games() -> Mapping[str, Game]:
    """All games by id, in the order of the list."""
    return {game.id: game for game in _make_games()}


def make_added_games(count: int) -> Iterator[Game]:
    """The first so many of the games that come on request."""
    return map(_make_added_game, range(FIRST_ADDED, FIRST_ADDED + count))


@cache
def _make_added_game(number: int) -> Game:
    return _make_game(ADDED_PROVIDER, "slot", "reels", number)


def _make_provider(provider_id: str, facts: Mapping[str, Any]) -> Provider:
    plain = {name: value for name, value in facts.items() if name not in {"categories", "restricted", "prohibited"}}
    return Provider(
        id=provider_id,
        **{"units": {}} | plain,
        restricted=facts.get("restricted", "").split(),
        prohibited=facts.get("prohibited", "").split(),
        limits={category: span.get("limits", "") for category, span in facts["categories"].items()},
    )


def _make_games() -> Iterator[Game]:
    for provider_id, facts in _WORDS["providers"].items():
        for category, span in facts["categories"].items():
            kinds = span["kinds"].split()
            for number in range(span["count"]):
                yield _make_game(provider_id, category, kinds[number % len(kinds)], span["first"] + number)


def _make_game(provider_id: str, category: str, kind: str, number: int) -> Game:
    game_id = f"{provider_id}_{number:05}"
    name, motif = _name_game(game_id, kind)
    return Game(
        id=game_id,
        name=NAMES.get(game_id, name),
        provider_id=provider_id,
        category=category,
        kind=kind,
        has_free_round=chance(FREE_ROUND_SHARES.get(category, 0.0), "free rounds", game_id) or game_id in NAMES,
        rtp=_draw_rtp(category, game_id),
        motif=motif,
        hue=between(0, 359, "hue", game_id),
    )


def _name_game(game_id: str, kind: str) -> tuple[str, str]:
    place = pick(PLACES, "place", game_id)
    if kind != "reels":
        label, motif = KINDS[kind]
        return f"{pick((place, pick(ADJECTIVES, 'front', game_id)), 'which', game_id)} {label}", motif
    motif = pick(tuple(MOTIF_NOUNS), "motif", game_id)
    noun = pick(MOTIF_NOUNS[motif], "noun", game_id)
    adjective = pick(ADJECTIVES, "adjective", game_id)
    return pick(SLOT_NAMES, "pattern", game_id).format(adjective=adjective, noun=noun, place=place), motif


def _draw_rtp(category: str, game_id: str) -> str:
    """The RTP as a text, "0" where the aggregator has none."""
    if category != "slot" or chance(0.12, "no rtp", game_id):
        return "0"
    return f"{between(9400, 9725, 'rtp', game_id) / 100:.2f}"
