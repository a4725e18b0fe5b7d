"""What there is to say beside a text: what each option does, and what its value means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from operators.documents import Document, Path
from operators.editing.vocabulary import Describe, Schema, find_schema, list_facts


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of the key at a line and column (from 1): its help and facts, and its value's meaning.

    A note on a list's item has a meaning alone.
    """

    line: int
    column: int
    name: str
    help: str
    facts: tuple[str, ...]
    meaning: str


def list_notes(document: Document, root: Schema, describe: Describe) -> list[Note]:
    """Return the notes on all keys that the schema knows, and on items that stand on lines of their own, by place."""
    notes = [*_note_keys(document, root, describe), *_note_items(document, root, describe)]
    return sorted(notes, key=lambda note: (note.line, note.column))


def list_help(text: str, keys: Sequence[tuple[Path, int]], root: Schema, describe: Describe) -> list[Note]:
    """Return notes on the keys of a text that is not JSON yet, by their offsets; nothing in it has a meaning so far."""
    notes = []
    for path, at in keys:
        schema = find_schema(root, path)
        if schema is not None:
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            notes.append(_note((line, column), path, schema, describe))
    return notes


def _note(at: tuple[int, int], path: Path, schema: Schema, describe: Describe, meaning: str = "") -> Note:
    name = ".".join(str(step) for step in path)
    facts = tuple(list_facts(schema, describe))
    return Note(*at, name, str(schema.get("description", "")), facts, meaning)


def find_value(document: Document, path: Path) -> Any:
    """Return the value at a path that is there."""
    value = document.value
    for step in path:
        value = value[step]
    return value


def _note_keys(document: Document, root: Schema, describe: Describe) -> Iterator[Note]:
    for path in document.keys:
        schema = find_schema(root, path)
        if schema is None:
            continue
        value = find_value(document, path)
        silent = isinstance(value, bool | dict) or schema.get("x-secret") or _is_spread(document, path, value)
        meaning = "" if silent else describe(schema, value)
        yield _note(document.position_of_key(path), path, schema, describe, meaning)


def _note_items(document: Document, root: Schema, describe: Describe) -> Iterator[Note]:
    for path, (line, column) in document.places.items():
        if not (path and isinstance(path[-1], int)) or line == document.position_of(path[:-1])[0]:
            continue
        schema = find_schema(root, path)
        meaning = describe(schema, find_value(document, path)) if schema else ""
        if meaning:
            yield Note(line, column, "", "", (), meaning)


def _is_spread(document: Document, path: Path, value: Any) -> bool:
    """Say whether a list's items stand on lines of their own."""
    if not (isinstance(value, list) and value):
        return False
    return document.position_of((*path, 0))[0] != document.position_of(path)[0]
