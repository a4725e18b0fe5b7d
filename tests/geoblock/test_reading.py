"""GeoIP rules as typed: document 002's examples, and every fault with its line, column and remedy."""

import json
import time

import pytest

from geoblock.rules import Lists, RulesRefused, find_name, list_codes, read_rules

# Document 002's examples, in its order; the last one is refused, below.
EXAMPLES = {
    '{"whiteList":["DE","AT","CH"],"allowedIPList":["172.16.16.0/24"]}': {
        "whiteList": ["DE", "AT", "CH"],
        "allowedIPList": ["172.16.16.0/24"],
    },
    '{"blackList":["US"],"allowedIPList":["12.87.118.10"]}': {
        "blackList": ["US"],
        "allowedIPList": ["12.87.118.10/32"],
    },
    '{"grayList":["NL"]}': {"grayList": ["NL"]},
    '{\n"blackList": ["CA"],\n"grayList": ["CA-QC"]\n}': {"blackList": ["CA"], "grayList": ["CA-QC"]},
}


def faults_of(text: str) -> list[str]:
    with pytest.raises(RulesRefused) as refused:
        read_rules(text)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(("text", "value"), EXAMPLES.items())
def test_examples_of_the_document_are_accepted(text: str, value: dict[str, list[str]]) -> None:
    read = read_rules(text)
    assert (read.value, read.notices) == (value, ())


def test_last_example_of_the_document_is_refused_and_its_repair_proposed() -> None:
    with pytest.raises(RulesRefused) as refused:
        read_rules('{\n      “blackList”: ["CA-ON"],\n}')
    assert [str(fault) for fault in refused.value.faults] == [
        'Line 2, column 7: “ is a typographic quotation mark. Use the straight one: ".'
    ]
    assert refused.value.proposal == '{\n      "blackList": ["CA-ON"]\n}'
    assert read_rules(refused.value.proposal).value == {"blackList": ["CA-ON"]}


def test_trailing_comma_is_refused_and_its_repair_proposed() -> None:
    with pytest.raises(RulesRefused) as refused:
        read_rules('{"whiteList": ["DE",]}')
    assert (refused.value.faults[0].line, refused.value.faults[0].column) == (1, 20)
    assert refused.value.proposal == '{"whiteList": ["DE"]}'


@pytest.mark.parametrize("text", ["", "  \n", "{}"])
def test_nothing_is_no_rules(text: str) -> None:
    read = read_rules(text)
    assert (read.lists, read.value, read.notices) == (Lists(), {}, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[]", 'Line 1, column 1: These are not rules. Write an object such as {"blackList": ["US"]}.'),
        ('{"whitelist": []}', "Line 1, column 2: “whitelist” is not a GeoIP rule. Did you mean “whiteList”?"),
        ('{"blackLst": []}', "Line 1, column 2: “blackLst” is not a GeoIP rule. Did you mean “blackList”?"),
        (
            '{\n "maxExposure": 5\n}',
            "Line 2, column 2: “maxExposure” is not a GeoIP rule. Use whiteList, blackList, grayList, allowedIPList.",
        ),
        (
            '{"blackList": "US"}',
            'Line 1, column 15: “blackList” is not a list. Put its entries between [ and ], as in ["DE", "AT"].',
        ),
        (
            '{"blackList": ["DE",\n  3]}',
            'Line 2, column 3: An entry of “blackList” is not a text. Put it between quotation marks: "…".',
        ),
        (
            '{"blackList": ["ZZ"]}',
            (
                "Line 1, column 16: “ZZ” is not a country or region of ISO 3166. "
                "Write two letters such as DE, or a region such as US-TX."
            ),
        ),
        (
            '{"blackList": ["UK"]}',
            "Line 1, column 16: “UK” is not a country or region of ISO 3166. Did you mean GB, United Kingdom?",
        ),
        (
            '{"blackList": ["Germany"]}',
            "Line 1, column 16: “Germany” is not a country or region of ISO 3166. Did you mean DE, Germany?",
        ),
        (
            '{"blackList": ["DE", "DE-TX"]}',
            "Line 1, column 22: “DE-TX” is not a country or region of ISO 3166. There is no such region in Germany.",
        ),
        (
            '{"blackList": ["DEU"]}',
            "Line 1, column 16: “DEU” is not a country or region of ISO 3166. Did you mean DE, Germany?",
        ),
        (
            '{"allowedIPList": ["12.87.118.10/24"]}',
            (
                "Line 1, column 20: “12.87.118.10/24” names an address inside the network 12.87.118.0/24. "
                "Write 12.87.118.0/24 for the whole network, or 12.87.118.10 for the one address."
            ),
        ),
        (
            '{"allowedIPList": ["fe80::1%eth0"]}',
            "Line 1, column 20: “fe80::1%eth0” names an interface of one machine. Take % and what follows it away.",
        ),
        (
            '{"allowedIPList": ["12.87.118"]}',
            (
                "Line 1, column 20: “12.87.118” is not an address or a network. "
                "Write an address such as 192.0.2.10 or 2001:db8::10, or a network such as 192.0.2.0/24."
            ),
        ),
        (
            '{"blackList": ["US"], "blackList": ["DE"]}',
            "Line 1, column 23: “blackList” is here twice, first in line 1. Keep one of the two.",
        ),
    ],
)
def test_fault_names_line_column_and_remedy(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


def test_all_faults_are_told_at_once() -> None:
    text = '{\n"blackList": ["DE", "XX"],\n"allowedIPList": ["nowhere"],\n"grey": []\n}'
    assert [(fault.split(":")[0]) for fault in faults_of(text)] == [
        "Line 2, column 21",
        "Line 3, column 19",
        "Line 4, column 1",
    ]


@pytest.mark.parametrize(
    ("text", "value", "notices"),
    [
        (
            '{"blackList": ["us", "ca-qc"]}',
            {"blackList": ["US", "CA-QC"]},
            ("“us” is read as US, United States.", "“ca-qc” is read as CA-QC, Quebec, Canada."),
        ),
        ('{"grayList": ["NL", "NL"]}', {"grayList": ["NL"]}, ("“NL” is more than once in “grayList”.",)),
        (
            '{"whiteList": ["DE"], "blackList": ["US"]}',
            {"whiteList": ["DE"], "blackList": ["US"]},
            ("The black list is ignored, since there is a white list.",),
        ),
        ('{"whiteList": []}', {"whiteList": []}, ("The white list is empty: every country is blocked.",)),
        (
            '{"blackList": ["CA-QC", "US"], "grayList": ["CA"]}',
            {"blackList": ["CA-QC", "US"], "grayList": ["CA"]},
            ("CA-QC on the black list blocks nobody, since CA is on the gray list.",),
        ),
        ('{"allowedIPList": ["2001:DB8::1"]}', {"allowedIPList": ["2001:db8::1/128"]}, ()),
        (
            '{"allowedIPList": ["::ffff:192.0.2.0/120", "::fffe:0:0/95"]}',
            {"allowedIPList": ["192.0.2.0/24", "::fffe:0:0/95"]},
            ("“::ffff:192.0.2.0/120” is read as 192.0.2.0/24.",),
        ),
        ('{"blackList": ["XK"]}', {"blackList": ["XK"]}, ()),
    ],
)
def test_odd_rules_are_taken_with_a_notice(text: str, value: dict[str, list[str]], notices: tuple[str, ...]) -> None:
    read = read_rules(text)
    assert (read.value, read.notices) == (value, notices)


def test_codes_have_names() -> None:
    assert (find_name("DE-BB"), find_name("US-TX"), find_name("XK"), find_name("ZZ")) == (
        "Brandenburg, Germany",
        "Texas, United States",
        "Kosovo",
        None,
    )
    codes = list_codes()
    assert (codes["DE"], codes["CA-QC"], next(iter(codes))) == ("Germany", "Quebec, Canada", "AD")
    assert len([code for code in codes if "-" not in code]) == 250


def test_a_long_list_of_names_is_refused_at_once() -> None:
    started = time.perf_counter()
    assert len(faults_of(json.dumps({"blackList": [f"Germany {number}" for number in range(5000)]}))) == 5000
    assert time.perf_counter() - started < 2, "looking through all countries for each takes longer"
