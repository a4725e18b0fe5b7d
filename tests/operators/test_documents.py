"""JSON as people type it: read exactly, refused with its place, mended only as a proposal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operators.documents import JsonFault, propose_repair, read_json, write_json

plain = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1))
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**30), max_value=10**30)
values = st.recursive(
    plain | numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc„ü'", max_size=4), inner, max_size=4),
    max_leaves=20,
)


def fault_of(text: str) -> tuple[int, int, str, str]:
    with pytest.raises(JsonFault) as caught:
        read_json(text)
    return caught.value.line, caught.value.column, caught.value.problem, caught.value.remedy


@given(values)
def test_what_is_written_is_read_back_to_the_digit(value: object) -> None:
    for indent in (None, 2):
        assert read_json(write_json(value, indent)).value == value


def test_numbers_are_exact_and_keys_keep_their_order() -> None:
    document = read_json('{"maxExposure": 100000000000000000, "share": 0.10, "odds": 1.5e3, "a": [-9007199254740993]}')
    assert list(document.value.items()) == [
        ("maxExposure", 10**17),
        ("share", Decimal("0.10")),
        ("odds", Decimal("1.5e3")),
        ("a", [-9007199254740993]),
    ]
    assert str(document.value["share"]) == "0.10"


def test_every_value_and_every_key_has_its_place() -> None:
    document = read_json('{\n  "a": {"b": [1,\n 22]},\n  "c": null\n}')
    assert document.position_of(()) == (1, 1)
    assert document.position_of(("a", "b", 1)) == (3, 2)
    assert document.position_of(("c",)) == (4, 8)
    assert document.position_of_key(("c",)) == (4, 3)
    assert document.position_of_key(("a", "b")) == (2, 9)
    assert document.position_of(("a", "missing", "deep")) == (2, 8)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (1, 1, "There is nothing here.", "Write at least {}.")),
        ('{"a": 1', (1, 8, "The text ends before its }.", "Close it with }.")),
        ("{", (1, 2, "The text ends before its object does.", "Close it with }.")),
        ('{"a": 1,\n}', (1, 8, "Nothing follows this comma but }.", "Take the last comma away.")),
        ("{\n  “a”: 1}", (2, 3, "“ is a typographic quotation mark.", 'Use the straight one: ".')),
        ('{"a": „x“}', (1, 7, "„ is a typographic quotation mark.", 'Use the straight one: ".')),
        ("{'a': 1}", (1, 2, "' is no quotation mark in JSON.", 'Use the double one: ".')),
        ("{a: 1}", (1, 2, "The key a has no quotation marks.", 'Write "a".')),
        ('{"a": 1 "b": 2}', (1, 9, "A comma is missing before this.", "Put a comma between the two.")),
        ('{"a" 1}', (1, 6, "A colon is missing after “a”.", "Write the key, a colon and its value.")),
        ('{"a": }', (1, 7, "A value is expected here, not }.", "Write the value, or take the key away.")),
        ('{"a": True}', (1, 7, "True is not known.", "Write true, in small letters.")),
        (
            '{"a": 01}',
            (1, 7, "01 is not a number.", "Write digits, without leading zeros, signs or separators."),
        ),
        (
            '{"a": 1.000.000}',
            (1, 7, "1.000.000 is not a number.", "Write digits, without leading zeros, signs or separators."),
        ),
        ('{"a": NaN}', (1, 7, "NaN has no quotation marks.", 'Write "NaN", or true, false, null or a number.')),
        ('{"a": 1e999}', (1, 7, "The number is too long.", "At most 100 digits are taken.")),
        (
            '{"a": 1}}',
            (1, 9, "The text goes on after its end.", "Keep one object: put everything between one pair of { }."),
        ),
        ('{"a": 1,\n "a": 2}', (2, 2, "“a” is here twice, first in line 1.", "Keep one of the two.")),
        (
            '{"a": 1 // more\n}',
            (1, 9, "JSON has no comments.", "Take the comment away; the reason of a save is the place for it."),
        ),
        ('{"a": "b}', (1, 7, "The quotation mark is not closed in this line.", 'Close it with ".')),
        (
            '{"a": "C:\\games"}',
            (1, 7, "The text between these quotation marks has a \\ or a tab too many.", "Write \\ as \\\\."),
        ),
        (
            '{"a": "\\u0000"}',
            (1, 7, "The text holds a character that cannot be kept.", "Take out \\u0000 and halves of pairs."),
        ),
        ("[" * 40, (1, 34, "More than 32 levels lie inside each other.", "Flatten it.")),
        ('{"a": 1, ]', (1, 10, "A key is expected here, not ].", 'Write a key between " and ", a colon and a value.')),
        ('{"a": 1; "b": 2}', (1, 8, "; does not fit here.", "Go on with a comma, or close with }.")),
    ],
)
def test_a_fault_names_its_place_and_its_remedy(text: str, fault: tuple[int, int, str, str]) -> None:
    assert fault_of(text) == fault


def test_a_text_that_is_too_long_is_not_read() -> None:
    assert fault_of(" " * 200_001)[2] == "The text has more than 200,000 characters."
    assert propose_repair("{'a': 1}" + " " * 200_000) is None


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ('{\n      “blackList”: ["CA-ON"],\n}', '{\n      "blackList": ["CA-ON"]\n}'),
        ('{“a”: „b“, "c”: 1}', '{"a": "b", "c": 1}'),
        ("{'a': 'it's', 'b': 'say \"x\"'}", '{"a": "it\'s", "b": "say \\"x\\""}'),
        ("{a: 1, b-c: true}", '{"a": 1, "b-c": true}'),
        ('{"a": {"b": 1}\n "c": [1 2]}', '{"a": {"b": 1},\n "c": [1, 2]}'),
        ('{"a": 1, // why\n "b": /* x */ 2}', '{"a": 1, \n "b":  2}'),
        ('{"a": True, "b": None}', '{"a": true, "b": null}'),
        ('{"maxExposure": 100000000000000000,}', '{"maxExposure": 100000000000000000}'),
        ('{"a": [1, {"b": 2,', '{"a": [1, {"b": 2}]}'),
        ('{"currency": EUR}', '{"currency": "EUR"}'),
        ('{"a": 1}\n\n{"b": 2}', '{"a": 1,\n\n"b": 2}'),
        ('\u00a0{\u00a0"a":\u00a0"x",}', '{ "a": "x"}'),
    ],
)
def test_almost_json_gets_a_proposal_in_its_own_layout(text: str, proposal: str) -> None:
    with pytest.raises(JsonFault):
        read_json(text)
    assert propose_repair(text) == proposal


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        "",
        "hello there",
        '{"a": 25.000.000}',
        '{"a": 007}',
        '{"a": ]}',
        '{"a" 1}',
        '{"a": 1,, "b": 2}',
        '{"a": 1}{"a": 2}',
        '{"a": 1 "a": 2,}',
        '{"a": }',
        '{“a”: "never closed}',
    ],
)
def test_what_is_json_or_hopeless_or_ambiguous_gets_none(text: str) -> None:
    assert propose_repair(text) is None


@given(values, st.sampled_from(["“”", "„“", "''", "«»"]))
def test_a_repair_of_changed_quotation_marks_and_commas_gives_the_value_back(value: object, quotes: str) -> None:
    text = write_json({"a b": 1, "other": [value], "last": "x"})
    broken = text.replace('"last": "x"', f"{quotes[0]}last{quotes[1]}: {quotes[0]}x{quotes[1]},")
    assert broken != text
    proposal = propose_repair(broken)
    assert proposal is not None
    assert read_json(proposal).value == read_json(text).value
