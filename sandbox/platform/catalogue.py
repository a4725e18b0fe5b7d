"""The games and lobbies this platform offers: 3,000 games of 60 vendors and 40 lobbies, the same at every start.

A larger catalogue has the same 3,000 in front, and more games of the same vendors; a smaller one is its beginning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, count, islice

from sandbox.platform import words
from sandbox.platform.draws import between, chance, draw, pick

GAME_COUNT = 3000
# Beyond it, new titles become hard to find; ids still have six digits.
MOST_GAMES = 50_000
LOBBY_COUNT = 40
# A lobby's name after its vendor's, and the games it shows.
LOBBY_KINDS: Mapping[str, Sequence[str]] = {
    "roulette": ("roulette",),
    "blackjack": ("blackjack",),
    "baccarat_sicbo": ("baccarat", "sic_bo"),
    "game_shows": ("game_show", "poker"),
}
FIRST_DAY = date(2018, 3, 1)
DAYS = 3120
# What a slots vendor's other games are: share up to which, type.
SLOTS_VENDOR_TYPES = ((0.86, "slots"), (0.91, "table"), (0.95, "instant"), (0.98, "scratch"), (1.0, "bingo"))
FUN_SHARES = {"slots": 0.95, "live": 0.0, "lottery": 0.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One game as the platform lists it; `motif` and `hue` are what its thumbnail is drawn from."""

    id: int
    title: str
    vendor: str
    type: str
    subtype: str
    platform: str
    enabled: bool
    fun_mode: bool
    campaigns: bool
    created_on: date
    description: str | Mapping[str, str] | None
    motif: str
    hue: int


@dataclass(frozen=True, slots=True)
class Lobby:
    """A vendor's lobby: its games of some subtypes side by side, opened with one token."""

    lobby_id: str
    vendor: str
    subtypes: Sequence[str]

    def shows(self, game: Game) -> bool:
        return game.enabled and game.vendor == self.vendor and game.subtype in self.subtypes


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Games by id in the order of their ids, and lobbies by id; equal to itself alone, and so a cache's key."""

    games: Mapping[int, Game]
    lobbies: Mapping[str, Lobby]

    def find_game(self, game_id: str) -> Game | None:
        return self.games.get(int(game_id)) if game_id.isascii() and game_id.isdigit() else None

    def list_lobby_games(self, lobby: Lobby) -> list[Game]:
        return [game for game in self.games.values() if lobby.shows(game)]

    def search(self, text: str, kind: str) -> list[Game]:
        """Games whose id is the text, or whose title, vendor or subtype holds each of its words."""
        wanted = text.casefold().split()
        return [game for game in self.games.values() if (not kind or game.type == kind) and _matches(game, wanted)]


@lru_cache(maxsize=4)
def build_catalogue(size: int = GAME_COUNT) -> Catalogue:
    """Make a catalogue of so many games, 3,000 in a tenth of a second; a lobby without a game is left out."""
    games = {game.id: game for game in islice(_make_games(), size)}
    lobbies = {lobby.lobby_id: lobby for lobby in _make_lobbies() if any(map(lobby.shows, games.values()))}
    return Catalogue(games, lobbies)


def vendor_sizes() -> dict[str, int]:
    """How many games each vendor has; 3,000 in all."""
    slots = {vendor: 99 - 2 * rank for rank, vendor in enumerate(words.SLOTS_VENDORS)}
    live = dict.fromkeys(words.LIVE_VENDORS, 25)
    return slots | live | dict.fromkeys(words.TABLE_VENDORS, 45) | dict.fromkeys(words.LOTTERY_VENDORS, 30)


def _make_games() -> Iterator[Game]:
    titles: set[str] = set()
    first = sorted(_draft_first(titles), key=lambda game: (game.created_on, game.vendor, game.title))
    for game_id, draft in zip(_game_ids(), chain(first, _draft_more(titles)), strict=False):
        yield replace(draft, id=game_id)


def _draft_first(titles: set[str]) -> Iterator[Game]:
    for vendor, size in vendor_sizes().items():
        for number in range(size):
            yield _draft_game(vendor, number, titles)


def _draft_more(titles: set[str]) -> Iterator[Game]:
    """One game more of each vendor, again and again."""
    sizes = vendor_sizes()
    for further in count():
        for vendor, size in sizes.items():
            yield _draft_game(vendor, size + further, titles)


def _draft_game(vendor: str, number: int, titles: set[str]) -> Game:
    key = (vendor, number)
    kind = _type_of(vendor, *key)
    subtype = pick(words.SUBTYPES[kind], "subtype", *key)
    title, motif = _new_title(kind, subtype, titles, *key)
    return Game(
        id=0,
        title=title,
        vendor=vendor,
        type=kind,
        subtype=subtype,
        platform="mobile" if chance(0.4, "platform", *key) else "desktop",
        enabled=not chance(0.04, "disabled", *key),
        fun_mode=chance(FUN_SHARES.get(kind, 0.7), "fun", *key),
        campaigns=kind == "slots" and chance(0.6, "campaigns", *key),
        created_on=FIRST_DAY + timedelta(days=between(0, DAYS, "created", *key)),
        description=_describe(kind, title, *key),
        motif=motif,
        hue=between(0, 359, "hue", *key),
    )


def _type_of(vendor: str, *key: object) -> str:
    if vendor in words.LIVE_VENDORS:
        return "live"
    if vendor in words.TABLE_VENDORS:
        return "table"
    if vendor in words.LOTTERY_VENDORS:
        return "lottery"
    share = draw("type", *key)
    return next(kind for limit, kind in SLOTS_VENDOR_TYPES if share < limit)


def _new_title(kind: str, subtype: str, titles: set[str], *key: object) -> tuple[str, str]:
    """A title that no other game has, and the motif of its thumbnail."""
    attempt = 0
    while True:
        title, motif = _title_of_slots(attempt, *key) if kind == "slots" else _title_of_table(subtype, attempt, *key)
        if title not in titles:
            titles.add(title)
            return title, motif
        attempt += 1


def _title_of_slots(attempt: int, *key: object) -> tuple[str, str]:
    motif = pick(tuple(words.MOTIF_NOUNS), "motif", attempt, *key)
    other = pick(tuple(words.MOTIF_NOUNS), "other motif", attempt, *key)
    title = pick(words.SLOTS_TITLES, "pattern", attempt, *key).format(
        adjective=pick(words.ADJECTIVES, "adjective", attempt, *key),
        noun=pick(words.MOTIF_NOUNS[motif], "noun", attempt, *key),
        other=pick(words.MOTIF_NOUNS[other], "other", attempt, *key),
        place=pick(words.PLACES, "place", attempt, *key),
        number=between(2, 99, "number", attempt, *key),
    )
    return title, motif


def _title_of_table(subtype: str, attempt: int, *key: object) -> tuple[str, str]:
    front = pick((*words.PLACES, *words.ADJECTIVES), "front", attempt, *key)
    number = f" {between(2, 40, 'table', attempt, *key)}" if chance(0.3, "numbered", attempt, *key) else ""
    return f"{front} {words.SUBTYPE_NAMES[subtype]}{number}", words.SUBTYPE_MOTIFS[subtype]


def _describe(kind: str, title: str, *key: object) -> str | Mapping[str, str] | None:
    share = draw("description", *key)
    texts = {language: text.format(title=title) for language, text in words.DESCRIPTIONS[kind].items()}
    if share < 0.1:
        return None
    return texts["en"] if share < 0.4 else texts


def _game_ids() -> Iterator[int]:
    game_id = 1000
    for number in count():
        game_id += between(1, 9, "id", number)
        yield game_id


def _make_lobbies() -> Iterator[Lobby]:
    first, second, *others = words.LIVE_VENDORS
    yield Lobby(first, first, words.SUBTYPES["live"])
    yield Lobby(second, second, words.SUBTYPES["live"])
    pairs = ((vendor, kind) for vendor in others for kind in LOBBY_KINDS)
    for vendor, kind in islice(pairs, LOBBY_COUNT - 2):
        yield Lobby(f"{vendor}_{kind}", vendor, LOBBY_KINDS[kind])


def _matches(game: Game, wanted: list[str]) -> bool:
    text = f"{game.title} {game.vendor} {game.subtype}".casefold()
    return all(word in text or word == str(game.id) for word in wanted)
