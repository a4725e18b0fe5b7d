"""What keeps the wallet going: the ledger's coming partitions, movements left in doubt, and rounds that nobody ends."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from operators.models import Operator
from wallet import ledger
from wallet.enums import ClosingReason, RoundState
from wallet.models import Round, RoundClosing
from wallet.services.delays import RoundAges, read_round_ages

MONTHS_AHEAD = 3

RESOLVE_BOOKED = """
UPDATE operators_exchange SET unresolved = false
WHERE unresolved AND direction = 'in' AND EXISTS (
    SELECT FROM wallet_transaction AS booked
    WHERE booked.owner_id = operators_exchange.operator_id AND booked.source = 'platform'
        AND booked.reference = operators_exchange.transaction_ref
)
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
"""
# What a round still waits for: a movement of the platform's that we could not answer for, or a call of ours to it.
PENDING = """
SELECT exchange.transaction_ref
FROM operators_exchange AS exchange
WHERE exchange.operator_id = %(operator)s AND exchange.round_ref = %(ref)s AND exchange.user_ref = %(user)s
    AND exchange.unresolved AND NOT EXISTS (
        SELECT
        FROM wallet_transaction AS booked
        WHERE booked.owner_id = %(operator)s AND booked.reference = exchange.transaction_ref
            AND booked.source = 'platform'
    )
UNION
SELECT call.kind || ' ' || call.reference
FROM wallet_waitingcall AS call
WHERE call.operator_id = %(operator)s AND call.round_ref = %(ref)s AND call.user_ref = %(user)s
    AND call.state IN ('waiting', 'sending', 'unknown')
ORDER BY 1
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
# Rounds older than this have been seen to; one that a late bet reopens is closed again if it is younger.
LOOK_BACK = timedelta(days=14)
PAGE = 1_000


def create_coming_partitions(*, now: datetime) -> list[str]:
    """Make the ledger's partitions of this month and the next three, where they are missing; return their names."""
    months = [now.year * 12 + now.month - 1 + ahead for ahead in range(MONTHS_AHEAD + 1)]
    return [ledger.create_partition(date=date(month // 12, month % 12 + 1, 1)) for month in months]


def settle_pending(*, now: datetime) -> tuple[int, int]:
    """Mark exchanges whose movement was booked, canceled or refused since as resolved, and end the rounds that waited.

    Returns how many exchanges and how many rounds.
    """
    with connection.cursor() as cursor:
        cursor.execute(RESOLVE_BOOKED)
        exchanges = int(cursor.rowcount)
        cursor.execute(RESOLVE_REFUSED)
        exchanges += int(cursor.rowcount)
    longest = max((ages.longest for ages in _read_ages().values()), default=timedelta(0))
    waiting = Round.objects.filter(Q(state=RoundState.CLOSING) | Q(end_asked_at__isnull=False))
    recent = waiting.filter(opened_at__gte=now - longest - LOOK_BACK)
    return exchanges, sum(_close(played, _may_settle, now) for played in _list_oldest(recent))


def close_old_rounds(*, now: datetime) -> int:
    """Close the rounds that have grown older than their operators' settings let them; return how many.

    One with nothing pending is closed at `gameRoundAgeToCloseInMS`, one with something at `maxGameRoundAge`. A late bet
    reopens a round that we closed.
    """
    by_operator = _read_ages()
    if not by_operator:
        return 0
    youngest = min(ages.shortest for ages in by_operator.values())
    oldest = max(ages.longest for ages in by_operator.values()) + LOOK_BACK
    old = Round.objects.filter(opened_at__range=(now - oldest, now - youngest)).exclude(state=RoundState.FINISHED)
    return sum(
        _close(played, partial(_may_close, by_operator[played.operator_id]), now) for played in _list_oldest(old)
    )


def _read_ages() -> dict[int, RoundAges]:
    return {operator.pk: read_round_ages(operator.settings) for operator in Operator.objects.order_by("pk")}


def _list_oldest(rounds: QuerySet[Round]) -> Iterator[Round]:
    """Page by page, so that closing them needs no cursor that outlives a transaction."""
    last = 0
    while page := list(rounds.filter(pk__gt=last).select_related("player").order_by("pk")[:PAGE]):
        yield from page
        last = page[-1].pk


def _may_settle(_played: Round, pending: Sequence[str], _now: datetime) -> ClosingReason | None:
    return None if pending else ClosingReason.SETTLED


def _may_close(ages: RoundAges, played: Round, pending: Sequence[str], now: datetime) -> ClosingReason | None:
    age = now - played.opened_at
    if pending:
        return ClosingReason.STRANDED if age >= ages.stranded_after else None
    return ClosingReason.AGE if age >= ages.close_after else None


def _close(
    played: Round, judge: Callable[[Round, Sequence[str], datetime], ClosingReason | None], now: datetime
) -> int:
    """End one round under its player's lock, if it may be ended, and write down why."""
    facts: dict[str, int | str] = {
        "operator": played.operator_id,
        "ref": played.round_ref,
        "user": played.player.user_id,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [played.player_id])
        cursor.execute(PENDING, facts)
        pending = [ref for (ref,) in cursor.fetchall()]
        reason = judge(played, pending, now)
        if reason is None:
            return 0
        cursor.execute(FINISH, {"round": played.pk, "now": now, "by": BY})
        if not cursor.rowcount:
            return 0
        details = {"pending": pending, "was": played.state, "age_seconds": (now - played.opened_at).total_seconds()}
        RoundClosing.objects.create(round=played, at=now, by=BY, reason=reason, details=details)
    return 1
