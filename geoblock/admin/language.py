"""GeoIP rules for the JSON editor: the schema, codes in words, and everything there is to remark on a text."""

from typing import Any

from django.utils import timezone

from geoblock.rules import ReadRules, RulesRefused, find_name, read_rules, rules_schema
from geoblock.selectors.locations import find_database_standing
from operators.editing import Language, Remark


def check_rules(text: str) -> list[Remark]:
    """Return the faults of a text, or what is odd about rules that can be saved."""
    try:
        read = read_rules(text)
    except RulesRefused as refused:
        return [Remark("error", fault.line, fault.column, fault.problem, fault.remedy) for fault in refused.faults]
    return [Remark("warning", 0, 0, notice) for notice in list_notices(read)]


def list_notices(read: ReadRules) -> list[str]:
    """Return what whoever typed the rules should know, what the database cannot tell included."""
    lists = read.lists
    regions = sorted(code for code in (lists.white or frozenset()) | lists.black | lists.gray if "-" in code)
    if not regions or find_database_standing(timezone.now()).has_regions:
        return list(read.notices)
    told = f"{regions[0]} and {len(regions) - 1} more are regions" if len(regions) > 1 else f"{regions[0]} is a region"
    return [*read.notices, f"{told}, and the GeoIP database tells countries alone: nobody is found to be there."]


def describe(schema: Any, value: Any) -> str:
    """Say a code's name, or those of a list."""
    if isinstance(value, list):
        return ", ".join(name for item in value if (name := describe(schema, item)))
    return (find_name(value.strip().upper()) or "") if isinstance(value, str) else ""


def _find_schema(_value: Any) -> dict[str, Any]:
    return rules_schema()


RULES: Language = Language(find_schema=_find_schema, check=check_rules, describe=describe)
