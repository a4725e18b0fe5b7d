"""A platform's lists, laid beside the catalogue in a temporary table: what is new or differs, and what is missing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg
from django.db import connection

from catalog.models import Game, GameConfiguration, Listing, Lobby, OperatorCurrency, Subject, Vendor
from catalog.services import facts
from catalog.services.fetching import Configurations, Fetched
from catalog.services.heartbeat import Progress
from operators.models import Operator
from operators.platforms import listings

Row = TypeVar("Row")
# A row's id, its title and its facts; None where the row cannot be used.
Described = tuple[str, str, bytes] | None

COPY = "COPY catalog_staged (subject, ref, title, facts, raw, digest) FROM STDIN"


@dataclass(slots=True)
class Tally:
    """Of one kind: how many rows the catalogue lists, how many the platform does, how many of those say nothing."""

    listed: int
    fetched: int
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue lists: ids by kind, and each game's digest and vendor."""

    refs: dict[Subject, frozenset[str]]
    digests: dict[str, bytes | None]
    vendors: dict[str, str]


@dataclass(slots=True)
class VendorsMet:
    """Vendors met in the rows of others: as such a row describes them, or only named, by rows that nobody read."""

    described: dict[str, listings.Vendor] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def meet(self, vendor: listings.Vendor | None) -> None:
        """Take down the first description of each."""
        if vendor is not None:
            self.described.setdefault(vendor.vendor_ref, vendor)


class Stage:
    """The copy into the temporary table, while it is open."""

    def __init__(self, copy: "psycopg.Copy", known: Known) -> None:
        self._copy = copy
        self.known = known

    def add(self, subject: Subject, row: tuple[str, str, bytes], raw: str = "", digest: bytes | None = None) -> None:
        """Lay out a row as the platform lists it."""
        ref, title, described = row
        self._copy.write_row((subject.value, ref, title, described.decode(), raw, digest))

    def drop_all_but(self, subject: Subject, met: Iterable[str]) -> None:
        """Lay out what the catalogue lists and the platform does no more."""
        for ref in sorted(self.known.refs[subject].difference(met)):
            self._copy.write_row((subject.value, ref, None, None, None, None))

    def open_tally(self, subject: Subject, fetched: int) -> Tally:
        """Begin to count the rows of a kind."""
        return Tally(len(self.known.refs[subject]), fetched)


def stage_catalogue(operator: Operator, fetched: Fetched, progress: Progress) -> dict[Subject, Tally]:
    """Lay out what the platform lists and what it no longer does; what is as it was is left out.

    A game whose text is known is not read again. Where rows of a list cannot be read, nothing of it counts as missing.
    """
    known = _read_known(operator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_open_stage()")
        with cursor.copy(COPY) as copy:
            tallies = _stage_lists(Stage(copy, known), fetched, progress)
        cursor.execute("SELECT catalog_match_stage(%s)", [operator.pk])
    return tallies


def _stage_lists(stage: Stage, fetched: Fetched, progress: Progress) -> dict[Subject, Tally]:
    vendors = VendorsMet()
    tallies = {Subject.GAME: _stage_games(stage, fetched.games, vendors, progress)}
    if fetched.lobbies is not None:
        describe = _describe_lobby_of(vendors)
        tallies[Subject.LOBBY] = _stage_rows(stage, Subject.LOBBY, fetched.lobbies, describe)
    if fetched.vendors is not None:
        tallies[Subject.VENDOR] = _stage_rows(stage, Subject.VENDOR, fetched.vendors, _describe_vendor)
    else:
        whole = not any(tally.unreadable for tally in tallies.values())
        tallies[Subject.VENDOR] = _stage_vendors_met(stage, vendors, whole)
    if fetched.currencies is not None:
        tallies[Subject.CURRENCY] = _stage_rows(stage, Subject.CURRENCY, fetched.currencies, _describe_currency)
    if fetched.configurations is not None:
        whole = not (tallies[Subject.GAME].unreadable or tallies[Subject.CURRENCY].unreadable)
        tallies[Subject.CONFIGURATION] = _stage_configurations(stage, fetched.configurations, whole)
    return tallies


def _stage_games(
    stage: Stage, games: listings.Listing[listings.Game], vendors: VendorsMet, progress: Progress
) -> Tally:
    tally = stage.open_tally(Subject.GAME, len(games.texts))
    met: set[str] = set()
    unknown = _skip_known(games.texts, stage.known, met) if games.stable else [(text, b"") for text in games.texts]
    vendors.named.update(stage.known.vendors[ref] for ref in met)
    progress.begin("Reading games", len(unknown))
    for text, digest in unknown:
        progress.done += 1
        game = games.read(text)
        if game is None:
            tally.unreadable += 1
        elif game.game_ref not in met:
            met.add(game.game_ref)
            vendors.meet(game.vendor)
            _stage_game(stage, game, text, digest)
    if not tally.unreadable:
        stage.drop_all_but(Subject.GAME, met)
    return tally


def _skip_known(texts: Iterable[bytes], known: Known, met: set[str]) -> list[tuple[bytes, bytes]]:
    """Return the texts that have to be read, with their digests; the ids of the others are met."""
    refs = {digest: ref for ref, digest in known.digests.items()}
    digested = [(text, facts.digest_of(text)) for text in texts]
    met.update(refs[digest] for _text, digest in digested if digest in refs)
    return [(text, digest) for text, digest in digested if digest not in refs]


def _stage_game(stage: Stage, game: listings.Game, text: bytes, digest: bytes) -> None:
    """Lay out a game; one of a list whose texts are never the same is recognised by its facts."""
    described = facts.describe_game(game)
    digest = digest or facts.digest_of(described)
    if stage.known.digests.get(game.game_ref) != digest:
        raw = text.decode(errors="replace").replace("\0", "")
        stage.add(Subject.GAME, (game.game_ref, game.title, described), raw, digest)


def _stage_rows(
    stage: Stage, subject: Subject, listing: listings.Listing[Row], describe: Callable[[Row], Described]
) -> Tally:
    tally = stage.open_tally(subject, len(listing.texts))
    met: dict[str, tuple[str, str, bytes]] = {}
    for text in listing.texts:
        row = listing.read(text)
        described = describe(row) if row is not None else None
        if described is None:
            tally.unreadable += 1
        else:
            met.setdefault(described[0], described)
    for described in met.values():
        stage.add(subject, described)
    if not tally.unreadable:
        stage.drop_all_but(subject, met)
    return tally


def _stage_vendors_met(stage: Stage, vendors: VendorsMet, whole: bool) -> Tally:
    met = (vendors.named | vendors.described.keys()) - {""}
    for vendor in vendors.described.values():
        stage.add(Subject.VENDOR, _describe_vendor(vendor))
    if whole:
        stage.drop_all_but(Subject.VENDOR, met)
    return stage.open_tally(Subject.VENDOR, len(met))


def _stage_configurations(stage: Stage, configurations: Configurations, whole: bool) -> Tally:
    """Lay out configurations; one that the platform refuses to tell stays as it is, and so do all of unread lists."""
    tally = stage.open_tally(Subject.CONFIGURATION, len(configurations.rows) + len(configurations.refused))
    tally.unreadable = len(configurations.refused)
    met = {_name_configuration(*refused) for refused in configurations.refused}
    for row in configurations.rows:
        ref = _name_configuration(row.game_ref, row.currency_code)
        met.add(ref)
        described = (ref, configurations.titles.get(row.game_ref, ""), facts.describe_configuration(row))
        stage.add(Subject.CONFIGURATION, described, row.raw.replace("\0", ""))
    if whole:
        stage.drop_all_but(Subject.CONFIGURATION, met)
    return tally


def _describe_vendor(vendor: listings.Vendor) -> tuple[str, str, bytes]:
    return vendor.vendor_ref, vendor.title, facts.describe_vendor(vendor)


def _describe_lobby_of(vendors: VendorsMet) -> Callable[[listings.Lobby], Described]:
    def describe(lobby: listings.Lobby) -> Described:
        vendors.meet(lobby.vendor)
        return lobby.lobby_ref, "", facts.describe_lobby(lobby)

    return describe


def _describe_currency(currency: listings.Currency) -> Described:
    described = facts.describe_currency(currency)
    return None if described is None else (currency.code, "", described)


def _name_configuration(game_ref: str, currency_code: str) -> str:
    """As `catalog_match_stage` names it."""
    return f"{game_ref} {currency_code}"


def _read_known(operator: Operator) -> Known:
    games = Game.objects.filter(operator=operator, listing=Listing.LISTED)
    rows = list(games.values_list("game_ref", "digest", "vendor__vendor_ref"))
    listed = {"operator": operator, "listing": Listing.LISTED}
    configurations = GameConfiguration.objects.filter(game__operator=operator, listing=Listing.LISTED)
    return Known(
        refs={
            Subject.GAME: frozenset(ref for ref, _digest, _vendor in rows),
            Subject.LOBBY: frozenset(Lobby.objects.filter(**listed).values_list("lobby_ref", flat=True)),
            Subject.VENDOR: frozenset(Vendor.objects.filter(**listed).values_list("vendor_ref", flat=True)),
            Subject.CURRENCY: frozenset(
                OperatorCurrency.objects.filter(**listed).values_list("currency_id", flat=True)
            ),
            Subject.CONFIGURATION: frozenset(
                _name_configuration(*pair) for pair in configurations.values_list("game__game_ref", "currency_id")
            ),
        },
        digests={ref: None if digest is None else bytes(digest) for ref, digest, _vendor in rows},
        vendors={ref: vendor or "" for ref, _digest, vendor in rows},
    )
