"""Mend text that is almost JSON. What comes out is a proposal to show, never something to save unseen."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import zip_longest

from operators.documents.reading import CONSTANTS, DOUBLE_QUOTES, LONGEST, SINGLE_QUOTES, STRING, JsonFault, read_json

BLANK = re.compile(r"[\s\u200b\ufeff]+")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|#[^\n]*", re.DOTALL)
WORD = re.compile(r"[\w$.+\-]+")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
NAME = re.compile(r"[^\W\d][\w$.\-]*")
PYTHON = {"True": "true", "False": "false", "None": "null"}
CLOSING = {"{": "}", "[": "]"}
# What may follow a text's closing quotation mark; with a quotation mark, a comma was forgotten.
AFTER = re.compile(r"[\s\u200b\ufeff]*(?:[,:}\]]|//|/\*|#|\Z)")
AFTER_STRAIGHT = re.compile(rf"[\s\u200b\ufeff]*(?:[,:}}\]\"{DOUBLE_QUOTES}{SINGLE_QUOTES}]|//|/\*|#|\Z)")


class _Kind(Enum):
    BLANK = auto()
    COMMENT = auto()
    MARK = auto()
    STRING = auto()
    WORD = auto()


@dataclass(slots=True)
class _Token:
    kind: _Kind
    text: str


class _Hopeless(Exception):
    """The text is too far from JSON to guess what was meant."""


def propose_repair(text: str) -> str | None:
    """Return JSON that says what a text was meant to say, laid out as it was; None where it is JSON, or hopeless.

    Mends typographic, single and missing quotation marks, missing and surplus commas, comments, Python's constants,
    brackets left open at the end, and objects that follow each other. No key and no value is added or left out: one
    that comes twice is not decided here.
    """
    if len(text) > LONGEST or _is_json(text):
        return None
    try:
        mended = _mend([token for token in _scan(text) if token.kind is not _Kind.COMMENT])
    except _Hopeless:
        return None
    return mended if _is_json(mended) else None


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except JsonFault:
        return False
    return True


def _scan(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        token, at = _scan_one(text, at)
        yield token


def _scan_one(text: str, at: int) -> tuple[_Token, int]:
    if found := BLANK.match(text, at):
        return _Token(_Kind.BLANK, re.sub(r"[^ \t\r\n]", " ", found.group())), found.end()
    if found := COMMENT.match(text, at):
        return _Token(_Kind.COMMENT, ""), found.end()
    if text[at] in "{}[],:":
        return _Token(_Kind.MARK, text[at]), at + 1
    if text[at] in '"' + DOUBLE_QUOTES + SINGLE_QUOTES:
        return _scan_string(text, at)
    if found := WORD.match(text, at):
        return _Token(_Kind.WORD, found.group()), found.end()
    raise _Hopeless


def _scan_string(text: str, at: int) -> tuple[_Token, int]:
    found = STRING.match(text, at)
    if found and AFTER_STRAIGHT.match(text, found.end()):
        return _Token(_Kind.STRING, found.group()), found.end()
    quotes = SINGLE_QUOTES if text[at] in SINGLE_QUOTES else '"' + DOUBLE_QUOTES
    for end in range(at + 1, len(text)):
        if text[end] == "\n":
            break
        if text[end] in quotes and AFTER.match(text, end + 1):
            return _Token(_Kind.STRING, _quote(text[at + 1 : end])), end + 1
    raise _Hopeless


def _quote(inside: str) -> str:
    try:
        return json.dumps(json.loads(f'"{inside}"'), ensure_ascii=False)
    except ValueError:
        return json.dumps(inside.replace("\\'", "'"), ensure_ascii=False)


def _mend(tokens: list[_Token]) -> str:
    solid = [number for number, token in enumerate(tokens) if token.kind is not _Kind.BLANK]
    open_marks: list[str] = []
    for this, following in zip_longest(solid, solid[1:]):
        token, next_token = tokens[this], tokens[following] if following is not None else None
        _mend_word(token, next_token)
        _follow(open_marks, token)
        if _ends_value(token) and next_token:
            _join(open_marks, token, next_token)
        elif token.text == "," and (next_token is None or next_token.text in ("}", "]")):
            token.text = ""
    mended = "".join(token.text for token in tokens).strip()
    return mended + "".join(CLOSING[mark] for mark in reversed(open_marks))


def _mend_word(token: _Token, following: _Token | None) -> None:
    if token.kind is not _Kind.WORD:
        return
    is_key = following is not None and following.text == ":"
    if not is_key and (token.text in CONSTANTS or NUMBER.fullmatch(token.text)):
        return
    if not is_key and token.text in PYTHON:
        token.text = PYTHON[token.text]
    elif NAME.fullmatch(token.text):
        token.kind, token.text = _Kind.STRING, json.dumps(token.text, ensure_ascii=False)
    else:
        raise _Hopeless


def _follow(open_marks: list[str], token: _Token) -> None:
    if token.kind is not _Kind.MARK:
        return
    if token.text in CLOSING:
        open_marks.append(token.text)
    elif token.text in CLOSING.values() and (not open_marks or CLOSING[open_marks.pop()] != token.text):
        raise _Hopeless


def _ends_value(token: _Token) -> bool:
    return token.kind in (_Kind.STRING, _Kind.WORD) or token.text in ("}", "]")


def _join(open_marks: list[str], token: _Token, following: _Token) -> None:
    """Put a comma where two values meet; at the outermost level, make one object of two."""
    if following.kind is _Kind.MARK and following.text not in CLOSING:
        return
    if open_marks:
        token.text += ","
    elif token.text == "}" and following.text == "{":
        token.text, following.text = ",", ""
        open_marks.append("{")
        following.kind = _Kind.BLANK
