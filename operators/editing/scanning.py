"""Find out what is being typed in a text that need not be JSON yet."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from operators.documents import Path
from operators.documents.reading import DEEPEST

TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|[{}\[\]:,]|[^\s"{}\[\]:,]+')
CONSTANTS = {"true": True, "false": False, "null": None}


class _Next(Enum):
    KEY = auto()
    COLON = auto()
    VALUE = auto()
    COMMA = auto()


@dataclass(slots=True)
class _Frame:
    """An object or list that is open: what it has, and what is expected next in it."""

    path: Path
    members: dict[str, Any] | list[Any]
    next: _Next
    key: str = ""

    @property
    def inner_path(self) -> Path:
        return (*self.path, self.key if isinstance(self.members, dict) else len(self.members))

    def put(self, value: Any) -> None:
        self.next = _Next.COMMA
        if isinstance(self.members, dict):
            self.members[self.key] = value
        else:
            self.members.append(value)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cursor stands.

    `path` is that of the object whose key is typed, or of the value that is; `typed` is what of it lies before the
    cursor, without its quotation mark; `start` and `end` are where it begins and ends. `siblings` are the object's keys
    or the list's items, those after the cursor too; `document` is the text as far as it could be understood.
    """

    path: Path
    is_key: bool
    typed: str
    start: int
    end: int
    siblings: dict[str, Any] | list[Any]
    document: Any


def find_spot(text: str, at: int) -> Spot | None:
    """Return where the cursor at an offset stands; None outside of brackets, or where only a comma can follow."""
    scan = _Scan(at)
    for token in _list_tokens(text):
        if not scan.is_past and _reaches(token, at):
            scan.catch(token)
        scan.feed(token.group())
    if not scan.is_past:
        scan.catch(None)
    return scan.spot


def read_loosely(text: str) -> tuple[Any, list[tuple[Path, int]]]:
    """Return a text as far as it can be understood, and the paths of its keys with the offsets where they stand."""
    scan, keys = _Scan(0), []
    for token in _list_tokens(text):
        frame = scan.frames[-1]
        scan.feed(token.group())
        if frame.next is _Next.COLON:
            keys.append((frame.inner_path, token.start()))
    document = scan.root.members[0] if scan.root.members and isinstance(scan.root.members, list) else None
    return document, keys


def _list_tokens(text: str) -> Iterator["re.Match[str]"]:
    """Go through a text as far as it lies no deeper than JSON is taken: the paths of what lies deep grow with it."""
    depth = 0
    for token in TOKEN.finditer(text):
        depth = max(0, depth + {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0))
        if depth > DEEPEST + 1:
            return
        yield token


def _reaches(token: "re.Match[str]", at: int) -> bool:
    """Say whether a token lies behind the cursor, or is the one that is being typed."""
    if token.start() >= at or at < token.end():
        return True
    return at == token.end() and not _is_closed(token.group())


def _is_closed(token: str) -> bool:
    return token in tuple("{}[]:,") or (token[0] == '"' and len(token) > 1 and token[-1] == '"')


class _Scan:
    def __init__(self, at: int) -> None:
        self.at = at
        self.root = _Frame((), [], _Next.VALUE)
        self.frames = [self.root]
        self.caught: tuple[_Frame, Path, bool, str, int, int] | None = None
        self.is_past = False

    @property
    def spot(self) -> Spot | None:
        if self.caught is None:
            return None
        frame, path, is_key, typed, start, end = self.caught
        document = self.root.members[0] if isinstance(self.root.members, list) else None
        return Spot(path, is_key, typed, start, end, frame.members, document)

    def catch(self, token: "re.Match[str] | None") -> None:
        """Note what the cursor is at, before the token is fed."""
        self.is_past = True
        frame = self.frames[-1]
        if frame is self.root or frame.next not in (_Next.KEY, _Next.VALUE):
            return
        typed, start, end = "", self.at, self.at
        if token and token.start() < self.at:
            start, end = token.span()
            typed = token.group()[: self.at - start].removeprefix('"')
        is_key = frame.next is _Next.KEY
        self.caught = (frame, frame.path if is_key else frame.inner_path, is_key, typed, start, end)

    def feed(self, part: str) -> None:
        frame = self.frames[-1]
        if part in ("{", "["):
            self.open(is_object=part == "{")
        elif part in ("}", "]"):
            self.frames = self.frames[:-1] or [self.root]
        elif part == ",":
            frame.next = _Next.KEY if isinstance(frame.members, dict) else _Next.VALUE
        elif part == ":":
            frame.next = _Next.VALUE
        elif isinstance(frame.members, dict) and frame.next in (_Next.KEY, _Next.COMMA):
            frame.key = str(_read(part))
            frame.put(None)
            frame.next = _Next.COLON
        else:
            frame.put(_read(part))

    def open(self, *, is_object: bool) -> None:
        members: dict[str, Any] | list[Any] = {} if is_object else []
        outer = self.frames[-1]
        path = () if outer is self.root else outer.inner_path
        outer.put(members)
        self.frames.append(_Frame(path, members, _Next.KEY if is_object else _Next.VALUE))


def _read(token: str) -> Any:
    if token in CONSTANTS:
        return CONSTANTS[token]
    if token[0] == '"':
        try:
            return json.loads(token)
        except ValueError:
            return token.strip('"')
    return int(token) if re.fullmatch(r"-?[0-9]{1,100}", token) else token
