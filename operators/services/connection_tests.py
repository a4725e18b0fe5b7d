"""“Test connection”: one cheap call to a platform, what it signed, how long it took, and what to do where it failed.

For `hizi` the same call is made with both ways of signing, and the one that is accepted is kept.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from operators.models import Direction, Exchange, Operator, Protocol
from operators.platforms import agent, generic
from operators.platforms.base import PlatformFailure
from operators.platforms.gmag import Window
from operators.platforms.listings import Game, Listing
from operators.platforms.reading import read_object
from operators.platforms.signatures import MASK, Signed
from operators.selectors.refusals import Refusal
from operators.services.audit import write_audit_entry
from operators.services.connections import connect_agent, connect_generic, connect_gmag, connect_hizi
from operators.services.explanations import Explanation, explain_failure
from operators.services.operators import SecretMissing
from operators.services.settings import SettingsPending, SettingsRefused, lock_operator, set_option

KEY_ONLY = "the secret is the key only"
KEY_AND_FIELD = "the secret is the key and the first signed field"
# A platform whose clock is behind ours must find the tested minute past, too.
BEHIND = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)


class HostMissing(Refusal):
    """There is no address to call."""

    code = "host_missing"


@dataclass(frozen=True, slots=True)
class Said:
    """What a call brought: what was signed for it, and what came after how long."""

    signed: Signed | None
    milliseconds: float
    found: str = ""
    failure: PlatformFailure | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of a test. `way` names the way of signing of two; `exchange` is the log's row of a failure."""

    call: str
    said: Said
    way: str = ""
    explanation: Explanation | None = None
    exchange: Exchange | None = field(default=None, repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the platform answered as it should."""
        return self.said.failure is None

    @property
    def code(self) -> str:
        """The failure's code; empty where there was none."""
        return self.said.failure.code if self.said.failure else ""


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """A test as it went. `choice` tells, for `hizi`, what was found out about signing and whether it was kept."""

    host: str
    attempts: tuple[Attempt, ...]
    choice: str = ""

    @property
    def passed(self) -> bool:
        """Whether the platform took a call."""
        return any(attempt.accepted for attempt in self.attempts)


def run_connection_test(*, operator: Operator, by: str, now: datetime) -> ConnectionTest:
    """Call the operator's platform once (`hizi`: once for each way of signing); write down who tried and how it went.

    A call goes out even where the circuit is open, and is not repeated.

    :raises HostMissing:
    :raises SecretMissing:
    """
    host = _require_set_up(operator)
    if operator.protocol == Protocol.HIZI:
        return _test_signing(operator, host, by, now)
    attempt = _attempt(operator, *CALLS[Protocol(operator.protocol)], now=now)
    with transaction.atomic():
        _write_down(operator, [attempt], by=by)
    return ConnectionTest(host, (attempt,))


def _require_set_up(operator: Operator) -> str:
    """Return the host that will be called."""
    data_host = operator.game_data_host if operator.protocol == Protocol.GMAG else ""
    host = data_host or operator.api_host
    if not host:
        raise HostMissing("The account has no host to call: edit it and put in the one that the platform gave us.")
    if not operator.secret:
        raise SecretMissing("The account has no secret to sign with: put it in by “Rotate secret”.")
    return host


def _ask_generic(operator: Operator, now: datetime) -> Said:
    signature = generic.sign("lobbies", operator.operator_ref, operator.secret)
    signed = Signed(f"lobbies{operator.operator_ref}{MASK}", "X-Authorization", signature)
    with connect_generic(operator, now=now, trial=True) as client:
        return _hear(lambda: _count(client.list_lobbies(), "lobby", "lobbies"), lambda: signed)


def _ask_gmag(operator: Operator, now: datetime) -> Said:
    end = now.replace(second=0, microsecond=0) - BEHIND
    with connect_gmag(operator, now=now, trial=True) as client:

        def ask() -> str:
            page = client.get_game_history(Window(end - MINUTE, end), size=1)
            return f"{page.total:,} rounds ended between {end - MINUTE:%H:%M} and {end:%H:%M} UTC"

        return _hear(ask, lambda: client.signed)


def _ask_agent(operator: Operator, now: datetime) -> Said:
    # Nothing is signed: the header is the secret itself.
    signed = Signed("", "Authorization", agent.sign(MASK))
    with connect_agent(operator, now=now, trial=True) as client:
        no_games: Listing[Game] = Listing((), lambda _text: None)
        return _hear(lambda: _count(client.list_vendors(games=no_games), "provider", "providers"), lambda: signed)


def _ask_hizi(secret_is_first_field: bool) -> Callable[[Operator, datetime], Said]:
    def ask(operator: Operator, now: datetime) -> Said:
        with connect_hizi(operator, now=now, trial=True, secret_is_first_field=secret_is_first_field) as client:
            return _hear(lambda: _count(client.list_currencies(), "currency", "currencies"), lambda: client.signed)

    return ask


CALLS: dict[Protocol, tuple[str, Callable[[Operator, datetime], Said]]] = {
    Protocol.GENERIC: ("lobbies", _ask_generic),
    Protocol.GMAG: ("GameHistory", _ask_gmag),
    Protocol.AGENT: ("providers", _ask_agent),
}


def _hear(ask: Callable[[], str], signed: Callable[[], Signed | None]) -> Said:
    started = time.perf_counter()
    found, failed = "", None
    try:
        found = ask()
    except PlatformFailure as failure:
        failed = failure
    return Said(signed(), (time.perf_counter() - started) * 1000, found, failed)


def _count(listing: Listing[Any], one: str, many: str) -> str:
    count = len(listing.texts)
    return f"{count:,} {one if count == 1 else many}"


def _attempt(
    operator: Operator, call: str, ask: Callable[[Operator, datetime], Said], *, now: datetime, way: str = ""
) -> Attempt:
    said = ask(operator, now)
    if said.failure is None:
        return Attempt(call, said, way)
    exchange = _find_exchange(operator, call, now)
    explanation = explain_failure(said.failure, answer=exchange.response if exchange else "")
    return Attempt(call, said, way, explanation, exchange)


def _find_exchange(operator: Operator, call: str, since: datetime) -> Exchange | None:
    """The log's row of the failed call, among those of what else may go wrong with the account meanwhile."""
    calls = Exchange.objects.filter(operator=operator, direction=Direction.OUTBOUND, command=call, at__gte=since)
    return calls.order_by("-at", "-pk").first()


def _test_signing(operator: Operator, host: str, by: str, now: datetime) -> ConnectionTest:
    key_only = _attempt(operator, "getCurrencyList", _ask_hizi(False), now=now, way=KEY_ONLY)
    attempts = [key_only]
    if _is_answered(key_only):
        attempts.append(_attempt(operator, "getCurrencyList", _ask_hizi(True), now=now, way=KEY_AND_FIELD))
    accepted = [attempt for attempt in attempts if attempt.accepted]
    choice = _describe_choice(accepted, attempts)
    with transaction.atomic():
        _write_down(operator, attempts, by=by)
        if len(accepted) == 1:
            choice += _keep_signing(operator, accepted[0].way == KEY_AND_FIELD, by=by, now=now)
    return ConnectionTest(host, tuple(attempts), choice)


def _is_answered(attempt: Attempt) -> bool:
    """Say whether the platform spoke, so that another signature might be answered otherwise."""
    failure = attempt.said.failure
    return failure is None or failure.http_status is not None


def _describe_choice(accepted: Sequence[Attempt], attempts: Sequence[Attempt]) -> str:
    if len(accepted) == 1:
        return f"The platform accepts one way of signing: {accepted[0].way}."
    if accepted:
        return "The platform accepts both ways of signing, so that it tells nothing. Nothing was changed."
    if len(attempts) == 1:
        return "The other way of signing was not tried: the platform did not answer. Nothing was changed."
    if not all(_is_answered(attempt) for attempt in attempts):
        return "One way of signing is not accepted, and the other was not answered. Nothing was changed."
    return "The platform accepts neither way of signing. Nothing was changed."


def _keep_signing(operator: Operator, secret_is_first_field: bool, *, by: str, now: datetime) -> str:
    """Keep a way of signing if that can be; say whether it was. What was found out is told in any case."""
    try:
        with transaction.atomic():
            _choose_signing(operator, secret_is_first_field, by=by, now=now)
    except SettingsPending:
        return " It could not be kept: a version of the settings waits for a second person. Decide on that, test again."
    except SettingsRefused as refused:
        return f" It could not be kept, for the settings are not right. {refused}"
    return " From now on every call is signed so."


def _choose_signing(operator: Operator, secret_is_first_field: bool, *, by: str, now: datetime) -> None:
    """Keep a way of signing in the account's settings."""
    lock_operator(operator)
    before = read_object(operator.settings.get("hizi")).get("secretIsFirstField")
    if before is secret_is_first_field:
        return
    set_option(
        operator=operator,
        path=("hizi", "secretIsFirstField"),
        value=secret_is_first_field,
        reason="The connection was tested.",
        by=by,
        now=now,
    )
    details = {"secretIsFirstField": {"from": before, "to": secret_is_first_field}}
    write_audit_entry(by=by, action="choose_signing", subject=operator, details=details)


def _write_down(operator: Operator, attempts: Sequence[Attempt], *, by: str) -> None:
    calls = [
        {
            "call": attempt.call,
            "outcome": attempt.code or "accepted",
            "milliseconds": round(attempt.said.milliseconds),
            **({"signing": attempt.way} if attempt.way else {}),
        }
        for attempt in attempts
    ]
    write_audit_entry(by=by, action="test_connection", subject=operator, details={"calls": calls})
