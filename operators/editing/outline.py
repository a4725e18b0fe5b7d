"""A document as a form: which inputs there are, what stands in each, and what can be shown in the text alone."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from operators.documents import Path, write_json
from operators.editing.vocabulary import ACTS, Describe, Schema, follow, list_facts, name_value, say_value

MOST_BOXES = 12
# Rows beyond these would make the form slow, and nobody reads them there.
MOST_ROWS = 100
# What a number looks like in its input: all its digits.
Plain = bool | int | Decimal | str


class Kind(StrEnum):
    """How a value is asked for."""

    SWITCH = "switch"
    CHOICE = "choice"
    BOXES = "boxes"
    NUMBER = "number"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 (a kind of input)
    LINES = "lines"
    ROWS = "rows"
    GROUP = "group"
    TEXT_ONLY = "text_only"


@dataclass(frozen=True, slots=True)
class Row:
    """A member of a map: its key, and how its value is asked for."""

    key: str
    field: "Field"


@dataclass(frozen=True, slots=True)
class Field:
    """One option: the path of keys to it, what is said of it, and what it holds.

    `texts` are the values in it as texts: one, or a list's items; none where it is not set.
    """

    path: tuple[str, ...]
    kind: Kind
    help: str
    facts: tuple[str, ...]
    texts: tuple[str, ...] = ()
    meaning: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    members: tuple["Field", ...] = ()
    rows: tuple[Row, ...] = ()
    strangers: tuple[str, ...] = ()
    is_required: bool = False
    is_nested: bool = False

    @property
    def name(self) -> str:
        """The path as a JSON list, letter for letter as a browser writes it."""
        return json.dumps(self.path, ensure_ascii=False, separators=(",", ":"))

    @property
    def anchor(self) -> str:
        """An id for its input."""
        return "option-" + "-".join("".join(key.split()) for key in self.path)

    @property
    def label(self) -> str:
        """The last key."""
        return self.path[-1] if self.path else ""

    @property
    def text(self) -> str:
        """What a single input holds; a list's items one a line."""
        return "\n".join(self.texts)

    @property
    def is_set(self) -> bool:
        """Whether the document has it."""
        return bool(self.texts or self.rows or self.strangers or any(member.is_set for member in self.members))


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that act at the same place."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class _Outliner:
    root: Schema
    describe: Describe
    is_secret: Callable[[Path], bool]
    mask: str

    def build(self, path: tuple[str, ...], schema: Schema, value: Any, *, is_required: bool = False) -> Field:
        """Return how a value is asked for; `value` is None where it is not set."""
        kind = find_kind(schema, self.root)
        if self.is_secret(path) and kind is Kind.TEXT:
            kind = Kind.SECRET
        if value is not None and not _fits(kind, value):
            kind = Kind.TEXT_ONLY
        default = say_value(schema, schema["default"], self.describe) if "default" in schema else ""
        elsewhere = ("Default",) if "x-section" in schema else ("Default", "Acts")
        facts = tuple(fact for fact in list_facts(schema, self.describe) if not fact.startswith(elsewhere))
        filled = getattr(self, f"fill_{kind}", self.fill_plain)(path, schema, value)
        told: dict[str, Any] = {"help": str(schema.get("description", "")), "facts": facts, "default": default}
        return Field(path=path, kind=kind, is_required=is_required, **told, **filled)

    def fill_plain(self, _path: Path, schema: Schema, value: Any) -> dict[str, Any]:
        """A single value, or a list of single ones."""
        choices = self.list_choices(schema)
        if value is None:
            return {"choices": choices}
        texts = tuple(map(_write, value if isinstance(value, list) else [value]))
        if choices:
            choices += tuple((text, text) for text in texts if text not in dict(choices))
        meaning = "" if choices or isinstance(value, bool) else self.describe(schema, value)
        return {"texts": texts, "meaning": meaning, "choices": choices}

    def fill_secret(self, _path: Path, _schema: Schema, value: Any) -> dict[str, Any]:
        """Never the secret itself, not even one that was just typed."""
        return {"texts": (self.mask,) if value else ()}

    def fill_text_only(self, _path: Path, _schema: Schema, _value: Any) -> dict[str, Any]:
        """Nothing of what cannot be shown."""
        return {"strangers": ("",)}

    def fill_group(self, path: tuple[str, ...], schema: Schema, value: Any) -> dict[str, Any]:
        """An object's members that the schema names, and the names of the others."""
        known = schema.get("properties", {})
        members, required = value or {}, schema.get("required", ())
        fields = [
            self.build((*path, name), followed, members.get(name), is_required=name in required)
            for name, followed in self.list_members(schema)
            if "description" in followed or name in members
        ]
        strangers = tuple(name for name in members if name not in known)
        return {"members": tuple(fields), "strangers": strangers}

    def fill_rows(self, path: tuple[str, ...], schema: Schema, value: Any) -> dict[str, Any]:
        """A map's members, whatever their keys."""
        inner = follow(schema["additionalProperties"], self.root)
        unit = {"x-unit": schema["x-unit"]} if "x-unit" in schema else {}
        rows = tuple(Row(key, self.build((*path, key), {**unit, **inner}, item)) for key, item in (value or {}).items())
        return {"rows": rows, "is_nested": find_kind(inner, self.root) is Kind.GROUP}

    def list_members(self, schema: Schema) -> Iterator[tuple[str, Schema]]:
        """Yield an object's properties with their references followed, and the object's unit."""
        unit = {"x-unit": schema["x-unit"]} if "x-unit" in schema else {}
        for name, inner in schema.get("properties", {}).items():
            yield name, {**unit, **follow(inner, self.root)}

    def list_choices(self, schema: Schema) -> tuple[tuple[str, str], ...]:
        """Return the values that can be chosen, each with its name."""
        items = follow(schema.get("items", schema), self.root)
        if len(items.get("enum", ())) > MOST_BOXES and "items" in schema:
            return ()
        said = [(choice, name_value(items, choice)) for choice in items.get("enum", ())]
        return tuple((_write(choice), f"{_write(choice)} {name}".strip()) for choice, name in said)


def outline(
    root: Schema, value: Mapping[str, Any], *, describe: Describe, is_secret: Callable[[Path], bool], mask: str
) -> tuple[list[Section], tuple[str, ...]]:
    """Return the form of an object in sections, and the keys that only the text can show.

    A section is named by `x-section`, or else by where its options act. A secret's input holds the mask.
    """
    schema = follow(root, root)
    whole = _Outliner(root, describe, is_secret, mask).build((), schema, value)
    titles = [_title(schema, each.path[0], root) for each in whole.members]
    named = [str(said["x-section"]) for said in schema.get("properties", {}).values() if "x-section" in said]
    sections = [
        Section(title, tuple(each for each, own in zip(whole.members, titles, strict=True) if own == title))
        for title in dict.fromkeys([*named, *ACTS.values(), *titles])
        if title in titles
    ]
    return sections, whole.strangers


def _title(schema: Schema, name: str, root: Schema) -> str:
    said = follow(schema["properties"][name], root)
    otherwise = ACTS.get(said.get("x-acts", ""), str(schema.get("title", "Options")))
    return str(said.get("x-section", otherwise))


def find_kind(schema: Schema, root: Schema) -> Kind:
    """Say how a value of a schema is asked for."""
    kinds = {"boolean": Kind.SWITCH, "integer": Kind.NUMBER, "number": Kind.NUMBER, "string": Kind.TEXT}
    if "enum" in schema:
        return Kind.CHOICE
    if schema.get("type") == "array":
        return _find_list_kind(follow(schema.get("items", {}), root), root)
    if schema.get("type") == "object":
        is_map = "properties" not in schema and isinstance(schema.get("additionalProperties"), Mapping)
        return Kind.ROWS if is_map else Kind.GROUP
    return kinds.get(str(schema.get("type")), Kind.TEXT_ONLY)


def _find_list_kind(items: Schema, root: Schema) -> Kind:
    if 0 < len(items.get("enum", ())) <= MOST_BOXES:
        return Kind.BOXES
    if "enum" in items or find_kind(items, root) in (Kind.NUMBER, Kind.TEXT):
        return Kind.LINES
    return Kind.TEXT_ONLY


def _fits(kind: Kind, value: Any) -> bool:
    """Say whether an input of the kind can show the value and bring it back as it is."""
    if kind in (Kind.GROUP, Kind.ROWS):
        return isinstance(value, dict) and (kind is Kind.GROUP or len(value) <= MOST_ROWS)
    if kind is Kind.SWITCH:
        return isinstance(value, bool)
    if kind in (Kind.TEXT, Kind.SECRET):
        return isinstance(value, str) and len(value.splitlines()) <= 1
    if kind is Kind.NUMBER:
        return _is_number(value)
    if kind in (Kind.LINES, Kind.BOXES):
        return isinstance(value, list) and (all(map(_is_line, value)) or all(map(_is_number, value)))
    return isinstance(value, str) or _is_number(value)


def _is_line(item: Any) -> bool:
    return isinstance(item, str) and item.strip() == item != "" and len(item.splitlines()) == 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _write(value: Plain) -> str:
    return value if isinstance(value, str) else write_json(value, None)
