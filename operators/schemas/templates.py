"""Settings to start from: one set for each protocol type, and one for a social casino."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operators.schemas.options import PROTOCOL_TYPES, TYPES, Schema

LARGEST_EXPOSURE = 10**17


@dataclass(frozen=True, slots=True)
class Template:
    """A name and the settings; what has to be filled in is an empty text, or an example."""

    name: str
    settings: Mapping[str, Any]


def _fill(schema: Schema) -> Any:
    if "properties" in schema:
        return {name: _fill(inner) for name, inner in schema["properties"].items()}
    return schema.get("x-usual") or next(iter(schema.get("examples", [])), "")


def _make(number: int, title: str) -> Template:
    schema = TYPES[number]
    needed = {name: _fill(schema["properties"][name]) for name in schema.get("required", ())}
    return Template(f"Protocol type {number}: {title}", {"protocolType": number, **needed})


TEMPLATES: Mapping[str, Template] = {
    **{f"type-{number}": _make(number, title) for number, title in PROTOCOL_TYPES.items()},
    "social": Template(
        "Social casino",
        {
            "isSocial": True,
            "defaultSettings": {"maxExposure": LARGEST_EXPOSURE, "displayCurrency": False},
            "useFixedCurrency": "COIN",
            "allowCustomStakes": True,
        },
    ),
}
