"""How much the roles may move by requests, set by administrators; and what a member of staff may move by them."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from operators.services.audit import describe_changes
from wallet.models import Ceiling

Step = Literal["request", "approve"]


class AboveCeiling(Refusal):
    """None of the person's roles may move that much in the currency."""

    code = "above_ceiling"


class OwnCeiling(Refusal):
    """Nobody sets how much they may move themselves."""

    code = "own_ceiling"


class Ceilings(NamedTuple):
    """What a person may request and approve at most, by the highest of the roles; None for nothing at all."""

    request: Decimal | None
    approve: Decimal | None


def find_ceilings(*, by: str, currency: str) -> Ceilings:
    """Return what the roles of a member of staff come to in a currency."""
    rows = Ceiling.objects.filter(currency=currency, role__in=list_roles(by))
    found = rows.aggregate(request=Max("request_up_to"), approve=Max("approve_up_to"))
    return Ceilings(**found)


def list_roles(by: str) -> list[str]:
    """Return the roles of a member of staff, who is named as the audit trail does."""
    groups = Group.objects.filter(user__username=by.removeprefix("staff:"), user__is_active=True)
    return list(groups.order_by("name").values_list("name", flat=True))


def check_ceiling(*, by: str, step: Step, amount: Decimal, currency: str) -> None:
    """:raises AboveCeiling:"""
    ceiling = getattr(find_ceilings(by=by, currency=currency), step)
    if ceiling is None:
        raise AboveCeiling(f"No role of yours may {step} anything in {currency}: an administrator sets the ceilings.")
    if abs(amount) > ceiling:
        raise AboveCeiling(f"Your roles may {step} up to {ceiling:,.2f} {currency}; this is {abs(amount):,.2f}.")


def set_ceiling(
    *, role: str, currency: str, request_up_to: Decimal, approve_up_to: Decimal, by: str, now: datetime
) -> Ceiling:
    """Say how much a role may move with one request; zero is nothing.

    :raises OwnCeiling: the person has the role.
    :raises ValidationError: there is no such role, or a value does not fit.
    """
    if not Group.objects.filter(name=role).exists():
        raise ValidationError({"role": "There is no such role."})
    if role in list_roles(by):
        raise OwnCeiling(f"You are “{role}” yourself: somebody else has to set what it may move.")
    with transaction.atomic():
        ceiling = Ceiling.objects.select_for_update(of=("self",)).filter(role=role, currency=currency).first()
        ceiling = ceiling or Ceiling(role=role, currency=currency, request_up_to=0, approve_up_to=0)
        before = _amounts(ceiling)
        ceiling.request_up_to, ceiling.approve_up_to = request_up_to, approve_up_to
        ceiling.changed_by, ceiling.changed_at = by, now
        ceiling.clean_fields()
        ceiling.save()
        details = describe_changes(before, _amounts(ceiling))
        write_audit_entry(by=by, action="set_ceiling", subject=ceiling, details=details)
    return ceiling


def _amounts(ceiling: Ceiling) -> dict[str, str]:
    return {"request_up_to": f"{ceiling.request_up_to:.2f}", "approve_up_to": f"{ceiling.approve_up_to:.2f}"}
