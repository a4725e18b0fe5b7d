"""Reads of limits of play: what holds, what is used of it, what is to change, and who is excluded until when."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from wallet.enums import AccountKind, LimitKind, LimitPeriod
from wallet.models import Account, Exclusion, LimitChange, Player, Session

NOTHING = Decimal(0)
KINDS, PERIODS = list(LimitKind), list(LimitPeriod)


@dataclass(frozen=True, slots=True)
class Use:
    """What an account has used of a calendar period so far; a net loss is negative where more was won than staked."""

    period: str
    started_at: datetime
    wager: Decimal
    net_loss: Decimal
    deposit: Decimal

    def of(self, kind: str) -> Decimal:
        """Return what counts against a kind of limit."""
        return {
            LimitKind.WAGER.value: self.wager,
            LimitKind.NET_LOSS.value: self.net_loss,
            LimitKind.DEPOSIT.value: self.deposit,
        }[kind]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that a player has or is to have: its newest change, what holds now, and what is used of it.

    `used` and `started_at` are None for session time, whose amounts are minutes.
    """

    change: LimitChange
    amount: Decimal | None
    used: Decimal | None
    started_at: datetime | None
    pending: LimitChange | None

    @property
    def left(self) -> Decimal | None:
        """What may still be used of it; None where there is no bound, or none that is counted."""
        return None if self.amount is None or self.used is None else max(self.amount - self.used, NOTHING)


def list_limits(player: Player, now: datetime) -> list[Limit]:
    """The limits that a player has or is to have, by currency, kind and period; session time first."""
    newest = [change for change in list_newest_changes(player) if _matters(change, now)]
    currencies = {change.currency for change in newest if change.currency}
    accounts = Account.objects.filter(player=player, kind=AccountKind.PLAYER, currency__in=currencies)
    used = {(account.currency, use.period): use for account in accounts for use in list_use(account, now)}
    return [_tell(change, used.get((change.currency, change.period)), now) for change in sorted(newest, key=_place)]


def list_newest_changes(player: Player) -> QuerySet[LimitChange]:
    """The newest change of each limit that the player ever set."""
    changes = LimitChange.objects.filter(player=player)
    return changes.order_by("currency", "kind", "period", "-id").distinct("currency", "kind", "period")


def find_newest_change(player: Player, *, currency: str, kind: str, period: str) -> LimitChange | None:
    """A limit's newest change."""
    changes = LimitChange.objects.filter(player=player, currency=currency, kind=kind, period=period)
    return changes.order_by("-id").first()


def list_changes(player: Player) -> QuerySet[LimitChange]:
    """Every change of a player's limits, the newest first."""
    return LimitChange.objects.filter(player=player).order_by("-id")


def list_use(account: Account, now: datetime) -> list[Use]:
    """What an account has used of the day, the week and the month; see `wallet_get_use.sql`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT period, started_at, wager, net_loss, deposit FROM wallet_get_use(%s, %s)", [account.pk, now]
        )
        return [Use(*row) for row in cursor.fetchall()]


def find_session_minutes(player: Player, now: datetime) -> int | None:
    """How long a player lets a session last."""
    newest = find_newest_change(player, currency="", kind=LimitKind.SESSION_TIME, period=LimitPeriod.SESSION)
    held = newest.in_force(now) if newest else None
    return None if held is None else int(held)


def find_sitting_of(player: Player, now: datetime) -> Session | None:
    """The session whose limited time runs now, the newest of several."""
    return Session.objects.filter(player=player, sitting_until__gt=now).order_by("-pk").first()


def find_exclusion(player: Player, now: datetime) -> Exclusion | None:
    """The exclusion that keeps a player out now, the longest of several."""
    return player.exclusions.filter(until__gt=now).order_by("-until", "-id").first()


def list_exclusions(player: Player) -> QuerySet[Exclusion]:
    """Every exclusion that a player asked for, the newest first."""
    return player.exclusions.order_by("-id")


def _matters(change: LimitChange, now: datetime) -> bool:
    return change.in_force(now) is not None or change.is_pending(now)


def _place(change: LimitChange) -> tuple[str, int, int]:
    return change.currency, KINDS.index(LimitKind(change.kind)), PERIODS.index(LimitPeriod(change.period))


def _tell(change: LimitChange, use: Use | None, now: datetime) -> Limit:
    return Limit(
        change=change,
        amount=change.in_force(now),
        used=use.of(change.kind) if use else None,
        started_at=use.started_at if use else None,
        pending=change if change.is_pending(now) else None,
    )
