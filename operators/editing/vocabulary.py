"""What a JSON Schema says of the value at a place, in JSON Schema's words and in ours (`x-unit`, `x-acts`, …)."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from operators.documents import Path, write_json

Schema: TypeAlias = Mapping[str, Any]
# Says what a value of a schema means, or nothing.
Describe: TypeAlias = Callable[[Schema, Any], str]

UNITS = {
    "ms": "In milliseconds",
    "s": "In seconds",
    "minor EUR": "In minor units of the euro (cents)",
    "minor": "In minor units (hundredths) of the currency",
    "factor": "A factor",
    "times": "",
}
ACTS = {
    "launch": "At launch",
    "rounds": "On rounds",
    "calls": "On calls",
    "platform": "On the platform's side",
}
INNER_KINDS = {"object": "{}", "array": "[]", "string": '""'}


def follow(schema: Schema, root: Schema) -> Schema:
    """Return a schema with its reference into the root's `$defs` followed; what stands beside the reference wins."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = root["$defs"][reference.removeprefix("#/$defs/")]
    return {**follow(target, root), **{name: said for name, said in schema.items() if name != "$ref"}}


def find_schema(root: Schema, path: Path) -> Schema | None:
    """Return what is said of the value at a path; None where nothing is. A container's unit is its members' too."""
    schema = follow(root, root)
    for step in path:
        inner = _find_member(schema, step)
        if inner is None:
            return None
        unit = {"x-unit": schema["x-unit"]} if "x-unit" in schema else {}
        schema = {**unit, **follow(inner, root)}
    return schema


def _find_member(schema: Schema, step: str | int) -> Schema | None:
    inner = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
    more = schema.get("additionalProperties")
    if inner is None and isinstance(step, str) and isinstance(more, Mapping):
        inner = more
    return inner if isinstance(inner, Mapping) else None


def name_value(schema: Schema, value: Any) -> str:
    """Return the name of what a value stands for, as `x-names` has it; empty where it has none."""
    return str(schema.get("x-names", {}).get(value, "")) if isinstance(value, str | int) else ""


def list_facts(schema: Schema, describe: Describe) -> list[str]:
    """Say what else there is to know of an option beside its help: unit, range, choices, default, where it acts."""
    unit = str(schema.get("x-unit", "times"))
    facts = [UNITS.get(unit, f"In {unit}"), *_say_bounds(schema)]
    choices = schema.get("enum") or schema.get("items", {}).get("enum", [])
    if 0 < len(choices) <= 15:
        facts.append("One of " if "enum" in schema else "Any of ")
        facts[-1] += ", ".join(str(choice) for choice in choices)
    if "default" in schema:
        facts.append(f"Default: {say_value(schema, schema['default'], describe)}")
    if "x-acts" in schema:
        where = ACTS[schema["x-acts"]]
        facts.append(f"Acts {where[0].lower()}{where[1:]}")
    return [fact for fact in facts if fact]


def _say_bounds(schema: Schema) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return [f"From {low:,} to {high:,}"]
    if low is not None:
        return [f"At least {low:,}"]
    return [f"At most {high:,}"] if high is not None else []


def say_value(schema: Schema, value: Any, describe: Describe) -> str:
    """Write a value as a person reads it, with its meaning where it has one."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "none"
    meaning = describe(schema, value)
    return f"{write_json(value, None)} ({meaning})" if meaning else write_json(value, None)


def make_skeleton(schema: Schema) -> str:
    """Return JSON to start from where a value is still missing; empty for a number without a default."""
    for word in ("default", "x-usual"):
        if word in schema and not isinstance(schema[word], list | dict):
            return write_json(schema[word], None)
    if schema.get("type") == "boolean":
        return "true"
    return INNER_KINDS.get(str(schema.get("type")), "")
