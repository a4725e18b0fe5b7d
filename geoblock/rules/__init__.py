"""GeoIP rules as such, without a database: what a text says, and what follows from it for one player's place."""

from geoblock.rules.decision import Address, Decision, Lists, Look, Outcome, Rule, VendorCountries, decide, read_address
from geoblock.rules.places import Place, find_name, list_codes
from geoblock.rules.reading import KEYS, Fault, ReadRules, RulesRefused, read_excepted_countries, read_lists, read_rules
from geoblock.rules.schema import rules_schema

__all__ = [
    "KEYS",
    "Address",
    "Decision",
    "Fault",
    "Lists",
    "Look",
    "Outcome",
    "Place",
    "ReadRules",
    "Rule",
    "RulesRefused",
    "VendorCountries",
    "decide",
    "find_name",
    "list_codes",
    "read_address",
    "read_excepted_countries",
    "read_lists",
    "read_rules",
    "rules_schema",
]
