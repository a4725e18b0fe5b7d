"""The kinds of calls that may wait: how each is sent, and how the outcome of one that went unanswered is learned.

The app that has use for a kind registers it when it starts. `prepare` only reads. `send` changes something at the
platform. `poll` never sends anew what carries no reference of ours; where the platform knows ours again, repeating the
call under it is how one asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from wallet.models import WaitingCall

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The platform has done it; `result` is JSON."""

    result: Facts


@dataclass(frozen=True, slots=True)
class Undecided:
    """It cannot be told whether it was done. `code` is NO_TRACE where the platform shows nothing of it."""

    code: str
    said: str


NO_TRACE = "NO_TRACE"


@dataclass(frozen=True, slots=True)
class CallKind:
    """`shape` is what its arguments are read as. All three may raise PlatformFailure; `send` also OutcomeUnknown."""

    name: str
    shape: type[msgspec.Struct]
    carries_reference: bool
    send: Callable[[WaitingCall, datetime], Facts]
    poll: Callable[[WaitingCall, datetime], Done | Undecided]
    prepare: Callable[[WaitingCall, datetime], Facts] = lambda _call, _now: {}


KINDS: dict[str, CallKind] = {}


class UnknownKind(Exception):
    """No app that runs here has registered the kind."""


def register_kind(kind: CallKind) -> None:
    """Make a kind known to this process."""
    KINDS[kind.name] = kind


def get_kind(name: str) -> CallKind:
    """:raises UnknownKind:"""
    if name not in KINDS:
        raise UnknownKind(f"no app has registered the kind of call “{name}”")
    return KINDS[name]


def check_arguments(name: str, arguments: Mapping[str, Any]) -> None:
    """:raises UnknownKind, msgspec.ValidationError: the kind could not be sent with them."""
    msgspec.convert(dict(arguments), get_kind(name).shape)
