"""Reads of the rounds that are not finished: those in the queue, and the newest, which beat has yet to look at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from wallet.enums import RoundState
from wallet.models import Round, RoundWatch

# Where one age ends and the next begins.
AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
AGE_LABELS = ("Up to 1 h", "1 to 6 h", "6 to 24 h", "Older than 24 h")

# What rounds still wait for: movements of the platform's that we could not answer for, and calls of ours to it.
PENDING = """
SELECT played.id, exchange.transaction_ref
FROM wallet_round AS played
JOIN wallet_player AS player ON player.id = played.player_id
JOIN operators_exchange AS exchange ON exchange.operator_id = played.operator_id
    AND exchange.round_ref = played.round_ref AND exchange.user_ref = player.user_id AND exchange.unresolved
WHERE played.id = ANY(%(rounds)s) AND NOT EXISTS (
    SELECT
    FROM wallet_transaction AS booked
    WHERE booked.owner_id = played.operator_id AND booked.reference = exchange.transaction_ref
        AND booked.source = 'platform'
)
UNION
SELECT played.id, call.kind || ' ' || call.reference
FROM wallet_round AS played
JOIN wallet_player AS player ON player.id = played.player_id
JOIN wallet_waitingcall AS call ON call.operator_id = played.operator_id AND call.round_ref = played.round_ref
    AND call.round_ref <> '' AND call.user_ref = player.user_id AND call.state IN ('waiting', 'sending', 'unknown')
WHERE played.id = ANY(%(rounds)s)
ORDER BY 1, 2
"""


@dataclass(slots=True)
class AgeBand:
    """The rounds of one age that are not finished: how many, how many of them nobody sees to, and their stakes."""

    label: str
    count: int = 0
    unowned: int = 0
    stranded: int = 0
    stakes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def list_pending(rounds: Collection[int]) -> dict[int, list[str]]:
    """Return what each round of some still waits for; one that waits for nothing is left out."""
    pending: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(PENDING, {"rounds": list(rounds)})
        for key, reference in cursor.fetchall():
            pending[key].append(reference)
    return pending


def list_queued() -> QuerySet[Round]:
    """Return the rounds in the queue that are still not finished."""
    return Round.objects.filter(stuck__isnull=False).exclude(state=RoundState.FINISHED)


def list_newest_unfinished() -> QuerySet[Round]:
    """Return the unfinished rounds after those that beat has looked at, and not in the queue for another reason."""
    up_to = RoundWatch.objects.values_list("up_to", flat=True).first() or 0
    newest = Round.objects.filter(pk__gt=up_to).exclude(state=RoundState.FINISHED)
    return newest.filter(stuck__isnull=True)


def list_unfinished_keys() -> QuerySet[Any]:
    """Return the keys of all rounds that are not finished, to be asked for within a query: they may be thousands."""
    return list_queued().values("pk").union(list_newest_unfinished().values("pk"), all=True)


def count_by_age(*, now: datetime, narrow: Q | None = None) -> list[AgeBand]:
    """Count what is not finished by age, the youngest first.

    :param narrow: what a round must be to be counted.
    """
    bands = [AgeBand(label) for label in AGE_LABELS]
    for rounds in (list_queued(), list_newest_unfinished()):
        for row in _count(rounds.filter(narrow or Q()), now):
            band = bands[row["band"]]
            band.count += row["count"]
            band.unowned += row["unowned"]
            band.stranded += row["stranded"]
            band.stakes[row["currency"]] += row["stake"]
    return bands


def _count(rounds: QuerySet[Round], now: datetime) -> Iterable[Mapping[str, Any]]:
    older = [When(opened_at__gt=now - age, then=Value(place)) for place, age in enumerate(AGES)]
    return (
        rounds.annotate(band=Case(*older, default=Value(len(AGES)), output_field=IntegerField()))
        .order_by()
        .values("band", "currency")
        .annotate(
            count=Count("pk"),
            unowned=Count("pk", filter=Q(stuck__owner__isnull=True)),
            stranded=Count("pk", filter=Q(stuck__stranded_at__isnull=False)),
            stake=Sum("bet_sum"),
        )
        .order_by("band", "currency")
    )
