"""What holds for every answer, looked up in all that this run has sent and received so far."""

import json
from collections.abc import Iterator

from sandbox.certify.case import Case
from sandbox.certify.checks.envelope import CLOCK_TOLERANCE_SECONDS, MONEY, TIMESTAMP, seconds_off
from sandbox.certify.checks.signing import expect_signed
from sandbox.certify.exchange import Exchange
from sandbox.certify.expectations import expect
from sandbox.certify.registry import rule
from sandbox.certify.stage import NotRun, Stage

SHUT = frozenset({403, 405, 413})
LONGEST_MILLISECONDS = 4000
ALL = frozenset({"authenticate", "balance", "changebalance", "status", "cancel", "finishround"})
APPLIES_TO = {
    "OP_20": ALL,
    "OP_21": {"authenticate", "balance", "changebalance"},
    "OP_22": {"authenticate"},
    "OP_30": {"balance", "changebalance"},
    "OP_31": {"changebalance"},
    "OP_32": {"changebalance"},
    "OP_33": {"balance", "changebalance"},
    "OP_34": ALL - {"authenticate"},
    "OP_35": {"changebalance"},
    "OP_40": {"changebalance"},
    "OP_41": {"status", "cancel", "finishround"},
    "OP_47": ALL,
    "OP_49": {"changebalance", "cancel", "finishround"},
    "OP_50": ALL,
}


def list_answered(case: Case) -> Iterator[Exchange]:
    """Every command's answer of this run that was let in at the door.

    :raises NotRun: nothing was sent before.
    """
    if not case.stage.exchanges:
        raise NotRun("nothing was sent before it")
    return (
        exchange for exchange in case.stage.exchanges if exchange.command in ALL and exchange.answer.status not in SHUT
    )


def find_secret(stage: Stage, exchange: Exchange) -> str:
    """The secret under which a request was let in."""
    retiring = stage.retiring
    name = "X-Authorization"
    if retiring and exchange.headers.get(name) == retiring.headers(exchange.command)[name]:
        return retiring.secret_key
    return stage.wallet.secret_key


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def list_echoes(body: bytes) -> set[bytes]:
    """What an answer may have as its `request`: how deep JSON may be nested is each parser's own affair."""
    try:
        json.loads(body.decode(), parse_constant=refuse_constant)
    except ValueError:
        return {b"null"}
    except RecursionError:
        return {b"null", body.strip()}
    return {body.strip()}


@rule("audit-01", "Every answer past the door is HTTP 200 with an envelope, never a page or a stack trace.")
def every_answer_is_an_envelope(case: Case) -> None:
    for exchange in list_answered(case):
        good = exchange.answer.status == 200 and {"request", "response"} <= set(exchange.document)
        expect(good, f"{exchange.command} was answered {exchange.code} without an envelope", exchange)


@rule("audit-02", "Every answer is signed.")
def every_answer_is_signed(case: Case) -> None:
    for exchange in list_answered(case):
        expect_signed(exchange, find_secret(case.stage, exchange))


@rule("audit-03", "Every answer echoes its request byte for byte, or null where that is no JSON.")
def every_request_is_echoed(case: Case) -> None:
    for exchange in list_answered(case):
        allowed = list_echoes(exchange.body)
        found = exchange.find_raw("request") or max(allowed, key=len)
        expect(
            found in allowed and found in exchange.answer.body,
            f"an answer to {exchange.command} does not echo the request",
            exchange,
        )


@rule("audit-04", "Every balance is a JSON number with two decimals.")
def every_balance_has_two_decimals(case: Case) -> None:
    for exchange in list_answered(case):
        found = exchange.find_raw("response", "data", "balance")
        good = found is None or MONEY.fullmatch(found) is not None
        expect(good, f"a balance is printed {found.decode() if found else ''}", exchange)


@rule("audit-05", "Every error code is one that document 001 lists for its command.")
def every_code_is_listed(case: Case) -> None:
    for exchange in list_answered(case):
        good = exchange.code == "OK" or exchange.command in APPLIES_TO.get(exchange.code, ())
        expect(good, f"{exchange.command} was answered {exchange.code}", exchange)


@rule("audit-06", "Every response_timestamp is well formed, and the present in UTC.")
def every_timestamp_is_present(case: Case) -> None:
    for exchange in list_answered(case):
        text = str(exchange.response.get("response_timestamp"))
        off = seconds_off(exchange) if TIMESTAMP.fullmatch(text) else None
        expect(off is not None and off < CLOCK_TOLERANCE_SECONDS, f"response_timestamp is {text}", exchange)


@rule("audit-07", "Every answer came within four seconds.")
def every_answer_is_in_time(case: Case) -> None:
    for exchange in list_answered(case):
        took = exchange.answer.milliseconds
        expect(took < LONGEST_MILLISECONDS, f"{exchange.command} took {took:.0f} ms", exchange)


@rule("audit-08", "No answer gives the secret away.")
def no_answer_has_the_secret(case: Case) -> None:
    secret = case.wallet.secret_key.encode()
    _ = list_answered(case)
    for exchange in case.stage.exchanges:
        expect(secret not in exchange.answer.body, f"an answer to {exchange.command} has the secret in it", exchange)
