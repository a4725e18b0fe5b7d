"""Operator accounts connected to their platforms: configured from their rows, guarded by their breakers, logged.

Calls that failed, and all that wrote, go to the exchange log at once and by a database connection of its own: what was
said to a platform stays on record, whatever becomes of the caller's transaction.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from django.conf import settings

from operators.models import Direction, Operator
from operators.platforms import agent, generic, gmag, hizi
from operators.platforms.base import Call, Http
from operators.platforms.breakers import Breaker, connect_redis
from operators.platforms.reading import LONGEST_WORD, read_object, read_text
from operators.services.exchanges import LOG, MASK, Record

TRIAL_SECONDS = 10.0
HURRIED_SECONDS = 8.0


@contextmanager
def connect_generic(operator: Operator, *, now: datetime, trial: bool = False) -> Iterator[generic.Client]:
    """Give a client of a `generic` account. A trial is one attempt, even where the circuit is open."""
    config = generic.Config(
        api_host=operator.api_host,
        operator_ref=operator.operator_ref,
        secret=operator.secret,
        http=_http_of(operator, trial),
        hand_history_host=operator.hand_history_host,
    )
    with _logging(operator, now) as report:
        yield generic.Client(config, report)


@contextmanager
def connect_hizi(
    operator: Operator, *, now: datetime, trial: bool = False, secret_is_first_field: bool | None = None
) -> Iterator[hizi.Client]:
    """Give a client of a `hizi` account, which signs as its settings say unless it is told how."""
    kept = read_object(operator.settings.get("hizi")).get("secretIsFirstField") is True
    config = hizi.Config(
        api_host=operator.api_host,
        operator_ref=operator.operator_ref,
        secret=operator.secret,
        http=_http_of(operator, trial),
        secret_is_first_field=kept if secret_is_first_field is None else secret_is_first_field,
    )
    with _logging(operator, now) as report:
        yield hizi.Client(config, report)


@contextmanager
def connect_gmag(operator: Operator, *, now: datetime, trial: bool = False) -> Iterator[gmag.Client]:
    """Give a client of a `gmag` account, whose one call has a host of its own."""
    config = gmag.Config(
        api_host=operator.game_data_host or operator.api_host,
        operator_ref=operator.operator_ref,
        secret=operator.secret,
        http=_http_of(operator, trial),
    )
    with _logging(operator, now) as report:
        yield gmag.Client(config, report)


@contextmanager
def connect_agent(
    operator: Operator, *, now: datetime, trial: bool = False, hurried: bool = False, about: str = ""
) -> Iterator[agent.Client]:
    """Give a client of an `agent` account.

    A hurried one gives up soon: a player waits for what it is asked. `about` is our reference of what is called for.
    """
    config = agent.Config(
        api_host=operator.api_host,
        operator_ref=operator.operator_ref,
        secret=operator.secret,
        http=_hurry(_http_of(operator, trial)) if hurried else _http_of(operator, trial),
    )
    with _logging(operator, now, about) as report:
        yield agent.Client(config, report)


def _http_of(operator: Operator, trial: bool) -> Http:
    http = Http(
        private_hosts_allowed=settings.PLATFORM_PRIVATE_HOSTS_ALLOWED,
        breaker=Breaker(connect_redis(settings.REDIS_URL), f"operator:{operator.pk}"),
    )
    if not trial:
        return http
    # A person waits for it.
    return replace(http, attempts=1, past_breaker=True, read_seconds=TRIAL_SECONDS, whole_seconds=TRIAL_SECONDS)


def _hurry(http: Http) -> Http:
    return replace(http, attempts=1, read_seconds=HURRIED_SECONDS, whole_seconds=HURRIED_SECONDS)


@contextmanager
def _logging(operator: Operator, now: datetime, about: str = "") -> Iterator[Callable[[Call], None]]:
    started = time.monotonic()

    def report(call: Call) -> None:
        if call.failure or call.wrote:
            at = now + timedelta(seconds=time.monotonic() - started)
            LOG.put(replace(_record_of(operator, call, at), transaction_ref=about))

    try:
        yield report
    finally:
        # A worker process may end right after its task.
        LOG.flush()


def _record_of(operator: Operator, call: Call, at: datetime) -> Record:
    return Record(
        at=at,
        direction=Direction.OUTBOUND,
        operator_id=operator.pk,
        command=call.command,
        http_status=call.http_status,
        error_code=read_text(call.failure, LONGEST_WORD),
        milliseconds=Decimal(f"{call.milliseconds:.2f}"),
        caller_ip=None,
        unresolved=call.unresolved,
        request=_hide_secrets(call.request, operator),
        response=_hide_secrets(call.response, operator),
    )


def _hide_secrets(text: str, operator: Operator) -> str:
    """Mask the account's own keys wherever they stand: a platform may say them back to us in an error."""
    for secret in filter(None, (operator.secret, operator.previous_secret)):
        for form in {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}:
            text = text.replace(form, MASK)
    return text
