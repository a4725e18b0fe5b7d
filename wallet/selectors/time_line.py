"""All that happened to a player on one line of time, newest first, page by page.

Each kind of thing comes from a source of its own, read by an index from where the page before left off. A round stands
where it was opened.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices

from geoblock.models import BlockedLaunch
from operators.models import AuditEntry, Direction, Exchange
from wallet.enums import AccountKind
from wallet.models import Account, LedgerRow, LimitChange, LimitRefusal, Player, PlayerNote, Round, Session

# How many ledger rows are looked through for rounds before a page ends, however few it found: one long round has many.
ROWS_LOOKED_THROUGH = 10_000
CHUNK = 500
BLOCKS = ("block_player", "unblock_player", "exclude_player")
# Their rows are on the line themselves.
TOLD_ELSEWHERE = ("set_limits", "add_player_note")

Key = tuple[Any, ...]


class EventKind(TextChoices):
    """What the line is narrowed by."""

    LAUNCH = "launch", "Launches"
    ROUND = "round", "Rounds"
    MONEY = "money", "Money"
    REFUSAL = "refusal", "Refusals"
    LIMIT = "limit", "Limits"
    BLOCK = "block", "Blocks"
    NOTE = "note", "Notes"
    STAFF = "staff", "Staff"


@dataclass(frozen=True, slots=True)
class Window:
    """What part of the line is wanted; an empty set of kinds is all of them."""

    kinds: frozenset[str] = frozenset()
    currency: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def bound(self, rows: QuerySet[Any], at: str) -> QuerySet[Any]:
        """Keep the rows of the time."""
        if self.since:
            rows = rows.filter(**{f"{at}__gte": self.since})
        return rows.filter(**{f"{at}__lte": self.until}) if self.until else rows


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when, of which source, its key there, and the row that tells it."""

    at: datetime
    kind: str
    source: str
    key: Key
    row: Any


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source has next; `looked_to` and its time, `horizon`, where it gave up looking before it had enough."""

    events: list[Event]
    looked_to: Key | None = None
    horizon: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a table, in the order of `order`, which is what the place in it is told by."""

    name: str
    kind: str
    rows: QuerySet[Any]
    at: str
    order: tuple[str, ...] = ("pk",)

    def read(self, after: Key | None, count: int) -> Batch:
        """Return the next so many, the newest first."""
        rows = self.rows.order_by(*(f"-{field}" for field in self.order))
        if after is not None:
            rows = rows.filter(_below(self.order, after))
        return Batch([self.tell(row) for row in rows[:count]])

    def tell(self, row: Any) -> Event:
        """Return a row as an event."""
        return Event(getattr(row, self.at), self.kind, self.name, tuple(getattr(row, name) for name in self.order), row)


@dataclass(frozen=True, slots=True)
class Opened:
    """The rounds played from an account, each in the place of the ledger row that opened it."""

    name: str
    kind: str
    rows: QuerySet[LedgerRow]

    def read(self, after: Key | None, count: int) -> Batch:
        """Return the next so many, the newest first, as far as the rows looked through have them."""
        events: list[Event] = []
        number = after[0] if after else None
        for _ in range(ROWS_LOOKED_THROUGH // CHUNK):
            rows = self.rows if number is None else self.rows.filter(number__lt=number)
            chunk = list(rows.order_by("-number").only("number", "round_id", "created_at")[:CHUNK])
            events += self.find_opening(chunk, seen={event.row.pk for event in events})
            if len(events) >= count or len(chunk) < CHUNK:
                return Batch(events[:count])
            number = chunk[-1].number
        return Batch(events, looked_to=(number,), horizon=chunk[-1].created_at)

    def find_opening(self, rows: Sequence[LedgerRow], seen: set[int]) -> Iterator[Event]:
        """Return those rows that opened their rounds, each with its round."""
        rounds = Round.objects.select_related("game").in_bulk({row.round_id for row in rows if row.round_id})
        for row in rows:
            played = rounds.get(row.round_id or 0)
            if played and played.opened_at == row.created_at and played.pk not in seen:
                seen.add(played.pk)
                yield Event(row.created_at, self.kind, self.name, (row.number,), played)


Source = Listed | Opened


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A page of the line, and by source where the next one begins; empty on the last page."""

    events: list[Event]
    ends: Mapping[str, Key] = field(default_factory=dict)


def list_events(*, player: Player, window: Window, after: Mapping[str, Key] | None = None, count: int = 50) -> TimeLine:
    """Return a page of what happened to a player.

    :param after: where the page before ended, as it said.
    """
    ends = dict(after or {})
    sources = list_sources(player, window)
    batches = {source.name: source.read(ends.get(source.name), count + 1) for source in sources}
    together = merge(*(batch.events for batch in batches.values()), key=lambda event: event.at, reverse=True)
    horizon = max((batch.horizon for batch in batches.values() if batch.horizon), default=None)
    shown = [event for event in islice(together, count) if horizon is None or event.at >= horizon]
    for event in shown:
        ends[event.source] = event.key
    taken = {(event.source, event.key) for event in shown}
    left = any((event.source, event.key) not in taken for batch in batches.values() for event in batch.events)
    for name, batch in batches.items():
        if batch.looked_to and all((event.source, event.key) in taken for event in batch.events):
            ends[name] = batch.looked_to
    return TimeLine(shown, ends if left or horizon else {})


def list_sources(player: Player, window: Window) -> list[Source]:
    """Return where the wanted part of the line comes from."""
    accounts = Account.objects.filter(player=player, kind=AccountKind.PLAYER).order_by("pk")
    if window.currency:
        accounts = accounts.filter(currency=window.currency)
    sources: list[Source] = [*_money_sources(accounts, window), *_currency_sources(player, window)]
    if not window.currency:
        sources += _other_sources(player, window)
    return [source for source in sources if not window.kinds or source.kind in window.kinds]


def _money_sources(accounts: QuerySet[Account], window: Window) -> Iterator[Source]:
    for account in accounts:
        rows = window.bound(LedgerRow.objects.filter(account_id=account.pk), "created_at")
        cash = rows.filter(round__isnull=True).select_related("account", "transaction", "reverses")
        yield Listed(f"cash {account.pk}", EventKind.MONEY, cash, "created_at", ("number",))
        yield Opened(f"rounds {account.pk}", EventKind.ROUND, rows.filter(round__isnull=False))


def _currency_sources(player: Player, window: Window) -> Iterator[Source]:
    launches = Session.objects.filter(player=player).select_related("game", "account")
    refused = LimitRefusal.objects.filter(player=player).select_related("account")
    changes = LimitChange.objects.filter(player=player)
    if window.currency:
        launches = launches.filter(account__currency=window.currency)
        refused = refused.filter(account__currency=window.currency)
        changes = changes.filter(currency__in=["", window.currency])
    yield Listed("launches", EventKind.LAUNCH, window.bound(launches, "created_at"), "created_at")
    yield Listed("limited", EventKind.REFUSAL, window.bound(refused, "at"), "at")
    yield Listed("limits", EventKind.LIMIT, window.bound(changes, "asked_at"), "asked_at")


def _other_sources(player: Player, window: Window) -> Iterator[Source]:
    acts = AuditEntry.objects.filter(subject__startswith=f"player {player.pk}: ")
    by_staff = acts.exclude(action__in=[*BLOCKS, *TOLD_ELSEWHERE])
    blocked = BlockedLaunch.objects.filter(user_id=player.user_id, casino=player.casino_id).select_related("operator")
    kept = LimitRefusal.objects.filter(player=player, reference=OuterRef("transaction_ref"))
    refused = Exchange.objects.filter(
        ~Q(error_code=""),
        ~Exists(kept),
        user_ref=player.user_id,
        operator__casino=player.casino_id,
        direction=Direction.INBOUND,
    ).select_related("operator")
    by_time = ("at", "pk")
    yield Listed("blocks", EventKind.BLOCK, window.bound(acts.filter(action__in=BLOCKS), "at"), "at")
    yield Listed("acts", EventKind.STAFF, window.bound(by_staff, "at"), "at")
    yield Listed("blocked", EventKind.REFUSAL, window.bound(blocked, "at"), "at", by_time)
    yield Listed("refused", EventKind.REFUSAL, window.bound(refused, "at"), "at", by_time)
    yield Listed("notes", EventKind.NOTE, window.bound(PlayerNote.objects.filter(player=player), "at"), "at")


def _below(order: tuple[str, ...], after: Key) -> Q:
    """Say what comes after a place; the first column bounds it by itself, so that an index serves."""
    first, *rest = order
    if not rest:
        return Q(**{f"{first}__lt": after[0]})
    return Q(**{f"{first}__lte": after[0]}) & (
        Q(**{f"{first}__lt": after[0]}) | Q(**{first: after[0], f"{rest[0]}__lt": after[1]})
    )
