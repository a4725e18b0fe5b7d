"""What is done in a form, done to the document: its other parts stay as they are, and its keys in their order."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from operators.documents import JsonFault, read_json
from operators.editing.outline import Kind, find_kind
from operators.editing.vocabulary import Schema, find_schema, follow, make_skeleton

Objects = dict[str, Any]


class Act(StrEnum):
    """What can be done: a value set (or taken away, when it is emptied), a map's member added, renamed or removed."""

    SET = "set"
    ADD = "add"
    RENAME = "rename"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """An act on the value at a path of keys, with what was typed or chosen."""

    path: tuple[str, ...]
    act: Act
    texts: tuple[str, ...] = ()


class Unfit(Exception):
    """What was typed cannot stand there; the message says what can."""


def apply_change(root: Schema, value: Objects, change: Change) -> Objects:
    """Return the document after a change.

    :raises Unfit: it cannot be made.
    """
    changed = deepcopy(value)
    if change.act is Act.SET:
        _set(root, changed, change)
    elif change.act is Act.ADD:
        _add(root, changed, change)
    elif change.act is Act.RENAME:
        _rename(changed, change)
    else:
        _remove(root, changed, change.path)
    return changed


def _set(root: Schema, document: Objects, change: Change) -> None:
    schema = find_schema(root, change.path)
    if schema is None or not change.path:
        raise Unfit("Only the text can hold this.")
    value = _read(schema, change.texts, root)
    if value is None:
        _remove(root, document, change.path)
    else:
        _open(document, change.path[:-1])[change.path[-1]] = value


def _read(schema: Schema, texts: tuple[str, ...], root: Schema) -> Any:
    """Return the value that was meant; None where nothing was typed."""
    kind, text = find_kind(schema, root), "\n".join(texts)
    items = follow(schema.get("items", {}), root)
    if kind in (Kind.ROWS, Kind.GROUP, Kind.TEXT_ONLY):
        raise Unfit("Only the text can hold this.")
    if kind is Kind.LINES:
        return [_read_single(items, line.strip()) for line in text.splitlines() if line.strip()] or None
    if kind is Kind.BOXES:
        return [_read_single(items, each) for each in texts] or None
    return _read_single(schema, text) if text else None


def _read_single(schema: Schema, text: str) -> Any:
    for choice in schema.get("enum", ()):
        if str(choice) == text:
            return choice
    if schema.get("type") == "boolean":
        return text == "true"
    if schema.get("type") in ("integer", "number"):
        return _read_number(text.strip(), is_whole=schema["type"] == "integer")
    return text


def _read_number(text: str, *, is_whole: bool) -> int | Decimal:
    try:
        number: int | Decimal | None = read_json(text).value
    except JsonFault:
        number = None
    if isinstance(number, bool) or not isinstance(number, int if is_whole else int | Decimal):
        raise Unfit(f"“{text}” is not a {'whole ' if is_whole else ''}number: write digits, without separators.")
    return number


def _add(root: Schema, document: Objects, change: Change) -> None:
    key, *typed = change.texts
    key = key.strip()
    schema = find_schema(root, (*change.path, key))
    if not key:
        raise Unfit("Write what it is for first.")
    if schema is None:
        raise Unfit("Only the text can hold this.")
    members = _open(document, change.path)
    if key in members:
        raise Unfit(f"“{key}” is here already.")
    if find_kind(schema, root) is Kind.GROUP:
        members[key] = {}
    else:
        members[key] = _read(schema, tuple(text for text in typed if text), root)
        if members[key] is None:
            members[key] = read_json(make_skeleton(schema) or str(schema.get("minimum", 0))).value


def _rename(document: Objects, change: Change) -> None:
    old, new = change.path[-1], change.texts[0].strip()
    members = _open(document, change.path[:-1])
    if not new:
        raise Unfit("Write what it is for, or remove it.")
    if new != old and new in members:
        raise Unfit(f"“{new}” is here already.")
    renamed = {new if key == old else key: value for key, value in members.items()}
    members.clear()
    members.update(renamed)


def _remove(root: Schema, document: Objects, path: tuple[str, ...]) -> None:
    """Take a key away, and the objects around it that are empty then; what a map's member holds may stay empty."""
    members = _open(document, path[:-1])
    members.pop(path[-1], None)
    outer = find_schema(root, path[:-2]) if len(path) > 1 else None
    if not members and outer and path[-2] in outer.get("properties", {}):
        _remove(root, document, path[:-1])


def _open(document: Objects, path: tuple[str, ...]) -> Objects:
    """Return the object at a path, made where there is none."""
    members: Any = document
    for step in path:
        members = members.setdefault(step, {})
        if not isinstance(members, Mapping):
            raise Unfit(f"In the text, {step} is no object: mend it there.")
    opened: Objects = members
    return opened
