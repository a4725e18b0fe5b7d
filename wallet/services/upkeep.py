"""What keeps the wallet going: the ledger's coming partitions, movements left in doubt, and rounds that nobody ends."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from operators.models import Operator
from wallet import ledger
from wallet.enums import ClosingReason, RoundState
from wallet.models import Round, RoundClosing, StuckRound
from wallet.selectors.open_rounds import list_newest_unfinished, list_pending, list_queued
from wallet.services.delays import RoundAges, read_round_ages
from wallet.services.stuck_rounds import mark_stranded, watch_rounds

MONTHS_AHEAD = 3

RESOLVE_BOOKED = """
UPDATE operators_exchange SET unresolved = false
WHERE unresolved AND direction = 'in' AND EXISTS (
    SELECT FROM wallet_transaction AS booked
    WHERE booked.owner_id = operators_exchange.operator_id AND booked.source = 'platform'
        AND booked.reference = operators_exchange.transaction_ref
)
RETURNING operator_id, user_ref, round_ref
"""
# A later retry that was refused for good; what was malformed, badly signed or left in doubt again is none.
RESOLVE_REFUSED = """
UPDATE operators_exchange SET unresolved = false
WHERE unresolved AND direction = 'in' AND EXISTS (
    SELECT FROM operators_exchange AS later
    WHERE later.operator_id = operators_exchange.operator_id AND later.command = operators_exchange.command
        AND later.transaction_ref = operators_exchange.transaction_ref AND later.at > operators_exchange.at
        AND NOT later.unresolved AND later.error_code NOT IN ('', 'OP_20', 'OP_47', 'OP_50')
)
RETURNING operator_id, user_ref, round_ref
"""
# The platform's own end keeps its time and its author; of any other the author is who runs this.
FINISH = """
UPDATE wallet_round
SET state = 'finished',
    finished_at = coalesce(finished_at, end_asked_at, %(now)s),
    finished_by = CASE
        WHEN finished_by <> '' THEN finished_by WHEN end_asked_at IS NOT NULL THEN 'platform' ELSE %(by)s
    END,
    end_asked_at = NULL
WHERE id = %(round)s AND state <> 'finished'
"""
BY = "upkeep"
PAGE = 1_000

# An operator, a player's id and a round's: how an exchange names the round that it was about.
RoundNames = set[tuple[int, str, str]]
Judge = Callable[[Round, Sequence[str]], ClosingReason | None]


class Seen(NamedTuple):
    """How many old rounds were closed, and how many marked as stranded."""

    closed: int
    stranded: int


def create_coming_partitions(*, now: datetime) -> list[str]:
    """Make the ledger's partitions of this month and the next three, where they are missing; return their names."""
    months = [now.year * 12 + now.month - 1 + ahead for ahead in range(MONTHS_AHEAD + 1)]
    first = now.date().replace(day=1)
    return [ledger.create_partition(date=first.replace(month // 12, month % 12 + 1)) for month in months]


def settle_pending(*, now: datetime) -> tuple[int, int]:
    """Mark exchanges whose movement was booked, canceled or refused since as resolved, and end the rounds that waited.

    Returns how many exchanges and how many rounds.
    """
    with connection.cursor() as cursor:
        cursor.execute(RESOLVE_BOOKED)
        resolved = cursor.fetchall()
        cursor.execute(RESOLVE_REFUSED)
        resolved += cursor.fetchall()
    waits = Q(state=RoundState.CLOSING) | Q(end_asked_at__isnull=False)
    waiting = [list_queued(), list_newest_unfinished(), _list_named(set(resolved))]
    return len(resolved), sum(_close_all(rounds.filter(waits), _may_settle, now) for rounds in waiting)


def close_old_rounds(*, now: datetime) -> Seen:
    """See to the rounds that have grown older than their operators' settings let them.

    One with nothing pending is closed at `gameRoundAgeToCloseInMS`; one with something pending at `maxGameRoundAge` is
    marked as stranded, and stays in the queue for a person. A late bet reopens a round that we closed.
    """
    watch_rounds(now=now)
    ages = {operator.pk: read_round_ages(operator.settings) for operator in Operator.objects.order_by("pk")}
    youngest = min((each.shortest for each in ages.values()), default=timedelta(0))
    closed = stranded = 0
    for rounds in (list_queued(), list_newest_unfinished()):
        old = rounds.filter(opened_at__lte=now - youngest)
        stranded += _strand_all(old, ages, now)
        closed += _close_all(old, partial(_may_close, ages, now), now)
    return Seen(closed, stranded)


def _list_named(names: RoundNames) -> QuerySet[Round]:
    """Return the unfinished rounds that some exchanges were about."""
    named = Q(pk__in=[])
    for operator_id, user_ref, round_ref in names:
        named |= Q(operator=operator_id, round_ref=round_ref, player__user_id=user_ref)
    return Round.objects.filter(named).exclude(state=RoundState.FINISHED)


def _list_pages(rounds: QuerySet[Round]) -> Iterator[list[Round]]:
    """Page by page, so that closing them needs no cursor that outlives a transaction."""
    page = list(rounds.order_by("pk")[:PAGE])
    while page:
        yield page
        page = list(rounds.filter(pk__gt=page[-1].pk).order_by("pk")[:PAGE])


def _may_settle(_played: Round, pending: Sequence[str]) -> ClosingReason | None:
    return None if pending else ClosingReason.SETTLED


def _may_close(
    ages: Mapping[int, RoundAges], now: datetime, played: Round, pending: Sequence[str]
) -> ClosingReason | None:
    is_old = now - played.opened_at >= ages[played.operator_id].close_after
    return ClosingReason.AGE if is_old and not pending else None


def _close_all(rounds: QuerySet[Round], judge: Judge, now: datetime) -> int:
    """Close those that may be; each is looked at again under its player's lock."""
    closed = 0
    for page in _list_pages(rounds):
        pending = list_pending([played.pk for played in page])
        closed += sum(_close(played, judge, now) for played in page if judge(played, pending.get(played.pk, ())))
    return closed


def _strand_all(rounds: QuerySet[Round], ages: Mapping[int, RoundAges], now: datetime) -> int:
    """Mark as stranded those whose time for what is pending is over, and that are not marked yet."""
    stranded = 0
    for page in _list_pages(rounds.filter(stuck__stranded_at__isnull=True)):
        pending = list_pending([played.pk for played in page])
        for played in page:
            too_old = now - played.opened_at >= ages[played.operator_id].stranded_after
            if too_old and played.pk in pending:
                stranded += mark_stranded(played=played, pending=pending[played.pk], by=BY, now=now)
    return stranded


def _close(played: Round, judge: Judge, now: datetime) -> int:
    """End one round under its player's lock, if it may be ended, and write down why."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [played.player_id])
        pending = list_pending([played.pk]).get(played.pk, [])
        reason = judge(played, pending)
        if reason is None:
            return 0
        cursor.execute(FINISH, {"round": played.pk, "now": now, "by": BY})
        if not cursor.rowcount:
            return 0
        details = {"pending": pending, "was": played.state, "age_seconds": (now - played.opened_at).total_seconds()}
        RoundClosing.objects.create(round=played, at=now, by=BY, reason=reason, details=details)
        StuckRound.objects.filter(round=played).delete()
    return 1
