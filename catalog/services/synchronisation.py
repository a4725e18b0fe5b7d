"""The catalogue is kept in step with what platforms list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

from catalog.models import Game, Listing, Lobby, Vendor
from operators.models import Direction, Operator, Protocol
from operators.platforms import generic
from operators.platforms.base import Call, Http
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from operators.services.exchanges import Record, write_exchange

Row = TypeVar("Row", Game, Lobby)

BATCH = 500
# The first key of the advisory locks that let one synchronisation of an operator run at a time.
LOCK_SPACE = 1_729
VENDOR_FIELD = "vendor_id"
STANDING = ["listing", "gone_at"]
GAME_FACTS = [
    "title",
    "game_type",
    "subtype",
    "platform",
    "platform_enabled",
    "fun_mode",
    "campaigns",
    "created_date",
    "description",
    "thumbnails",
]
LOBBY_FACTS = ["thumbnails"]


class CatalogueNotOffered(Refusal):
    """The operator's protocol has no lists of games that we read, or the operator has no API host."""

    code = "catalogue_not_offered"


class SyncUnderWay(Refusal):
    """Another synchronisation of the operator has not ended yet."""

    code = "sync_under_way"


class ListEmpty(Refusal):
    """The platform lists no game at all any more; more likely its fault than its wish."""

    code = "list_empty"


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows came, changed, went, came back, or were met in play before they were listed."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one synchronisation found, and how many listed rows it could not read."""

    games: Changes
    lobbies: Changes
    unreadable: int


def sync_catalog(*, operator: Operator, by: str, now: datetime) -> SyncResult:
    """Fetch an operator's games and lobbies and write what differs; our own switches stay as they are.

    What is no longer listed is marked gone, unless rows of the list could not be read.

    :raises PlatformFailure: the platform did not answer; nothing is written.
    :raises Refusal: CatalogueNotOffered, SyncUnderWay, ListEmpty; nothing is written.
    """
    if operator.protocol != Protocol.GENERIC or not operator.api_host:
        raise CatalogueNotOffered(f"{operator.name} has no lists of games that we can read.")
    calls: list[Call] = []
    try:
        # A transaction that only holds the lock keeps no snapshot: the platform may take its time.
        with transaction.atomic():
            _take_turn(operator)
            games, lobbies = _fetch(operator, calls.append)
            result = _write_catalogue(operator, games, lobbies, now)
            if result != SyncResult(Changes(), Changes(), 0):
                write_audit_entry(by=by, action="sync_catalog", subject=operator, details=asdict(result))
    finally:
        _log_failures(operator, calls, now)
    return result


def _take_turn(operator: Operator) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, operator.pk])
        (ours,) = cursor.fetchone()
    if not ours:
        raise SyncUnderWay(f"The catalogue of {operator.name} is being fetched already.")


def _fetch(
    operator: Operator, report: Callable[[Call], None]
) -> tuple[generic.Listed[generic.Game], generic.Listed[generic.Lobby]]:
    config = generic.Config(
        api_host=operator.api_host,
        operator_ref=operator.operator_ref,
        secret=operator.secret,
        http=Http(private_hosts_allowed=settings.PLATFORM_PRIVATE_HOSTS_ALLOWED),
    )
    with generic.Client(config, report) as client:
        return client.list_games(), client.list_lobbies()


def _write_catalogue(
    operator: Operator, games: generic.Listed[generic.Game], lobbies: generic.Listed[generic.Lobby], now: datetime
) -> SyncResult:
    known_games = {game.game_ref: game for game in Game.objects.filter(operator=operator)}
    known_lobbies = {lobby.lobby_ref: lobby for lobby in Lobby.objects.filter(operator=operator)}
    if not games.rows and any(game.listing == Listing.LISTED for game in known_games.values()):
        raise ListEmpty(f"The platform of {operator.name} lists no game any more; the catalogue is left as it is.")
    names = {game.vendor for game in games.rows} | {lobby.vendor for lobby in lobbies.rows}
    vendors = _open_vendors(operator, names)
    listed_games = {row.game_ref: _game_of(operator, row, vendors, now) for row in games.rows}
    listed_lobbies = {row.lobby_ref: _lobby_of(operator, row, vendors) for row in lobbies.rows}
    whole = not (games.unreadable or lobbies.unreadable)
    return SyncResult(
        games=_write_rows(
            Game, ref="game_ref", facts=GAME_FACTS, known=known_games, listed=listed_games, mark_gone=whole, now=now
        ),
        lobbies=_write_rows(
            Lobby,
            ref="lobby_ref",
            facts=LOBBY_FACTS,
            known=known_lobbies,
            listed=listed_lobbies,
            mark_gone=whole,
            now=now,
        ),
        unreadable=games.unreadable + lobbies.unreadable,
    )


def _open_vendors(operator: Operator, names: set[str]) -> dict[str, Vendor]:
    known = {vendor.vendor_ref: vendor for vendor in Vendor.objects.filter(operator=operator)}
    new = [Vendor(operator=operator, vendor_ref=name) for name in sorted(names - {""} - known.keys())]
    return known | {vendor.vendor_ref: vendor for vendor in Vendor.objects.bulk_create(new, batch_size=BATCH)}


def _game_of(operator: Operator, row: generic.Game, vendors: Mapping[str, Vendor], now: datetime) -> Game:
    facts = asdict(row)
    return Game(
        operator=operator,
        vendor=vendors.get(facts.pop("vendor")),
        platform_enabled=facts.pop("enabled"),
        first_seen_at=now,
        **facts,
    )


def _lobby_of(operator: Operator, row: generic.Lobby, vendors: Mapping[str, Vendor]) -> Lobby:
    thumbnails = dict(row.thumbnails)
    return Lobby(operator=operator, lobby_ref=row.lobby_ref, vendor=vendors.get(row.vendor), thumbnails=thumbnails)


def _write_rows(
    model: type[Row],
    *,
    ref: str,
    facts: list[str],
    known: Mapping[str, Row],
    listed: Mapping[str, Row],
    mark_gone: bool,
    now: datetime,
) -> Changes:
    """Insert the new rows and update the differing ones, a batch a statement."""
    compared = [*facts, VENDOR_FIELD, *STANDING]
    added: list[Row] = [row for key, row in listed.items() if key not in known]
    differing: list[Row] = [row for key, row in listed.items() if key in known and not _same(row, known[key], compared)]
    absent = [row for key, row in known.items() if mark_gone and key not in listed and row.listing == Listing.LISTED]
    stood = [known[getattr(row, ref)].listing for row in differing]
    rows: list[Row] = added + differing
    model.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["operator", ref],
        update_fields=[*facts, "vendor", *STANDING],
    )
    model.objects.filter(pk__in=[row.pk for row in absent]).update(listing=Listing.GONE, gone_at=now)
    return Changes(
        added=len(added),
        changed=stood.count(Listing.LISTED),
        gone=len(absent),
        back=stood.count(Listing.GONE),
        resolved=stood.count(Listing.UNMAPPED),
    )


def _same(one: Row, other: Row, fields: Iterable[str]) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _log_failures(operator: Operator, calls: Iterable[Call], now: datetime) -> None:
    for call in calls:
        if call.failure:
            write_exchange(_record_of(operator, call, now))


def _record_of(operator: Operator, call: Call, now: datetime) -> Record:
    return Record(
        at=now,
        direction=Direction.OUTBOUND,
        operator_id=operator.pk,
        command=call.command,
        http_status=call.http_status,
        error_code=call.failure,
        milliseconds=Decimal(f"{call.milliseconds:.2f}"),
        caller_ip=None,
        request=call.request,
        response=call.response,
    )
