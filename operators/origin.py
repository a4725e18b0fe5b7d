"""Where what is being done comes from: the request's address and id, known all the way down."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A request; neither is known of what commands and background tasks do by themselves."""

    address: str | None = None
    request_id: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """Return where what is being done comes from."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Let everything done inside come from there."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
