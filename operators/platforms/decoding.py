"""JSON as platforms send it: fractions as Decimals, and past what some of their encoders let slip."""

import codecs
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

# Half of a character of two halves, which is left where a text was cut to a length before it was encoded.
LONE_HALF = re.compile(
    rb"(?<!\\)((?:\\\\)*)"
    rb"(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)


def read_number(text: str) -> Decimal:
    """Return a JSON number with a fraction or an exponent.

    :raises msgspec.DecodeError: its exponent is beyond anything that can be reckoned with.
    """
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise msgspec.DecodeError(f"{text[:20]} is beyond all numbers") from error


DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=read_number)


def decode(text: bytes | bytearray, decoder: msgspec.json.Decoder[Any] = DECODER) -> Any:
    """Decode an answer; a byte order mark is passed over, and half a character becomes U+FFFD.

    :raises msgspec.DecodeError: it is not JSON, or (msgspec.ValidationError) has another shape than the decoder's.
    :raises UnicodeDecodeError: it is not UTF-8.
    :raises RecursionError: it nests too deep.
    """
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = _mend(text)
        if mended == text:
            raise
        return decoder.decode(mended)


def _mend(text: bytes | bytearray) -> bytes:
    return LONE_HALF.sub(rb"\1\\ufffd", bytes(text).removeprefix(codecs.BOM_UTF8))
