"""Limits of play, set by players on their casino's site or by staff on their behalf: tighter at once, looser later."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from wallet import ledger
from wallet.enums import LimitKind, LimitPeriod
from wallet.models import LimitChange, Player, Session
from wallet.models.limits import LOOSENING_DELAY
from wallet.selectors.limits import find_newest_change, find_session_minutes
from wallet.services.busy import unless_busy
from wallet.services.cashier import CENT, LARGEST, NoSuchAccount

CALENDAR = (LimitPeriod.DAY, LimitPeriod.WEEK, LimitPeriod.MONTH)
MOST_MINUTES = 24 * 60
# Who has used up the session time launches nothing for so long, or the next launch would make the limit pointless.
BREAK = timedelta(minutes=15)


class SessionTimeUp(Refusal):
    """The player has used up the session time, and has yet to take the break."""

    code = "session_time_reached"
    player_detail = "You have reached your session time. Please take a break."


class WantedLimit(NamedTuple):
    """A limit as somebody wants it: money, or minutes for session time; None takes it away."""

    kind: str
    period: str
    amount: Decimal | None
    currency: str = ""


class Sitting(NamedTuple):
    """Since when a player has been sitting there, and when the limited time ends; None where it is not limited."""

    since: datetime | None
    until: datetime | None


def set_limits(*, player: Player, wanted: Sequence[WantedLimit], by: str, now: datetime) -> list[LimitChange]:
    """Set the limits that are named, and return what changed; those not named stay.

    What is tighter than the limit in force holds at once, what is looser after a day. A limit that is set anew while a
    change of it is pending takes that change back.

    :raises ValidationError: a limit is malformed, or named twice; nothing is changed.
    :raises NoSuchAccount: the player has no account in a currency; nothing is changed.
    :raises LedgerBusy: nothing is changed; it may be tried again.
    """
    _check(player, wanted)
    with unless_busy(), transaction.atomic():
        # Launches wait: a session opened meanwhile would not know its end. So do movements.
        player.refresh_from_db(from_queryset=Player.objects.select_for_update(of=("self",)))
        ledger.lock_player(player_id=player.pk)
        changes = [change for one in wanted if (change := _change(player, one, by=by, now=now))]
        for currency in sorted({change.currency for change in changes if change.currency}):
            ledger.limit_account(player_id=player.pk, currency=currency, now=now)
        for change in changes:
            if change.kind == LimitKind.SESSION_TIME and not change.is_pending(now):
                _shorten_sessions(player, timedelta(minutes=int(change.amount or 0)), now)
        if changes:
            details = {"limits": [_describe(change) for change in changes]}
            write_audit_entry(by=by, action="set_limits", subject=player, details=details)
    return changes


def join_sitting(*, player: Player, now: datetime) -> Sitting:
    """Return the sitting of a session that is opened in the caller's transaction; a change of limits waits for its end.

    :raises SessionTimeUp: the last one is over, and the break is not.
    """
    Player.objects.select_for_update(of=("self",)).get(pk=player.pk)
    return find_sitting(player=player, now=now)


def find_sitting(*, player: Player, now: datetime) -> Sitting:
    """Return the sitting that a session opened now belongs to: the one that goes on, or a new one.

    :raises SessionTimeUp: the last one is over, and the break is not.
    """
    minutes = find_session_minutes(player, now)
    if minutes is None:
        return Sitting(None, None)
    last = Session.objects.filter(player=player, sitting_until__isnull=False).order_by("-pk").first()
    if last is None or last.sitting_since is None or last.sitting_until is None or last.sitting_until + BREAK <= now:
        return Sitting(now, now + timedelta(minutes=minutes))
    if last.sitting_until <= now:
        over = last.sitting_until + BREAK
        raise SessionTimeUp(
            f"The player's session time of {minutes} minute{'' if minutes == 1 else 's'} is used up."
            f" The next session can begin at {over:%Y-%m-%d %H:%M} UTC.",
            fields={"user_id": "The session time is used up."},
        )
    return Sitting(last.sitting_since, last.sitting_until)


def _check(player: Player, wanted: Sequence[WantedLimit]) -> None:
    faults = [f"{_name(one)}: {fault}" for one in wanted if (fault := _find_fault(one))]
    named = Counter((one.kind, one.period, one.currency) for one in wanted)
    faults += [f"{' '.join(key)}: It is named twice." for key, times in named.items() if times > 1]
    if faults:
        raise ValidationError({"limits": faults})
    held = set(player.accounts.values_list("currency", flat=True))
    for one in wanted:
        if one.currency and one.currency not in held:
            raise NoSuchAccount(
                f"The player has no account in {one.currency}.", fields={"limits": f"No account in {one.currency}."}
            )


def _find_fault(one: WantedLimit) -> str:
    if one.kind not in LimitKind:
        return f"There is no such limit; there are {', '.join(LimitKind.values)}."
    if one.kind == LimitKind.SESSION_TIME:
        return _find_fault_of_time(one)
    if one.period not in CALENDAR:
        return f"Its period must be {', '.join(CALENDAR)}."
    if not one.currency:
        return "Name its currency."
    amount = one.amount
    if amount is None or (amount.is_finite() and 0 <= amount <= LARGEST and amount == amount.quantize(CENT)):
        return ""
    return "Its amount must be 0 or more, with at most 16 digits before the point and two after it."


def _find_fault_of_time(one: WantedLimit) -> str:
    if one.period != LimitPeriod.SESSION or one.currency:
        return "Session time is for the period session, and has no currency."
    if one.amount is None or (one.amount == one.amount.to_integral_value() and 1 <= one.amount <= MOST_MINUTES):
        return ""
    return f"Its minutes must be a whole number from 1 to {MOST_MINUTES}."


def _change(player: Player, one: WantedLimit, *, by: str, now: datetime) -> LimitChange | None:
    """Write down a limit as it is wanted; None where it is so already, or is to be."""
    newest = find_newest_change(player, currency=one.currency, kind=one.kind, period=one.period)
    if one.amount == (newest.amount if newest else None):
        return None
    held = newest.in_force(now) if newest else None
    tighter = one.amount is not None and (held is None or one.amount <= held)
    return LimitChange.objects.create(
        player=player,
        currency=one.currency,
        kind=one.kind,
        period=one.period,
        was=held,
        amount=one.amount,
        asked_at=now,
        effective_at=now if tighter else now + LOOSENING_DELAY,
        by=by,
    )


def _shorten_sessions(player: Player, time: timedelta, now: datetime) -> None:
    """Have the player's sittings end as early as the time allows, and live sessions that are in none yet, too.

    What would have ended in the past ends now, also where no session of it is live: the break counts from here.
    """
    sessions = Session.objects.filter(player=player)
    end = Greatest(F("sitting_since") + Value(time), Value(now))
    sessions.filter(sitting_until__gt=end).update(sitting_until=end)
    unlimited = sessions.filter(sitting_until=None, ended_at=None, expires_at__gt=now)
    unlimited.update(sitting_since=F("created_at"), sitting_until=F("created_at") + Value(time))


def _describe(change: LimitChange) -> dict[str, str | None]:
    return {
        "limit": _name(change),
        "from": _tell(change, change.was),
        "to": _tell(change, change.amount),
        "from_when": change.effective_at.isoformat(),
    }


def _tell(change: LimitChange, amount: Decimal | None) -> str | None:
    """Return an amount as text, the same whether it was asked for or kept: minutes whole, money with its cents."""
    if amount is None:
        return None
    return str(int(amount) if change.kind == LimitKind.SESSION_TIME else amount.quantize(CENT))


def _name(one: WantedLimit | LimitChange) -> str:
    return f"{one.kind} {one.period} {one.currency}".strip()
