"""The answer's envelope: the request's own bytes, the verdict, and the hash that signs it."""

import hashlib
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal

import msgspec
from django.http import HttpResponse
from msgspec import Raw

from wallet.serializers.generic import is_json

CENT = Decimal("0.01")
CONTENT_TYPE = "application/json; charset=utf-8"


def ok(*, body: bytes, secret: bytes, now: datetime, data: bytes) -> HttpResponse:
    """Answer OK; `data` is the JSON object's text."""
    return _answer("OK", body=body, secret=secret, now=now, data=data)


def error(*, body: bytes, secret: bytes, now: datetime, code: str, message: str) -> HttpResponse:
    """Answer ERROR with a code of document 001; a body that is no JSON is echoed as null."""
    data = msgspec.json.encode({"error_code": code, "error_message": message})
    return _answer("ERROR", body=body if is_json(body) else b"null", secret=secret, now=now, data=data)


def _answer(status: str, *, body: bytes, secret: bytes, now: datetime, data: bytes) -> HttpResponse:
    stamp = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    signature = hashlib.sha1(f"{status}{stamp}".encode() + secret).hexdigest()  # noqa: S324
    return HttpResponse(
        b'{"request":%b,"response":{"status":"%b","response_timestamp":"%b","hash":"%b","data":%b}}'
        % (body, status.encode(), stamp.encode(), signature.encode(), data),
        content_type=CONTENT_TYPE,
    )


def money(amount: Decimal) -> bytes:
    """Write a balance as a JSON number with exactly two decimals, rounded down."""
    return str(amount.quantize(CENT, ROUND_FLOOR)).encode()


def text(value: str) -> bytes:
    """Write a JSON string."""
    return msgspec.json.encode(value)


def members(**values: bytes | Raw) -> bytes:
    """Write a JSON object of values that are JSON already."""
    return b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), bytes(value)) for name, value in values.items())
