"""What the wallet's endpoints hand to the exchange log."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from msgspec import Raw

from operators.models import Direction
from operators.services.exchanges import LOG, MASK, Record
from wallet.serializers.generic import Envelope, Malformed, parse_id
from wallet.views.generic.door import Visitor, caller_ip
from wallet.views.generic.verdicts import Verdict


def note_error(
    request: HttpRequest,
    *,
    visitor: Visitor,
    asked: Envelope[Any] | None,
    verdict: Verdict,
    answer: HttpResponse,
    started: float,
) -> None:
    """Hand over a call that was answered with an error; a movement left in doubt is kept until it is settled."""
    told = _tell(request, visitor, asked, answer, started)
    unresolved = verdict.in_doubt and told.command == "changebalance" and asked is not None
    LOG.put(replace(told, error_code=verdict.code, unresolved=unresolved))


def note_replay(
    request: HttpRequest, *, visitor: Visitor, asked: Envelope[Any], answer: HttpResponse, started: float
) -> None:
    """Hand over a call that repeated what was done already, and was answered as before."""
    LOG.put_replay(_tell(request, visitor, asked, answer, started))


def note_refusal(request: HttpRequest, command: str, reason: str) -> None:
    """Hand over a call that did not pass the door, without its body."""
    LOG.put_refusal(
        Record(
            at=datetime.now(UTC),
            direction=Direction.INBOUND,
            operator_id=None,
            command=command,
            http_status=403,
            error_code="",
            milliseconds=Decimal(0),
            caller_ip=caller_ip(request),
            response=f"{reason} (operator id {request.META.get('HTTP_X_OPERATOR_ID', '')[:127]!r})",
        )
    )


def _tell(
    request: HttpRequest, visitor: Visitor, asked: Envelope[Any] | None, answer: HttpResponse, started: float
) -> Record:
    """Tell a call that went well; what did not has a code besides."""
    return Record(
        at=datetime.now(UTC),
        direction=Direction.INBOUND,
        operator_id=visitor.operator.operator_id,
        command=request.path.rsplit("/", 1)[-1],
        http_status=answer.status_code,
        error_code="",
        milliseconds=_milliseconds(started),
        caller_ip=caller_ip(request),
        user_ref=_ref(asked, "user_id"),
        transaction_ref=_ref(asked, "transaction_id"),
        round_ref=_ref(asked, "round_id"),
        request=request.body.decode(errors="replace"),
        response=_response_part(answer),
    )


def _milliseconds(started: float) -> Decimal:
    return Decimal(f"{(time.perf_counter() - started) * 1000:.2f}")


def _ref(asked: Envelope[Any] | None, name: str) -> str:
    raw = getattr(asked.data, name, None) if asked is not None else None
    if asked is None or not isinstance(raw, Raw):
        return ""
    try:
        found = parse_id(name, raw)
    except Malformed:
        return ""
    # A platform that mixes up its fields sends the token as an id.
    return MASK if found == getattr(asked.data, "token", None) else found


def _response_part(answer: HttpResponse) -> str:
    """The answer without the request that it echoes, which is logged beside it."""
    return answer.content.decode(errors="replace").rsplit(',"response":', 1)[-1][:-1]
