"""Operators' settings for the JSON editor: the schema of their protocol type, and what is wrong or odd about a text."""

from collections.abc import Mapping
from typing import Any

from operators.editing import Language, Remark, name_value
from operators.models import Operator
from operators.schemas import MASK, PROTOCOL_TYPES, Option, combine_schema, describe_value, is_secret
from operators.schemas.checking import read_protocol_type
from operators.schemas.options import TYPES
from operators.services.settings import SettingsRefused, read_settings


def describe_settings(operator: Operator) -> Language:
    """Return the language in which an operator's settings are written; some faults depend on what it has."""

    def check(text: str) -> list[Remark]:
        try:
            warnings = read_settings(operator=operator, text=text).warnings
        except SettingsRefused as refused:
            return [Remark("error", each.line, each.column, each.problem, each.remedy) for each in refused.faults]
        return [Remark("warning", each.line, each.column, each.problem, each.remedy) for each in warnings]

    return Language(find_schema=find_schema, check=check, describe=describe, is_secret=is_secret, mask=MASK)


def find_schema(settings: Any) -> dict[str, Any]:
    """Return the schema for the protocol type that settings name, with that type's defaults and section."""
    protocol_type = read_protocol_type(settings)
    schema = combine_schema(protocol_type)
    own = TYPES[protocol_type]["properties"] if protocol_type else {}
    first: dict[str, Any] = {"protocolType": {**schema["properties"]["protocolType"], "x-names": PROTOCOL_TYPES}}
    ordered = first | {name: schema["properties"][name] for name in own} | schema["properties"] | first
    section = PROTOCOL_TYPES.get(protocol_type or 0, "Protocol")
    return {
        **schema,
        "properties": {
            name: _with_default(name, {**said, "x-section": section} if name in first | own else said, protocol_type)
            for name, said in ordered.items()
        },
    }


def _with_default(name: str, said: Mapping[str, Any], protocol_type: int | None) -> Mapping[str, Any]:
    if "default" not in said:
        return said
    return {**said, "default": Option((name,), said).default_for(protocol_type)}


def describe(schema: Mapping[str, Any], value: Any) -> str:
    """Say what a value means, or the name of what it stands for."""
    return name_value(schema, value) or describe_value(Option((), schema), value)
