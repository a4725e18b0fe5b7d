"""What may be typed at a place: keys, with what they do, and values."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from operators.documents import write_json
from operators.editing.scanning import Spot
from operators.editing.vocabulary import Describe, Schema, find_schema, follow, list_facts, make_skeleton, name_value

MOST = 300


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to insert: how it is called, the JSON, where in it the cursor goes, and what is to be said of it."""

    label: str
    insert: str
    caret: int
    sort: str
    help: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What may replace the text between two offsets."""

    start: int
    end: int
    suggestions: tuple[Suggestion, ...]


def suggest(root: Schema, text: str, spot: Spot, describe: Describe) -> Offer:
    """Return what may stand at a spot, at most 300 suggestions, in the schema's order."""
    found = _suggest_keys(root, text, spot, describe) if spot.is_key else _suggest_values(root, spot, describe)
    return Offer(spot.start, spot.end, tuple(islice(found, MOST)))


def _suggest_keys(root: Schema, text: str, spot: Spot, describe: Describe) -> Iterator[Suggestion]:
    schema = find_schema(root, spot.path) or {}
    behind = text[spot.end :].lstrip()
    for name, inner in schema.get("properties", {}).items():
        said = follow(inner, root)
        is_taken = name in spot.siblings and name != spot.typed
        if is_taken or not ("description" in said or name == spot.typed):
            continue
        insert, caret = _write_member(name, said, behind)
        facts = tuple(list_facts(said, describe))
        kind = _name_kind(said)
        yield Suggestion(name, insert, caret, kind, str(said.get("description", "")), facts)


def _write_member(name: str, schema: Schema, behind: str) -> tuple[str, int]:
    key = write_json(name, None)
    if behind.startswith(":"):
        return key, len(key)
    member = f"{key}: {make_skeleton(schema)}"
    inside = len(member) - 1 if member.endswith(("{}", "[]", '""')) else len(member)
    return member + ("," if behind.startswith('"') else ""), inside


def _name_kind(schema: Schema) -> str:
    names = {"boolean": "true or false", "integer": "number", "array": "list", "string": "text"}
    return "secret" if schema.get("x-secret") else names.get(str(schema.get("type")), str(schema.get("type", "")))


def _suggest_values(root: Schema, spot: Spot, describe: Describe) -> Iterator[Suggestion]:
    schema = find_schema(root, spot.path)
    if schema is None or schema.get("x-secret"):
        return
    listed = spot.siblings if isinstance(spot.siblings, list) else []
    for value in _list_values(schema):
        name = name_value(schema, value)
        label = f"{value} {name}" if name else write_json(value, None)
        if (value in listed and value != spot.typed) or not _begins(label, spot.typed):
            continue
        insert = write_json(value, None)
        caret = len(insert) - 1 if insert in ("{}", "[]", '""') else len(insert)
        meaning = "" if name else describe(schema, value)
        yield Suggestion(label, insert, caret, meaning, str(schema.get("description", "")))


def _list_values(schema: Schema) -> list[Any]:
    values = list(schema.get("enum", ()))
    if not values and schema.get("type") == "boolean":
        values = [True, False]
    others = [schema[word] for word in ("default", "x-usual") if word in schema]
    values += [value for value in [*others, *schema.get("examples", ())] if value not in values]
    empty: dict[str, Any] = {"object": {}, "array": []}
    return values or [empty[kind] for kind in [schema.get("type")] if kind in empty]


def _begins(label: str, typed: str) -> bool:
    """Say whether one of a label's words begins with what was typed; all of them where nothing was."""
    words = [label.strip('"'), *label.split()]
    return any(word.casefold().startswith(typed.casefold()) for word in words)
