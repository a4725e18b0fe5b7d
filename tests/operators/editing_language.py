"""A small kind of document to edit: a kiosk's settings, with one option of each sort."""

from decimal import Decimal
from typing import Any

from operators.documents import read_json
from operators.editing import Language, Remark

KIOSK: dict[str, Any] = {
    "title": "Kiosk",
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "description": "What the kiosk is called.", "x-acts": "launch"},
        "isOpen": {"type": "boolean", "default": False, "description": "Whether it sells.", "x-acts": "launch"},
        "limit": {"$ref": "#/$defs/money", "description": "The most it takes.", "x-acts": "launch"},
        "rate": {"type": "number", "description": "A rate.", "x-acts": "launch"},
        "kind": {"enum": [1, 2, 12], "description": "Which kind it is.", "x-acts": "calls"},
        "modes": {
            "type": "array",
            "items": {"enum": ["DEMO", "REAL"]},
            "description": "What it sells.",
            "x-acts": "launch",
        },
        "games": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Which games.",
            "x-acts": "launch",
        },
        "stakes": {
            "type": "array",
            "items": {"$ref": "#/$defs/money"},
            "description": "Stakes.",
            "x-unit": "cents",
            "x-acts": "launch",
        },
        "countries": {"type": "array", "items": {"$ref": "#/$defs/country"}, "description": "Where it stands."},
        "queue": {
            "type": "object",
            "description": "How it waits.",
            "x-acts": "calls",
            "properties": {
                "tries": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 10, "description": "How often."},
                "isPatient": {"type": "boolean", "description": "Whether it waits long."},
            },
        },
        "coins": {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 1},
            "description": "Coins of its own.",
            "x-unit": "factor",
            "x-acts": "launch",
        },
        "perGame": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "limit": {"$ref": "#/$defs/money", "description": "The most this game takes."},
                    "isOpen": {"type": "boolean", "description": "Whether this game sells."},
                },
            },
            "description": "What holds for single games.",
            "x-acts": "launch",
        },
        "pass": {"type": "string", "x-secret": True, "description": "Its password.", "x-acts": "platform"},
        "stranger": {"type": "string"},
    },
    "$defs": {
        "money": {"type": "integer", "minimum": 1, "x-unit": "cents", "description": "An amount."},
        "country": {
            "enum": ["DE", "FR", *(f"X{number}" for number in range(20))],
            "x-names": {"DE": "Germany", "FR": "France"},
        },
    },
}


def check(text: str) -> list[Remark]:
    document = read_json(text)
    if not isinstance(document.value, dict):
        return [Remark("error", 0, 0, "This is no kiosk.", "Write an object.")]
    remarks = []
    if document.value.get("isOpen") == "yes":
        remarks.append(Remark("error", *document.position_of(("isOpen",)), "isOpen is a text.", "Write true."))
    if document.value.get("rate") == 0:
        remarks.append(Remark("warning", *document.position_of(("rate",)), "rate is nothing.", "Check it."))
    return remarks


def describe(schema: Any, value: Any) -> str:
    if schema.get("x-unit") == "cents" and isinstance(value, int):
        return f"{Decimal(value) / 100:,.2f}"
    if isinstance(value, list):
        meanings = [describe(schema, item) for item in value]
        return ", ".join(meanings) if all(meanings) else ""
    return str(schema.get("x-names", {}).get(value, ""))


LANGUAGE = Language(
    find_schema=lambda _value: KIOSK, check=check, describe=describe, is_secret=lambda path: path[-1:] == ("pass",)
)
