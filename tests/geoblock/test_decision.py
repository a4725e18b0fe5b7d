"""Each line of the order in which GeoIP rules are applied."""

from typing import Any

import pytest

from geoblock.rules import Decision, Lists, Outcome, Rule, VendorCountries, decide, read_address, read_lists

NOBODYS = Lists()
NO_VENDOR = VendorCountries()


def lists(**value: list[str]) -> Lists:
    return read_lists(value)


def judge(country: str, *regions: str, **more: Any) -> Decision:
    usual: dict[str, Any] = {
        "rules": NOBODYS,
        "global_rules": NOBODYS,
        "vendor": NO_VENDOR,
        "address": read_address("203.0.113.7"),
        "is_real": True,
    }
    return decide(country=country, regions=regions, **(usual | more))


def told(decision: Decision) -> tuple[bool, Rule]:
    return decision.allowed, decision.rule


def test_without_rules_everybody_plays() -> None:
    decision = judge("US")
    assert told(decision) == (True, Rule.NONE)
    assert decision.sentence == "No GeoIP rule blocks US."


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.0/24", "203.0.113.7"),
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7/32", "::ffff:203.0.113.7"),
        ("2001:db8::/32", "2001:db8::1"),
        ("2001:db8::1", "2001:db8:0::1"),
    ],
)
@pytest.mark.parametrize("rules", [{"whiteList": ["DE"]}, {"blackList": ["US"]}])
def test_allowed_address_plays_whatever_the_operators_lists_say(
    rules: dict[str, list[str]], network: str, address: str
) -> None:
    mine = lists(**rules, allowedIPList=[network])
    assert told(judge("US", rules=mine, address=read_address(address))) == (True, Rule.OPERATOR_ADDRESS)


@pytest.mark.parametrize("address", ["203.0.114.7", "2001:db9::1"])
def test_address_outside_of_the_allowed_ones_is_judged_by_its_country(address: str) -> None:
    mine = lists(blackList=["US"], allowedIPList=["203.0.113.0/24", "2001:db8::/32"])
    assert told(judge("US", rules=mine, address=read_address(address))) == (False, Rule.OPERATOR_BLACK)


def test_allowed_address_of_the_operator_plays_past_the_global_rules() -> None:
    mine = lists(allowedIPList=["203.0.113.7"])
    assert told(judge("US", rules=mine, global_rules=lists(blackList=["US"]))) == (True, Rule.OPERATOR_ADDRESS)


@pytest.mark.parametrize(
    ("country", "regions", "allowed"),
    [("DE", (), True), ("US", ("US-TX",), True), ("US", ("US-NY",), False), ("US", (), False), ("FR", (), False)],
)
def test_white_list_lets_in_its_countries_and_regions_alone(
    country: str, regions: tuple[str, ...], allowed: bool
) -> None:
    decision = judge(country, *regions, rules=lists(whiteList=["DE", "US-TX"]))
    assert told(decision) == ((True, Rule.NONE) if allowed else (False, Rule.OPERATOR_WHITE))


def test_country_on_the_white_list_lets_in_all_its_regions() -> None:
    assert told(judge("DE", "DE-BB", rules=lists(whiteList=["DE"]))) == (True, Rule.NONE)


def test_black_list_beside_a_white_list_is_ignored() -> None:
    both = lists(whiteList=["DE"], blackList=["DE"])
    assert told(judge("DE", rules=both)) == (True, Rule.NONE)
    assert [look.rule for look in judge("DE", rules=both).looked_at] == [Rule.OPERATOR_WHITE, Rule.NONE]


def test_gray_list_does_not_open_a_white_list() -> None:
    assert told(judge("NL", rules=lists(whiteList=["DE"], grayList=["NL"]))) == (False, Rule.OPERATOR_WHITE)


def test_empty_white_list_lets_in_nobody() -> None:
    assert told(judge("DE", rules=lists(whiteList=[]))) == (False, Rule.OPERATOR_WHITE)


@pytest.mark.parametrize(
    ("country", "regions", "allowed"),
    [
        ("US", (), False),
        ("US", ("US-TX",), False),
        ("CA", ("CA-ON",), False),
        ("CA", ("CA-QC",), True),
        ("DE", (), True),
    ],
)
def test_black_list_keeps_out_its_countries_and_regions_alone(
    country: str, regions: tuple[str, ...], allowed: bool
) -> None:
    decision = judge(country, *regions, rules=lists(blackList=["US", "CA-ON"]))
    assert told(decision) == ((True, Rule.NONE) if allowed else (False, Rule.OPERATOR_BLACK))


def test_every_level_of_region_counts() -> None:
    assert told(judge("FR", "FR-IDF", "FR-75C", rules=lists(blackList=["FR-75C"]))) == (False, Rule.OPERATOR_BLACK)
    assert told(judge("FR", "FR-IDF", "FR-75C", rules=lists(blackList=["FR-IDF"]))) == (False, Rule.OPERATOR_BLACK)


def test_gray_region_wins_over_its_black_country() -> None:
    mine = lists(blackList=["CA"], grayList=["CA-QC"])
    assert told(judge("CA", "CA-QC", rules=mine)) == (True, Rule.OPERATOR_GRAY)
    assert told(judge("CA", "CA-ON", rules=mine)) == (False, Rule.OPERATOR_BLACK)
    assert told(judge("CA", rules=mine)) == (False, Rule.OPERATOR_BLACK)


def test_gray_country_wins_over_its_black_region_too() -> None:
    assert told(judge("CA", "CA-QC", rules=lists(blackList=["CA-QC"], grayList=["CA"]))) == (True, Rule.OPERATOR_GRAY)


def test_gray_list_of_the_operator_lifts_the_global_block() -> None:
    everybodys = lists(blackList=["NL", "US"])
    assert told(judge("NL", rules=lists(grayList=["NL"]), global_rules=everybodys)) == (True, Rule.OPERATOR_GRAY)
    assert told(judge("US", rules=lists(grayList=["NL"]), global_rules=everybodys)) == (False, Rule.GLOBAL_BLACK)


def test_gray_list_lifts_a_global_white_list_too() -> None:
    mine, everybodys = lists(grayList=["NL"]), lists(whiteList=["DE"])
    assert told(judge("NL", rules=mine, global_rules=everybodys)) == (True, Rule.OPERATOR_GRAY)
    assert told(judge("FR", rules=mine, global_rules=everybodys)) == (False, Rule.GLOBAL_WHITE)


def test_white_list_of_the_operator_does_not_lift_the_global_block() -> None:
    mine, everybodys = lists(whiteList=["NL"]), lists(blackList=["NL"])
    assert told(judge("NL", rules=mine, global_rules=everybodys)) == (False, Rule.GLOBAL_BLACK)


def test_white_and_gray_list_together_open_what_is_globally_blocked() -> None:
    mine, everybodys = lists(whiteList=["NL"], grayList=["NL"]), lists(blackList=["NL"])
    assert told(judge("NL", rules=mine, global_rules=everybodys)) == (True, Rule.OPERATOR_GRAY)


def test_global_rules_have_an_allowed_address_and_a_gray_list_of_their_own() -> None:
    everybodys = lists(blackList=["CA"], grayList=["CA-QC"], allowedIPList=["203.0.113.7"])
    elsewhere = read_address("198.51.100.1")
    assert told(judge("CA", global_rules=everybodys)) == (True, Rule.GLOBAL_ADDRESS)
    assert told(judge("CA", global_rules=everybodys, address=elsewhere)) == (False, Rule.GLOBAL_BLACK)
    assert told(judge("CA", "CA-QC", global_rules=everybodys, address=elsewhere)) == (True, Rule.NONE)


def test_globally_allowed_address_does_not_pass_the_operators_own_lists() -> None:
    everybodys = lists(allowedIPList=["203.0.113.7"])
    assert told(judge("US", rules=lists(blackList=["US"]), global_rules=everybodys)) == (False, Rule.OPERATOR_BLACK)


@pytest.mark.parametrize("rules", [{"whiteList": ["DE"]}, {"blackList": ["US"]}])
@pytest.mark.parametrize("whose", ["rules", "global_rules"])
def test_unknown_country_is_blocked_for_money_where_a_list_blocks_any(rules: dict[str, list[str]], whose: str) -> None:
    in_force = {whose: lists(**rules)}
    assert told(judge("", **in_force)) == (False, Rule.UNKNOWN_COUNTRY)
    assert told(judge("", **in_force, is_real=False)) == (True, Rule.UNKNOWN_COUNTRY)
    assert told(judge("", **in_force, block_unknown=False)) == (True, Rule.UNKNOWN_COUNTRY)


@pytest.mark.parametrize("vendor", [VendorCountries(frozenset({"US"})), VendorCountries(restricted=frozenset({"US"}))])
def test_unknown_country_is_blocked_for_money_where_the_vendor_blocks_any(vendor: VendorCountries) -> None:
    assert told(judge("", vendor=vendor)) == (False, Rule.UNKNOWN_COUNTRY)


def test_unknown_country_plays_where_nothing_blocks_any_country() -> None:
    excepted = VendorCountries(restricted=frozenset({"ZA"}), excepted=frozenset({"ZA"}))
    assert told(judge("", rules=lists(grayList=["NL"]), vendor=excepted)) == (True, Rule.NONE)


def test_allowed_address_plays_though_its_country_is_unknown() -> None:
    house = {"address": read_address("172.16.16.9"), "vendor": VendorCountries(frozenset({"US"}))}
    mine = lists(whiteList=["DE", "AT", "CH"], allowedIPList=["172.16.16.0/24"])
    assert told(judge("", rules=mine, **house)) == (True, Rule.OPERATOR_ADDRESS)
    everybodys = lists(blackList=["US"], allowedIPList=["172.16.16.0/24"])
    assert told(judge("", global_rules=everybodys, **house)) == (True, Rule.GLOBAL_ADDRESS)
    assert told(judge("", rules=lists(whiteList=["DE"]), global_rules=everybodys, **house)) == (
        False,
        Rule.UNKNOWN_COUNTRY,
    )


@pytest.mark.parametrize(
    "rules", [{}, {"whiteList": ["US"]}, {"grayList": ["US"]}, {"allowedIPList": ["203.0.113.0/24"]}]
)
def test_prohibited_country_of_the_vendor_is_always_blocked(rules: dict[str, list[str]]) -> None:
    vendor = VendorCountries(prohibited=frozenset({"US"}), excepted=frozenset({"US"}))
    assert told(judge("US", rules=lists(**rules), vendor=vendor)) == (False, Rule.VENDOR_PROHIBITED)
    assert told(judge("US", rules=lists(**rules), vendor=vendor, is_real=False)) == (False, Rule.VENDOR_PROHIBITED)


def test_restricted_country_of_the_vendor_is_blocked_unless_the_operator_account_excepts_it() -> None:
    vendor = VendorCountries(restricted=frozenset({"ZA", "US-TX"}))
    assert told(judge("ZA", vendor=vendor)) == (False, Rule.VENDOR_RESTRICTED)
    assert told(judge("US", "US-TX", vendor=vendor)) == (False, Rule.VENDOR_RESTRICTED)
    assert told(judge("US", "US-NY", vendor=vendor)) == (True, Rule.NONE)
    excepted = VendorCountries(vendor.prohibited, vendor.restricted, frozenset({"ZA"}))
    assert told(judge("ZA", vendor=excepted)) == (True, Rule.NONE)
    assert told(judge("US", "US-TX", vendor=excepted)) == (False, Rule.VENDOR_RESTRICTED)


def test_region_alone_stands_for_its_country_too() -> None:
    assert told(judge("", "CA-QC", rules=lists(blackList=["CA"]))) == (False, Rule.OPERATOR_BLACK)


def test_place_alone_is_judged_without_an_address() -> None:
    mine = lists(blackList=["US"], allowedIPList=["203.0.113.0/24"])
    assert told(judge("US", rules=mine, address=None)) == (False, Rule.OPERATOR_BLACK)


def test_all_that_was_looked_at_is_told_in_order() -> None:
    decision = judge(
        "CA",
        "CA-ON",
        rules=lists(blackList=["US"], allowedIPList=["198.51.100.0/24"]),
        global_rules=lists(blackList=["CA"], grayList=["CA-QC"]),
    )
    assert [(look.rule, look.outcome, look.sentence) for look in decision.looked_at] == [
        (Rule.OPERATOR_ADDRESS, Outcome.PASSES, "203.0.113.7 is not among the operator's allowed addresses."),
        (Rule.OPERATOR_BLACK, Outcome.PASSES, "CA (CA-ON) is not on the operator's black list."),
        (Rule.GLOBAL_BLACK, Outcome.BLOCKS, "CA is on the global black list."),
    ]
    assert (decision.rule, decision.sentence) == (Rule.GLOBAL_BLACK, "CA is on the global black list.")
