"""How much the roles may move by requests, set by administrators; and what a member of staff may move by them."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.db.models.functions import Abs

from operators.models import Casino
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from operators.services.audit import describe_changes
from wallet.enums import RequestState
from wallet.models import ApprovalRequest, Ceiling

NOTHING = Decimal(0)
Step = Literal["request", "approve"]


class AboveCeiling(Refusal):
    """None of the person's roles may move that much in the currency, at once or in one day."""

    code = "above_ceiling"


class OwnCeiling(Refusal):
    """Nobody sets how much they may move themselves."""

    code = "own_ceiling"


class Ceilings(NamedTuple):
    """What a person may request and approve at most, by the highest of the roles; None for nothing at all."""

    request: Decimal | None
    approve: Decimal | None
    daily: Decimal | None


class Leeway(NamedTuple):
    """What a person may request, or approve, with one request and in a day, and what is left of the day's."""

    single: Decimal
    daily: Decimal
    left: Decimal

    @property
    def most(self) -> Decimal:
        """Return what one request may come to now."""
        return min(self.single, self.left)


def find_ceilings(*, by: str, currency: str) -> Ceilings:
    """Return what the roles of a member of staff come to in a currency."""
    rows = Ceiling.objects.filter(currency=currency, role__in=list_roles(by))
    found = rows.aggregate(request=Max("request_up_to"), approve=Max("approve_up_to"), daily=Max("daily_up_to"))
    return Ceilings(**found)


def list_roles(by: str) -> list[str]:
    """Return the roles of a member of staff, who is named as the audit trail does."""
    groups = Group.objects.filter(user__username=by.removeprefix("staff:"), user__is_active=True)
    return list(groups.order_by("name").values_list("name", flat=True))


def find_leeway(*, by: str, step: Step, currency: str, casino: Casino, now: datetime) -> Leeway | None:
    """Return what a member of staff may request, or approve, of a casino's players' money now; None for nothing."""
    ceilings = find_ceilings(by=by, currency=currency)
    single = getattr(ceilings, step)
    if single is None or ceilings.daily is None:
        return None
    midnight = now.astimezone(ZoneInfo(casino.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    left = ceilings.daily - _sum_since(midnight, by, step, currency)
    return Leeway(single, ceilings.daily, max(left, NOTHING))


def _sum_since(midnight: datetime, by: str, step: Step, currency: str) -> Decimal:
    """Sum what a person has requested and still stands, or has approved, whichever way it moves money."""
    asked = {"requested_by": by, "requested_at__gte": midnight, "state__in": [RequestState.OPEN, RequestState.APPROVED]}
    approved = {"decided_by": by, "decided_at__gte": midnight, "state": RequestState.APPROVED}
    rows = ApprovalRequest.objects.filter(currency=currency, **(asked if step == "request" else approved))
    total: Decimal | None = rows.aggregate(total=Sum(Abs("amount")))["total"]
    return total or NOTHING


def check_ceiling(*, by: str, step: Step, amount: Decimal, currency: str, casino: Casino, now: datetime) -> None:
    """Hold an amount against what a person may move, one amount of a person's at a time until the transaction's end.

    :raises AboveCeiling:
    """
    User.objects.select_for_update(of=("self",), no_key=True).filter(username=by.removeprefix("staff:")).first()
    leeway = find_leeway(by=by, step=step, currency=currency, casino=casino, now=now)
    if leeway is None:
        remedy = f"an administrator has to set a ceiling for {currency} under Ceilings"
        raise AboveCeiling(f"No role of yours may {step} anything in {currency}: {remedy}.")
    asked = f"this is {abs(amount):,.2f}"
    if abs(amount) > leeway.single:
        raise AboveCeiling(f"Your roles may {step} up to {leeway.single:,.2f} {currency}; {asked}.")
    if abs(amount) > leeway.left:
        left = f"until midnight in {casino.time_zone} {leeway.left:,.2f} is left"
        raise AboveCeiling(f"Your roles may {step} up to {leeway.daily:,.2f} {currency} a day; {left}, and {asked}.")


def set_ceiling(
    *,
    role: str,
    currency: str,
    request_up_to: Decimal,
    approve_up_to: Decimal,
    daily_up_to: Decimal,
    by: str,
    now: datetime,
) -> Ceiling:
    """Say how much a role may move with one request, and each who has it in a day; zero is nothing.

    :raises OwnCeiling: the person has the role.
    :raises ValidationError: there is no such role, or a value does not fit.
    """
    if not Group.objects.filter(name=role).exists():
        raise ValidationError({"role": "There is no such role."})
    if role in list_roles(by):
        raise OwnCeiling(f"You are “{role}” yourself: somebody else has to set what it may move.")
    with transaction.atomic():
        ceiling = Ceiling.objects.select_for_update(of=("self",)).filter(role=role, currency=currency).first()
        ceiling = ceiling or Ceiling(role=role, currency=currency, request_up_to=0, approve_up_to=0, daily_up_to=0)
        before = _amounts(ceiling)
        ceiling.request_up_to, ceiling.approve_up_to, ceiling.daily_up_to = request_up_to, approve_up_to, daily_up_to
        ceiling.changed_by, ceiling.changed_at = by, now
        ceiling.clean_fields()
        ceiling.save()
        details = describe_changes(before, _amounts(ceiling))
        write_audit_entry(by=by, action="set_ceiling", subject=ceiling, details=details)
    return ceiling


def _amounts(ceiling: Ceiling) -> dict[str, str]:
    return {name: f"{getattr(ceiling, name):.2f}" for name in ("request_up_to", "approve_up_to", "daily_up_to")}
