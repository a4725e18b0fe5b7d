"""Where what is being done comes from: the request's address and id, known all the way down."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from secrets import token_hex

from django.conf import settings

GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# An id of ours: the process's, and the request's number in it.
PROCESS = token_hex(10)
_numbers = count(1)


@dataclass(frozen=True)
class Origin:
    """A request; a background task has the id of the one that asked for it. Of what commands do neither is known."""

    address: str | None = None
    request_id: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """Return where what is being done comes from."""
    return _current.get()


def come_from(origin: Origin) -> None:
    """Let everything that this thread does come from there, until it is told otherwise."""
    _current.set(origin)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Let everything done inside come from there."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def name_request(given: str) -> str:
    """Return the id that a proxy of ours gave a request, or a new one."""
    if given and settings.TRUSTED_PROXY_COUNT and GOOD_ID.fullmatch(given):
        return given
    return f"{PROCESS}{next(_numbers):012x}"
