"""The options that the schemas describe, and the schema for an account of one protocol type.

Beside JSON Schema's own words an option says in what unit it is (`x-unit`), where it acts (`x-acts`: launch, rounds,
calls, platform), for which protocol types it is made (`x-protocols`, none: all), whether it is a secret (`x-secret`),
ours (`x-house`), what 0 comes to (`x-zero`), and whether it may lose money or open a market (`x-dangerous`).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
ValuePath: TypeAlias = tuple[str | int, ...]

FOLDER = Path(__file__).parent
# What stands for a secret wherever settings are shown; it keeps the one that is stored when it comes back.
MASK = "******"
ACTS = {
    "launch": "at launch",
    "rounds": "on rounds",
    "calls": "on calls",
    "platform": "on the platform's side",
}


def _read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return schema


ANY_TYPE = _read("any_type.json")
TYPES: Mapping[int, Schema] = {
    schema["x-protocolType"]: schema for schema in (_read(path.name) for path in sorted(FOLDER.glob("type_*.json")))
}
PROTOCOL_TYPES: Mapping[int, str] = {number: schema["title"] for number, schema in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: where it stands, and what its schema says of it, with references followed."""

    path: tuple[str, ...]
    schema: Schema

    @property
    def name(self) -> str:
        """Its path in one text, as in delaySettings.shortRetryCount."""
        return ".".join(self.path)

    @property
    def unit(self) -> str:
        """The unit of its numbers: ms, s, times, factor, minor, minor EUR, or empty."""
        return str(self.schema.get("x-unit", ""))

    @property
    def help(self) -> str:
        """What it does, in a sentence or two."""
        return str(self.schema.get("description", ""))

    @property
    def acts(self) -> str:
        """Where it acts."""
        return ACTS[self.schema["x-acts"]]

    @property
    def protocols(self) -> Sequence[int]:
        """The protocol types that it is made for; empty for all."""
        return list(self.schema.get("x-protocols", ()))

    def default_for(self, protocol_type: int | None) -> Any:
        """Return what holds where it is not set; None where nothing is laid down."""
        if protocol_type in self.schema.get("x-default-true-for", ()):
            return True
        return self.schema.get("default")


@cache
def combine_schema(protocol_type: int | None) -> dict[str, Any]:
    """Return one schema for an account: what every type takes, its own type's options, and the others' as strangers.

    An option of other types alone is let in by its JSON type and without its rules: it acts nowhere, and a warning
    says so.
    """
    own = TYPES.get(protocol_type or 0, {})
    strangers = {
        name: {"type": option["type"]}
        for number, schema in TYPES.items()
        if number != protocol_type
        for name, option in schema["properties"].items()
    }
    return {
        **ANY_TYPE,
        "properties": strangers | ANY_TYPE["properties"] | own.get("properties", {}),
        "required": list(own.get("required", ())),
        "additionalProperties": False,
    }


def list_options() -> list[Option]:
    """Return every option: those for all types, then each type's own; game settings stand under defaultSettings."""
    own = [Option((name,), schema) for each in TYPES.values() for name, schema in each["properties"].items()]
    tops = [Option((name,), _follow(schema)) for name, schema in ANY_TYPE["properties"].items()] + own
    options: dict[tuple[tuple[str, ...], str], Option] = {}
    for top in tops:
        for option in _with_inner(top):
            options.setdefault((option.path, json.dumps(option.schema, sort_keys=True)), option)
    return list(options.values())


def find_option(path: ValuePath, protocol_type: int | None = None) -> Option | None:
    """Return the option that a value's path leads to, lists' items and maps' members too; None for a stranger."""
    top = str(path[0]) if path else ""
    own = TYPES.get(protocol_type or 0, ANY_TYPE)
    for schema in [own, ANY_TYPE, *TYPES.values()]:
        if top in schema["properties"]:
            found = _descend(schema["properties"][top], path[1:])
            return Option(tuple(str(part) for part in path), found) if found else None
    return None


def is_secret(path: ValuePath) -> bool:
    """Say whether what stands there is a secret, by its key's name alone: wherever it was put."""
    names = [part for part in path if isinstance(part, str)]
    return bool(names) and names[-1].casefold() in SECRET_NAMES


def is_dangerous(path: ValuePath) -> bool:
    """Say whether a change there may lose money or open a market."""
    paths = (path[:length] for length in range(1, len(path) + 1))
    return any(option.schema.get("x-dangerous", False) for option in map(find_option, paths) if option)


def name_path(path: ValuePath) -> str:
    """Write a path as people do: delaySettings.shortRetryCount, allowedGames[0]."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "The whole"


def _follow(schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return {**ANY_TYPE["$defs"][re.sub(r"^#/\$defs/", "", reference)], **schema}


def _with_inner(option: Option) -> Iterator[Option]:
    yield option
    if option.path[0] in {"demoSettings", "defaultGameSpecificSettings"}:
        return
    for name, schema in option.schema.get("properties", {}).items():
        yield from _with_inner(Option((*option.path, name), _inherit(option.schema, _follow(schema))))


def _inherit(outer: Schema, inner: Schema) -> Schema:
    return {**inner, **({"x-protocols": outer["x-protocols"]} if "x-protocols" in outer else {})}


def _descend(schema: Schema, path: ValuePath) -> Schema | None:
    followed = _follow(schema)
    if not path:
        return followed
    step, rest = path[0], path[1:]
    inner = followed.get("items") if isinstance(step, int) else followed.get("properties", {}).get(step)
    more = followed.get("additionalProperties")
    if inner is None and isinstance(more, dict):
        inner = more
    if inner is None:
        return None
    unit = {name: followed[name] for name in ("x-unit",) if name in followed}
    found = _descend(inner, rest)
    return found and {**unit, **found}


SECRET_NAMES = {option.path[-1].casefold() for option in list_options() if option.schema.get("x-secret", False)}
