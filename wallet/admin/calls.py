"""A platform's calls about a transaction, as far as the exchange log has them: what went wrong, and repetitions."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from operators.models import Direction, Exchange

CALLS_SHOWN = 200
REPEATS_SHOWN = 50
# What went well and is logged all the same: a repetition that was answered as before.
IS_REPEAT = Q(direction=Direction.INBOUND, error_code="", http_status=200)
# A transaction's reference, and whether its cancel is meant, which has none of its own.
Asked = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often the log has a transaction repeated, and the first and the last time."""

    count: int
    first: datetime
    last: datetime

    @property
    def times(self) -> str:
        """Say how often."""
        return "Repeated once" if self.count == 1 else f"Repeated {self.count:,} times"


def find_repeats(operator_id: int | None, references: Collection[str | None]) -> dict[Asked, Repeats]:
    """Return the repetitions of an operator's transactions, and of their cancels; those without any are left out."""
    asked = [reference for reference in references if reference]
    calls = Exchange.objects.filter(IS_REPEAT, operator=operator_id, transaction_ref__in=asked)
    asked_for = calls.order_by().annotate(is_cancel=Q(command="cancel")).values_list("transaction_ref", "is_cancel")
    counted = asked_for.annotate(Count("pk"), Min("at"), Max("at"))
    return {(reference, is_cancel): Repeats(times, first, last) for reference, is_cancel, times, first, last in counted}


def show_calls(operator_id: int | None, reference: str | None, *, of_cancel: bool = False) -> dict[str, Any]:
    """Return what the log has about one transaction: the calls by time, each with its answer, and the repetitions.

    These are its cancel's where it is that one's page.
    """
    if not operator_id or not reference:
        return {}
    about = Exchange.objects.filter(operator=operator_id, transaction_ref=reference).order_by("at", "pk")
    # Apart, so that a flood of repetitions hides nothing that went wrong.
    found = [*about.exclude(IS_REPEAT)[:CALLS_SHOWN], *about.filter(IS_REPEAT)[:REPEATS_SHOWN]]
    return {
        "calls": [(call, read_answer(call)) for call in sorted(found, key=lambda call: (call.at, call.pk))],
        "repeats": find_repeats(operator_id, [reference]).get((reference, of_cancel)),
        "repeats_shown": REPEATS_SHOWN,
        "calls_reference": reference,
    }


def list_errors_of(calls: QuerySet[Exchange]) -> QuerySet[Exchange]:
    """Return those of some calls that went wrong, as many as a page shows."""
    return calls.exclude(IS_REPEAT).order_by("at", "pk")[:CALLS_SHOWN]


def read_answer(call: Exchange) -> str:
    """Return what a call was answered, beside its outcome: the balance, a cancel's state, or the error's message."""
    try:
        # Numbers stay as they were written: the cents of a balance among them.
        data = json.loads(call.response, parse_float=str)["data"]
        said = data.get("error_message") or data.get("transaction_status")
        return str(said or f"balance {data['balance']}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
