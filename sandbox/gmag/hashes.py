"""The hash that goes with each request: MD5 over its body's fields and the brand's secret."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal

import msgspec

Body = Mapping[str, msgspec.Raw]

# Leaves slashes and letters beyond ASCII as they are, and puts no blanks.
ENCODER = msgspec.json.Encoder(decimal_format="number")


def sign(body: Body, secret: str) -> str:
    """The hash in lower-case hex."""
    return hashlib.md5(f"{join_fields(body)}{secret}".encode()).hexdigest()


def join_fields(body: Body) -> str:
    """`key=value` by `&`, in order of the keys; a null counts as not sent."""
    values = {key: bytes(value) for key, value in body.items()}
    return "&".join(f"{key}={_write(values[key])}" for key in sorted(values) if values[key] != b"null")


def _write(value: bytes) -> str:
    """Texts without their quotes, numbers digit by digit as they were sent, arrays as JSON without escapes."""
    if value.startswith(b'"'):
        return msgspec.json.decode(value, type=str)
    if value.startswith((b"[", b"{")):
        return ENCODER.encode(json.loads(value, parse_float=Decimal)).decode()
    return value.decode()
