"""The day's figures, summed from ledger rows by currency, never across; cancels are taken off what they reversed.

Quarters of an hour that are over come from what is kept of them, the rest from the ledger itself. Test players are the
staff's own and count nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count, takewhile
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)

from operators.models import Casino
from wallet.enums import Kind
from wallet.models import Account, LedgerRow, Player, QuarterSum, Transaction
from wallet.selectors.open_rounds import list_newest_unfinished, list_queued

# Time zones' days begin at quarters of an hour in UTC, so quarters add up to any casino's day.
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Movements:
    """A quarter of an hour's movements of one kind and currency; `kind` is the original's where they are reversals."""

    quarter: datetime
    casino_id: int
    currency: str
    kind: str
    reversal: bool
    amount: Decimal
    count: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What moved in one currency, reversals taken off; refunds give stakes back and so lower the revenue.

    Adjustments are what staff credited less what staff debited.
    """

    currency: str
    bets: Decimal
    wins: Decimal
    refunds: Decimal
    deposits: Decimal
    withdrawals: Decimal
    adjustments: Decimal
    bet_count: int
    cancel_count: int
    flagged: int

    @property
    def revenue(self) -> Decimal:
        """The gross gaming revenue: bets less wins and refunds."""
        return self.bets - self.wins - self.refunds


@dataclass(frozen=True, slots=True)
class ActivePlayers:
    """How many players bet: all of them once, and by currency."""

    total: int
    by_currency: dict[str, int]


@dataclass(frozen=True, slots=True)
class OpenRounds:
    """The rounds not finished, and since when the oldest of them is open."""

    count: int
    oldest_at: datetime | None


def list_movements(*, since: datetime, until: datetime, casino: Casino | None) -> list[Movements]:
    """Return what moved, by quarter of an hour, currency and kind, reading few rows of the ledger."""
    test_accounts = list_test_accounts()
    kept = _list_kept("movements", since, until, test_accounts)
    live_since = since + len(kept) * QUARTER
    told = [
        Movements(quarter, casino_id, currency, kind, reversal, Decimal(amount), count, flagged)
        for quarter, movements in kept
        for casino_id, currency, kind, reversal, amount, count, flagged in movements
    ]
    told += sum_movements(since=live_since, until=until, test_accounts=test_accounts, casino=casino)
    return [moved for moved in told if casino is None or moved.casino_id == casino.pk]


def sum_movements(
    *, since: datetime, until: datetime, test_accounts: Sequence[int], casino: Casino | None = None
) -> list[Movements]:
    """Sum the ledger itself, in one reading of that time's rows."""
    rows = _rows(since, until, test_accounts, casino).annotate(
        quarter=Func(Value(QUARTER), F("created_at"), since, function="date_bin", output_field=DateTimeField()),
        reversal=Q(kind=Kind.CANCEL),
        # Asked for cancels alone: a join would read the whole table of transactions.
        original=Case(
            When(
                kind=Kind.CANCEL, then=Subquery(Transaction.objects.filter(pk=OuterRef("reverses_id")).values("kind"))
            ),
            default=F("kind"),
            output_field=TextField(),
        ),
    )
    sums = rows.order_by().values_list("quarter", "account__casino", "account__currency", "original", "reversal")
    return [Movements(*row) for row in sums.annotate(sum=Sum("amount"), rows=Count("*"), flagged=Count("tags"))]


def sum_figures(movements: Iterable[Movements], *, since: datetime) -> list[Figures]:
    """Add up the movements from a moment on, by currency; the currency with the most bets first."""
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for moved in movements:
        if moved.quarter >= since:
            amounts[moved.currency][moved.kind] += -moved.amount if moved.reversal else moved.amount
            counts[moved.currency][Kind.CANCEL if moved.reversal else moved.kind] += moved.count
            counts[moved.currency]["flagged"] += moved.flagged
    figures = [_figures(currency, amounts[currency], counts[currency]) for currency in amounts]
    return sorted(figures, key=lambda each: (-each.bet_count, each.currency))


def _figures(currency: str, amounts: dict[str, Decimal], counts: dict[str, int]) -> Figures:
    return Figures(
        currency=currency,
        bets=amounts[Kind.BET],
        wins=amounts[Kind.WIN],
        refunds=amounts[Kind.REFUND],
        deposits=amounts[Kind.DEPOSIT],
        withdrawals=amounts[Kind.WITHDRAWAL],
        adjustments=amounts[Kind.CREDIT] - amounts[Kind.DEBIT],
        bet_count=counts[Kind.BET],
        cancel_count=counts[Kind.CANCEL],
        flagged=counts["flagged"],
    )


def sum_by_hour(movements: Iterable[Movements], *, currency: str, kind: Kind, hours: list[datetime]) -> list[Decimal]:
    """Return one kind's sum for each hour, reversals taken off in the hour in which they came."""
    sums = dict.fromkeys(hours, Decimal())
    for moved in movements:
        hour = moved.quarter.replace(minute=0)
        if moved.currency == currency and moved.kind == kind and hour in sums:
            sums[hour] += -moved.amount if moved.reversal else moved.amount
    return list(sums.values())


def count_active_players(*, since: datetime, until: datetime, casino: Casino | None) -> ActivePlayers:
    """Count the players who bet."""
    test_accounts = list_test_accounts()
    kept = _list_kept("bettors", since, until, test_accounts)
    live_since = since + len(kept) * QUARTER
    told = [bettors for _quarter, each in kept for bettors in each]
    told += list_bettors(since=live_since, until=until, test_accounts=test_accounts, casino=casino)
    found: dict[str, set[int]] = defaultdict(set)
    for casino_id, currency, players in told:
        if casino is None or casino_id == casino.pk:
            found[currency].update(players)
    return ActivePlayers(
        total=len(set().union(*found.values())),
        by_currency={currency: len(found[currency]) for currency in sorted(found)},
    )


def list_bettors(
    *, since: datetime, until: datetime, test_accounts: Sequence[int], casino: Casino | None = None
) -> list[tuple[int, str, list[int]]]:
    """Return the keys of the players who bet, by casino and currency, from the ledger itself."""
    bets = _rows(since, until, test_accounts, casino).filter(kind=Kind.BET)
    accounts = Account.objects.filter(pk__in=bets.order_by().values("account_id").distinct())
    players = accounts.order_by("casino_id", "currency").values_list("casino_id", "currency")
    return list(players.annotate(players=ArrayAgg("player_id", order_by="player_id")))


def count_open_rounds(*, casino: Casino | None) -> OpenRounds:
    """Count what is not finished: the queue, and the newest rounds."""
    found = []
    for rounds in (list_queued(), list_newest_unfinished()):
        unfinished = rounds.exclude(player__in=Player.objects.filter(is_test=True))
        if casino:
            unfinished = unfinished.filter(operator__casino=casino)
        found.append(unfinished.aggregate(count=Count("*"), oldest_at=Min("opened_at")))
    oldest = min((each["oldest_at"] for each in found if each["oldest_at"]), default=None)
    return OpenRounds(count=sum(each["count"] for each in found), oldest_at=oldest)


def list_test_accounts() -> list[int]:
    """Return the keys of the accounts that count nowhere."""
    return list(Account.objects.filter(player__is_test=True).order_by("pk").values_list("pk", flat=True))


def list_sums(test_accounts: Sequence[int]) -> QuerySet[QuarterSum]:
    """Return the kept quarters from which the same accounts, and no others, were left out."""
    return QuarterSum.objects.filter(left_out=digest_of(test_accounts))


def digest_of(accounts: Sequence[int]) -> bytes:
    """Name a set of accounts, given in their order."""
    return sha256(repr(list(accounts)).encode()).digest()


def _list_kept(
    field: str, since: datetime, until: datetime, test_accounts: Sequence[int]
) -> list[tuple[datetime, list[Any]]]:
    """Return what is kept of each quarter of a stretch of time, up to the first one of which nothing is."""
    sums = list_sums(test_accounts).filter(quarter__gte=since, quarter__lte=until - QUARTER).order_by("quarter")
    expected = (since + number * QUARTER for number in count())
    pairs = zip(sums.values_list("quarter", field), expected, strict=False)
    return [kept for kept, quarter in takewhile(lambda pair: pair[0][0] == pair[1], pairs)]


def _rows(since: datetime, until: datetime, test_accounts: Sequence[int], casino: Casino | None) -> QuerySet[LedgerRow]:
    rows = LedgerRow.objects.filter(created_at__gte=since, created_at__lt=until).exclude(account__in=test_accounts)
    return rows.filter(account__casino=casino) if casino else rows
