"""What a made-up history looks like in PostgreSQL's binary form: rows for COPY, and the bytes that a row's hash is of.

Both are made of the same values. `wallet_row_hash.sql` says what is hashed, and `verify_ledger` proves that it agrees.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from struct import Struct, pack
from typing import NamedTuple

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = pack(">h", -1)
# Money is counted in ten-thousandths: PostgreSQL writes a numeric in digits to the base of 10,000.
UNIT = 10_000
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NULL = pack(">i", -1)
NEGATIVE, SCALE = 0x4000, 8
BIGINT, TEXT, TEXTS, TIMESTAMP, NUMERIC = (pack(">i", oid) for oid in (20, 25, 1009, 1184, 1700))
# In the order of the columns of an entry.
TYPES = (BIGINT,) * 5 + (TEXT, NUMERIC, NUMERIC) + (BIGINT,) * 4 + (TIMESTAMP, TIMESTAMP, TEXTS, TEXT)
RECORD = pack(">i", len(TYPES))
HASH_SIZE = pack(">i", 32)

_integer = Struct(">iq")
_sizes = [pack(">i", size) for size in range(256)]


class Entry(NamedTuple):
    """A ledger row without its hash: the columns by their names, as far as they go into it.

    Money is in ten-thousandths, times in microseconds since 2000.
    """

    transaction_id: int
    account_id: int
    number: int
    debit_id: int
    credit_id: int
    kind: str
    amount: int
    balance: int
    operator_id: int | None
    round_id: int | None
    game_id: int | None
    reverses_id: int | None
    created_at: int
    platform_at: int | None
    tags: str | None
    context: str | None


def encode_entry(entry: Entry, previous: bytes) -> tuple[bytes, bytes]:
    """Return a ledger row for COPY, and its hash, which follows from the one before it."""
    keys, kind, amount, balance = entry[:5], entry[5], entry[6], entry[7]
    values = (
        *(_integer.pack(8, key) for key in keys),
        encode_text(kind),
        encode_money(amount),
        encode_money(balance),
        *(NULL if value is None else _integer.pack(8, value) for value in entry[8:14]),
        NULL if entry.tags is None else encode_texts(entry.tags),
        NULL if entry.context is None else encode_text(entry.context),
    )
    digest = sha256(previous + RECORD + b"".join(chain.from_iterable(zip(TYPES, values, strict=True)))).digest()
    return encode_row((*values, HASH_SIZE + digest)), digest


def encode_row(values: tuple[bytes, ...]) -> bytes:
    """Put the values of a row together."""
    return pack(">h", len(values)) + b"".join(values)


def encode_integer(value: int | None) -> bytes:
    """Write a bigint or a time."""
    return NULL if value is None else _integer.pack(8, value)


def encode_count(value: int) -> bytes:
    """Write an integer of four bytes."""
    return pack(">ii", 4, value)


@lru_cache(maxsize=1024)
def encode_word(value: str) -> bytes:
    """Write one of few texts."""
    return encode_text(value)


def encode_text(value: str) -> bytes:
    """Write a text."""
    return encode_bytes(value.encode())


def encode_bytes(value: bytes) -> bytes:
    """Write a bytea, or a text's bytes; up to 255 of them."""
    return _sizes[len(value)] + value


@lru_cache(maxsize=64)
def encode_texts(value: str) -> bytes:
    """Write an array of one text."""
    one = value.encode()
    return encode_bytes(pack(">iiiiii", 1, 0, 25, 1, 1, len(one)) + one)


@lru_cache(maxsize=1 << 16)
def encode_money(value: int) -> bytes:
    """Write ten-thousandths as a numeric(24, 8)."""
    digits, rest = [], abs(value)
    while rest:
        rest, digit = divmod(rest, UNIT)
        digits.append(digit)
    weight = len(digits) - 2 if digits else 0
    while digits and not digits[0]:
        digits.pop(0)
    sign = NEGATIVE if value < 0 else 0
    count = len(digits)
    return encode_bytes(pack(f">hhHH{count}H", count, weight, sign, SCALE, *reversed(digits)))


def as_microseconds(moment: datetime) -> int:
    """Count a time from 2000 on, as PostgreSQL does."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def as_copy(rows: Iterable[bytes]) -> bytes:
    """Put rows together to what COPY reads."""
    return b"".join((HEADER, *rows, TRAILER))
