"""Reads the body of a platform's request, or says which field keeps it from being one."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

LARGEST_AMOUNT = Decimal(10) ** 16
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,4})?")

Data = dict[str, object]
Check = Callable[[object], object]


class Refusal(Exception):
    """The request is answered with ERROR and this code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse_json(body: bytes) -> object:
    """Strict JSON in UTF-8, numbers with a fraction or an exponent as Decimal.

    :raises ValueError: it is something else.
    """
    try:
        return json.loads(body.decode(), parse_float=Decimal, parse_constant=_refuse_constant)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def read_request(parsed: object, command: str) -> tuple[Data, Data]:
    """The envelope and its `data`, with amounts as Decimal.

    :raises Refusal: OP_50, and the message names the field.
    """
    if not isinstance(parsed, dict):
        raise Refusal("OP_50", "the body is not an object")
    envelope = _read_fields(parsed, ENVELOPE)
    if envelope["command"] != command:
        raise Refusal("OP_50", "command: not the one of the address")
    data = envelope["data"]
    assert isinstance(data, dict)
    return envelope, data | _read_fields(data, FIELDS[command])


def _read_fields(found: Data, fields: dict[str, Check]) -> Data:
    return {name: _read_field(name, found.get(name), check) for name, check in fields.items()}


def _read_field(name: str, value: object, check: Check) -> object:
    try:
        return check(value)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Refusal("OP_50", f"{name}: {error}") from error


def text(longest: int) -> Check:
    def check(value: object) -> object:
        if not isinstance(value, str) or not 0 < len(value) <= longest or "|" in value:
            raise ValueError(f"not a text of 1 to {longest} characters without |")
        return value

    return check


def optional(check: Check) -> Check:
    """What the wallet only passes by may be null or absent: nothing could be decided better if it were there."""
    return lambda value: None if value is None else check(value)


def identifier(longest: int) -> Check:
    """An id may come as a number or as a text; both are the same id."""

    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError("not an id")
        text(longest)(str(value))
        return value

    return check


def moment(value: object) -> object:
    datetime.fromisoformat(str(text(40)(value)))
    return value


def flag(value: object) -> object:
    if not isinstance(value, bool):
        raise TypeError("not a boolean")
    return value


def choice(*allowed: str) -> Check:
    def check(value: object) -> object:
        if value not in allowed:
            raise ValueError(f"not one of {', '.join(allowed)}")
        return value

    return check


def mapping(value: object) -> object:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def decimal(places: int) -> Check:
    """A number, or a text that is one: not negative, no further decimals than `places`, 16 digits before the point."""

    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise TypeError("not a number")
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            raise ValueError("not a number")
        number = Decimal(value)
        if number < 0 or number >= LARGEST_AMOUNT:
            raise ValueError("negative or too large")
        if number != number.quantize(Decimal(1).scaleb(-places)):
            raise ValueError(f"more than {places} decimals")
        return abs(number)

    return check


def context(value: object) -> object:
    mapping(value)
    assert isinstance(value, dict)
    _read_fields(value, CONTEXT)
    return value


ENVELOPE: dict[str, Check] = {
    "command": text(20),
    "request_timestamp": moment,
    "hash": text(100),
    "data": mapping,
}
CONTEXT: dict[str, Check] = {
    "reason": optional(text(32)),
    "history_id": optional(identifier(255)),
    "campaign_code": optional(identifier(255)),
    "rake": optional(decimal(4)),
}
FIELDS: dict[str, dict[str, Check]] = {
    "authenticate": {"token": text(50)},
    "balance": {"token": text(50), "currency_code": text(4), "user_id": identifier(70)},
    "changebalance": {
        "token": optional(text(50)),
        "user_id": identifier(70),
        "transaction_type": choice("BET", "WIN", "REFUND"),
        "transaction_id": identifier(127),
        "round_id": identifier(127),
        "round_finished": optional(flag),
        "game_id": identifier(127),
        "currency_code": text(4),
        "amount": decimal(2),
        "transaction_timestamp": moment,
        "context": optional(context),
    },
    "status": {"user_id": identifier(70), "transaction_id": identifier(127)},
    "cancel": {
        "user_id": identifier(70),
        "transaction_id": identifier(127),
        "round_id": identifier(127),
        "round_finished": optional(flag),
        "game_id": identifier(127),
    },
    "finishround": {"round_id": identifier(127), "user_id": identifier(70), "game_id": identifier(127)},
}
