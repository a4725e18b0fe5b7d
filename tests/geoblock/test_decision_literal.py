"""The decision beside a slow reading of document 002, sentence by sentence, with what this house decided about it.

The reading shares nothing with the rules' own code: it takes the JSON as it was typed.
"""

import ipaddress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from geoblock.rules import Look, Outcome, VendorCountries, decide, read_lists

COUNTRIES = ["DE", "US", "CA", "NL"]
REGIONS = ["DE-BB", "US-TX", "US-NY", "CA-QC", "CA-ON"]
ADDRESSES = ["203.0.113.7", "203.0.113.200", "198.51.100.1", "2001:db8::1", "2001:db8:1::1"]
NETWORKS = ["203.0.113.0/25", "203.0.113.7", "198.51.100.1/32", "2001:db8::/48", "2001:db8::1", "0.0.0.0/0"]

Rules = dict[str, list[str]]


def is_on(codes: list[str], country: str, region: str) -> bool:
    return any(code in (country, region) for code in codes if code)


def is_allowed_address(rules: Rules, address: str) -> bool:
    asked = ipaddress.ip_address(address)
    for entry in rules.get("allowedIPList", []):
        base, _, length = entry.partition("/")
        first = ipaddress.ip_address(base)
        shift = first.max_prefixlen - int(length or first.max_prefixlen)
        if first.version == asked.version and int(first) >> shift == int(asked) >> shift:
            return True
    return False


def blocks(rules: Rules, address: str, country: str, region: str) -> bool:
    """Whether one set of rules, read by itself, blocks."""
    if is_allowed_address(rules, address):
        return False
    if "whiteList" in rules:
        return not is_on(rules["whiteList"], country, region)
    if is_on(rules.get("blackList", []), country, region):
        return not is_on(rules.get("grayList", []), country, region)
    return False


def may_play(rules: Rules, global_rules: Rules, address: str, country: str, region: str) -> bool:
    """What the operator's and the global rules say of a known country."""
    if is_allowed_address(rules, address):
        return True
    if blocks(rules, address, country, region):
        return False
    if is_on(rules.get("grayList", []), country, region):
        return True
    return not blocks(global_rules, address, country, region)


def may_play_from_anywhere(
    *, rules: Rules, global_rules: Rules, vendor: dict[str, list[str]], address: str, real: bool, strict: bool
) -> bool:
    """What holds where no country is known."""
    if is_allowed_address(rules, address) or not (real and strict):
        return True
    mine = "whiteList" in rules or bool(rules.get("blackList"))
    if not mine and is_allowed_address(global_rules, address):
        return True
    everybodys = "whiteList" in global_rules or bool(global_rules.get("blackList"))
    vendors = vendor["prohibited"] or [code for code in vendor["restricted"] if code not in vendor["excepted"]]
    return not (mine or everybodys or vendors)


def vendor_lets(vendor: dict[str, list[str]], country: str, region: str) -> bool:
    if is_on(vendor["prohibited"], country, region):
        return False
    return not is_on(vendor["restricted"], country, region) or is_on(vendor["excepted"], country, region)


codes = st.lists(st.sampled_from(COUNTRIES + REGIONS), max_size=4, unique=True)
networks = st.lists(st.sampled_from(NETWORKS), max_size=2, unique=True)
rule_sets = st.fixed_dictionaries(
    {}, optional={"whiteList": codes, "blackList": codes, "grayList": codes, "allowedIPList": networks}
)
vendors = st.fixed_dictionaries(dict.fromkeys(("prohibited", "restricted", "excepted"), codes))
places = st.one_of(
    st.just(("", "")),
    st.tuples(st.sampled_from(COUNTRIES), st.just("")),
    st.sampled_from(REGIONS).map(lambda region: (region[:2], region)),
)


@settings(max_examples=1500, deadline=None)
@given(
    rules=rule_sets,
    global_rules=rule_sets,
    vendor=vendors | st.just({"prohibited": [], "restricted": [], "excepted": []}),
    address=st.sampled_from(ADDRESSES),
    place=places,
    real=st.booleans(),
    strict=st.booleans(),
)
def test_decision_is_that_of_the_literal_reading(
    *, rules: Any, global_rules: Any, vendor: Any, address: str, place: tuple[str, str], real: bool, strict: bool
) -> None:
    country, region = place
    if country:
        expected = may_play(rules, global_rules, address, country, region) and vendor_lets(vendor, country, region)
    else:
        expected = may_play_from_anywhere(
            rules=rules, global_rules=global_rules, vendor=vendor, address=address, real=real, strict=strict
        )
    decision = decide(
        rules=read_lists(rules),
        global_rules=read_lists(global_rules),
        vendor=VendorCountries(**{name: frozenset(listed) for name, listed in vendor.items()}),
        address=ipaddress.ip_address(address),
        country=country,
        regions=(region,) if region else (),
        is_real=real,
        block_unknown=strict,
    )
    assert decision.allowed is expected
    deciding = Look(decision.rule, Outcome.ALLOWS if expected else Outcome.BLOCKS, decision.sentence)
    assert deciding in decision.looked_at
