"""The request bodies of the `generic` protocol, decoded and checked (document 001, "API commands").

What the wallet needs in order to decide must be there and well formed; what it only passes by may be absent. Ids and
amounts are kept as the raw JSON they came as, so that an id can be answered in the type it had, and no amount is ever
a float.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

PLAIN = r"\A[^|\x00-\x1f\x7f]*\Z"
Text20 = Annotated[str, Meta(min_length=1, max_length=20, pattern=PLAIN)]
Text50 = Annotated[str, Meta(min_length=1, max_length=50, pattern=PLAIN)]
Text127 = Annotated[str, Meta(max_length=127, pattern=PLAIN)]
Currency = Annotated[str, Meta(min_length=1, max_length=4, pattern=PLAIN)]

INTEGER = re.compile(rb"-?(?:0|[1-9][0-9]*)\Z")
NUMBER = re.compile(rb'(?P<quote>"?)(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(?P=quote)\Z')
STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\s*([Zz]|[+-]\d\d:?\d\d)?\Z", re.ASCII)
CENT = Decimal("0.01")
NEVER = "0001-01-01"


class Malformed(Exception):
    """A body that cannot be acted on; the message names the field and what is wrong with it."""


class Authenticate(Struct):
    """Data of `authenticate`."""

    token: Text50


class Balance(Struct):
    """Data of `balance`."""

    token: Text50
    user_id: Raw
    currency_code: Currency


class Context(Struct):
    """What a movement's context says that the wallet itself reads; the whole of it is kept as it came."""

    reason: Annotated[str, Meta(max_length=255, pattern=PLAIN)] | None = None
    history_id: Text127 | int | None = None
    campaign_code: Text127 | int | None = None


class ChangeBalance(Struct):
    """Data of `changebalance`."""

    user_id: Raw
    transaction_type: Text20
    transaction_id: Raw
    round_id: Raw
    game_id: Raw
    currency_code: Currency
    amount: Raw
    transaction_timestamp: Annotated[str, Meta(max_length=40)]
    token: Text50 | None = None
    round_finished: bool | None = None
    context: Raw = Raw()


class Status(Struct):
    """Data of `status`; its dates are not looked at."""

    user_id: Raw
    transaction_id: Raw


class Cancel(Struct):
    """Data of `cancel`."""

    user_id: Raw
    transaction_id: Raw
    round_id: Raw
    game_id: Raw
    round_finished: bool | None = None


class FinishRound(Struct):
    """Data of `finishround`; its dates are not looked at."""

    round_id: Raw
    user_id: Raw
    game_id: Raw


Data = TypeVar("Data")


class Envelope(Struct, Generic[Data]):
    """What every request is wrapped in."""

    command: Text20
    request_timestamp: Annotated[str, Meta(max_length=40)]
    hash: Annotated[str, Meta(max_length=64)]
    data: Data


DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "authenticate": msgspec.json.Decoder(Envelope[Authenticate]),
    "balance": msgspec.json.Decoder(Envelope[Balance]),
    "changebalance": msgspec.json.Decoder(Envelope[ChangeBalance]),
    "status": msgspec.json.Decoder(Envelope[Status]),
    "cancel": msgspec.json.Decoder(Envelope[Cancel]),
    "finishround": msgspec.json.Decoder(Envelope[FinishRound]),
}
CONTEXT = msgspec.json.Decoder(Context)


def decode_request(command: str, body: bytes) -> Envelope[Any]:
    """Decode and check the body of a command.

    :raises Malformed: naming the field.
    """
    try:
        body.decode()
        envelope: Envelope[Any] = DECODERS[command].decode(body)
    except UnicodeDecodeError as error:
        raise Malformed("the body is not UTF-8") from error
    except msgspec.ValidationError as error:
        raise Malformed(str(error).replace("`$.", "`")) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"the body is not JSON: {error}") from error
    if envelope.command != command:
        raise Malformed(f"`command` is {envelope.command!r}, but the path says {command!r}")
    return envelope


def is_json(body: bytes) -> bool:
    """Say whether a body that was refused can be echoed: it is JSON in UTF-8."""
    try:
        json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return False
    return not body.startswith(b"\xef\xbb\xbf")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def parse_id(name: str, raw: Raw, longest: int = 127) -> str:
    """Return an id as text: a JSON integer's digits, or a JSON string's characters.

    :raises Malformed: it is neither, is empty, is too long, or holds `|` or a control character.
    """
    text = bytes(raw)
    if text.startswith(b'"'):
        decoded = msgspec.json.decode(text, type=str)
        if not decoded or re.search(PLAIN, decoded) is None:
            raise Malformed(f"`{name}` must not be empty, nor hold | or a control character")
    elif INTEGER.match(text):
        decoded = text.decode()
    else:
        raise Malformed(f"`{name}` must be an integer or a text")
    if len(decoded) > longest:
        raise Malformed(f"`{name}` is longer than {longest} characters")
    return decoded


def parse_amount(name: str, raw: Raw) -> Decimal:
    """Return an amount of at most 16 digits before the point and two after it, not negative.

    :raises Malformed: it is not a number (or a text that is one), or is out of these bounds; it is never rounded.
    """
    match = NUMBER.match(bytes(raw))
    if match is None:
        raise Malformed(f"`{name}` must be a number")
    amount = Decimal(match["number"].decode())
    if amount < 0:
        raise Malformed(f"`{name}` must not be negative")
    if amount.adjusted() > 15 and amount != 0:
        raise Malformed(f"`{name}` has more than 16 digits before the point")
    if amount != amount.quantize(CENT):
        raise Malformed(f"`{name}` has more than two decimals")
    return amount.quantize(CENT)


def parse_stamp(name: str, text: str) -> datetime | None:
    """Return a platform's time stamp in UTC (naive ones are UTC, years before 2 mean never).

    :raises Malformed: it is not a date and a time of day.
    """
    match = STAMP.match(text)
    if match is None:
        raise Malformed(f"`{name}` must be a time stamp such as 2020-12-01 13:44:54")
    day, time, fraction, zone = match.groups()
    if day == NEVER:
        return None
    offset = "+00:00" if zone in {None, "Z", "z"} else zone
    try:
        return datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}{offset}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"`{name}` is no such time: {error}") from error


def parse_context(raw: Raw) -> tuple[Context, str | None]:
    """Return what the wallet reads of a context, and the whole as text; an empty list is PHP's empty object.

    :raises Malformed: it is neither an object, absent nor null, or a text in it is too long or holds `|`.
    """
    text = bytes(raw)
    if text in {b"", b"null", b"[]"}:
        return Context(), None
    try:
        return CONTEXT.decode(text), text.decode()
    except msgspec.ValidationError as error:
        raise Malformed(f"`context`: {str(error).replace('`$.', '`')}") from error
