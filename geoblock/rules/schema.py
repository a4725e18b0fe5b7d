"""GeoIP rules as a JSON Schema, in the words that the admin's editor shows: what each list does, codes' names."""

from functools import lru_cache
from typing import Any

from geoblock.rules.places import list_codes
from geoblock.rules.reading import ADDRESSES, BLACK, GRAY, WHITE

LISTS = {
    WHITE: "Where players may open games from: nowhere else. The black list beside it is ignored.",
    BLACK: "Where players may not open games from.",
    GRAY: "Where players may, although the black list or the global rules block it.",
}
NETWORKS = "Addresses and networks that may whatever the lists say, for example of testers."


@lru_cache(maxsize=1)
def rules_schema() -> dict[str, Any]:
    """Return the schema; nobody changes it."""
    codes = list_codes()
    places = {"enum": list(codes), "x-names": codes}
    lists: dict[str, Any] = {
        name: {"type": "array", "items": {"$ref": "#/$defs/place"}, "description": said, "x-acts": "launch"}
        for name, said in LISTS.items()
    }
    lists[ADDRESSES] = {"type": "array", "items": {"type": "string"}, "description": NETWORKS, "x-acts": "launch"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "GeoIP rules",
        "type": "object",
        "additionalProperties": False,
        "properties": lists,
        "$defs": {"place": places},
    }
