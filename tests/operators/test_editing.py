"""A text edited by a schema: what is said of it, what may be typed, and the same as a form."""

import time
from typing import Any

import pytest

from operators.editing import Change, Field, Kind, Offer, Unfit, change_text, complete_text, look_at
from operators.editing.changes import Act
from tests.operators.editing_language import KIOSK, LANGUAGE

HUGE = """{
  "name": "Kiosk",
  "limit": 100000000000000000,
  "unknown": {"b": 1, "a": 12345678901234567890.123456789},
  "rate": 12345678901234567890.123456789,
  "isOpen": true
}"""


def change(text: str, *path: str, act: str = "set", to: tuple[str, ...] | str = ()) -> str:
    texts = (to,) if isinstance(to, str) else to
    changed = change_text(LANGUAGE, text, [Change(path, Act(act), texts)])
    assert changed.refusals == {}
    return changed.text


def refusal(text: str, *path: str, act: str = "set", to: tuple[str, ...] | str = ()) -> str:
    texts = (to,) if isinstance(to, str) else to
    changed = change_text(LANGUAGE, text, [Change(path, Act(act), texts)])
    assert changed.text == text
    return changed.refusals[0]


def complete(text: str) -> Offer:
    """Complete where the text has a bar."""
    return complete_text(LANGUAGE, text.replace("|", ""), text.index("|"))


def labels(text: str) -> list[str]:
    return [suggestion.label for suggestion in complete(text).suggestions]


def fields(text: str) -> dict[str, Field]:
    found = look_at(LANGUAGE, text).sections
    assert found is not None
    return {field.label: field for section in found for field in section.fields}


def test_text_that_is_not_json_is_remarked_on_with_its_place_and_a_proposal() -> None:
    look = look_at(LANGUAGE, '{\n  "name": "Kiosk",\n}')
    assert [(remark.level, remark.line, remark.column) for remark in look.remarks] == [("error", 2, 18)]
    assert look.proposal == '{\n  "name": "Kiosk"\n}'
    assert look.sections is None


def test_keys_are_helped_with_while_the_text_is_not_json_yet() -> None:
    notes = look_at(LANGUAGE, '{\n  "name": "a"\n  "queue": {"tries": 1, “odd”: 2,\n   "perGame": [').notes
    assert [(note.line, note.column, note.name, note.help) for note in notes] == [
        (2, 3, "name", "What the kiosk is called."),
        (3, 3, "queue", "How it waits."),
        (3, 13, "queue.tries", "How often."),
    ]


@pytest.mark.parametrize("text", ["[" * 190_000, '{"a":' * 38_000, "]" * 95_000 + "[" * 95_000])
def test_what_lies_too_deep_is_remarked_on_at_once(text: str) -> None:
    started = time.perf_counter()
    assert (
        look_at(LANGUAGE, text)
        .remarks[0]
        .problem.endswith(("More than 32 levels lie inside each other.", "A value is expected here, not ]."))
    )
    assert complete_text(LANGUAGE, text, len(text)).suggestions == ()
    assert time.perf_counter() - started < 5, "paths that grow with their depth take a minute"


def test_what_the_check_says_is_told_with_its_place() -> None:
    look = look_at(LANGUAGE, '{"name": "a",\n "isOpen": "yes", "rate": 0}')
    assert [(remark.level, remark.line, remark.column, remark.remedy) for remark in look.remarks] == [
        ("error", 2, 12, "Write true."),
        ("warning", 2, 27, "Check it."),
    ]


def test_each_known_key_is_noted_with_help_facts_and_meaning() -> None:
    notes = look_at(LANGUAGE, HUGE).notes
    assert [(note.line, note.column, note.name) for note in notes] == [
        (2, 3, "name"),
        (3, 3, "limit"),
        (5, 3, "rate"),
        (6, 3, "isOpen"),
    ]
    assert notes[1].help == "The most it takes."
    assert notes[1].facts == ("In cents", "At least 1", "Acts at launch")
    assert notes[1].meaning == "1,000,000,000,000,000.00"


def test_the_items_of_a_list_that_is_spread_over_lines_are_noted_one_by_one() -> None:
    notes = look_at(LANGUAGE, '{"stakes": [\n100,\n250\n],\n"countries": ["DE", "FR"]}').notes
    assert [(note.line, note.name, note.meaning) for note in notes] == [
        (1, "stakes", ""),
        (2, "", "1.00"),
        (3, "", "2.50"),
        (5, "countries", ""),
    ]


def test_keys_are_offered_with_help_but_not_those_that_are_there_or_not_described() -> None:
    assert labels('{"name": "a", |, "isOpen": true, "games": []}') == [
        "limit", "rate", "kind", "modes", "stakes", "countries", "queue", "coins", "perGame", "pass",
    ]  # fmt: skip
    assert labels('{"queue": {"|') == ["tries", "isPatient"]
    tries = complete('{"queue": {"|').suggestions[0]
    assert tries.help == "How often."
    assert tries.facts == ("From 0 to 1,000", "Default: 10")


@pytest.mark.parametrize(
    ("text", "label", "becomes"),
    [
        ("{|}", "isOpen", '{"isOpen": false|}'),
        ('{"pe|"}', "perGame", '{"perGame": {|}}'),
        ('{"pe|', "pass", '{"pass": "|"'),
        ('{"co|\n"name": 1}', "coins", '{"coins": {|},\n"name": 1}'),
        ('{"na|": "a"}', "name", '{"name"|: "a"}'),
        ('{| "rate": 1}', "modes", '{"modes": [|], "rate": 1}'),
        ('{"modes": ["|"]}', "DEMO", '{"modes": ["DEMO"|]}'),
        ('{"isOpen": t|}', "true", '{"isOpen": true|}'),
        ('{"isOpen": |', "false", '{"isOpen": false|'),
        ('{"games": |}', "[]", '{"games": [|]}'),
        ('{"kind": |}', "12", '{"kind": 12|}'),
        ('{"countries": ["DE", "|', "FR France", '{"countries": ["DE", "FR"|'),
        ('{"perGame": {"bells": {|}}}', "limit", '{"perGame": {"bells": {"limit": |}}}'),
    ],
)
def test_what_is_chosen_replaces_what_was_typed(text: str, label: str, becomes: str) -> None:
    offer = complete(text)
    plain = text.replace("|", "")
    chosen = next(each for each in offer.suggestions if each.label.strip('"') == label)
    inserted = chosen.insert[: chosen.caret] + "|" + chosen.insert[chosen.caret :]
    assert plain[: offer.start] + inserted + plain[offer.end :] == becomes


def test_values_are_offered_by_their_names_too_and_none_twice() -> None:
    assert labels('{"countries": ["ger|"]}') == ["DE Germany"]
    assert labels('{"modes": ["DEMO", "|"]}') == ['"REAL"']


@pytest.mark.parametrize(
    "text", ["|", '{"name": "a"} |', '{"name": "a" |}', '{"name"| "a"}', '{"pass": "|"}', '{"x": |}']
)
def test_nothing_is_offered_where_nothing_is_known_or_can_stand(text: str) -> None:
    assert labels(text) == []


def test_a_form_has_an_input_for_each_option_in_sections_by_where_it_acts() -> None:
    sections = look_at(LANGUAGE, '{"name": "Kiosk"}').sections
    assert sections is not None
    assert [(section.title, [field.label for field in section.fields]) for section in sections] == [
        ("At launch", ["name", "isOpen", "limit", "rate", "modes", "games", "stakes", "coins", "perGame"]),
        ("On calls", ["kind", "queue"]),
        ("On the platform's side", ["pass"]),
        ("Kiosk", ["countries"]),
    ]


def test_each_input_shows_what_the_text_says() -> None:
    text = """{"name": "Kiosk", "isOpen": true, "limit": 100000000000000000, "rate": 1.50, "modes": ["REAL"],
        "games": ["a", "b"], "stakes": [100, 250], "kind": 12, "queue": {"tries": 3, "odd": 1}, "pass": "hunter2",
        "coins": {"GOLD": 500}, "perGame": {"bells": {"isOpen": false}}}"""
    shown = fields(text)
    assert [(label, field.kind, field.text, field.meaning) for label, field in shown.items()] == [
        ("name", Kind.TEXT, "Kiosk", ""),
        ("isOpen", Kind.SWITCH, "true", ""),
        ("limit", Kind.NUMBER, "100000000000000000", "1,000,000,000,000,000.00"),
        ("rate", Kind.NUMBER, "1.50", ""),
        ("modes", Kind.BOXES, "REAL", ""),
        ("games", Kind.LINES, "a\nb", ""),
        ("stakes", Kind.LINES, "100\n250", "1.00, 2.50"),
        ("coins", Kind.ROWS, "", ""),
        ("perGame", Kind.ROWS, "", ""),
        ("kind", Kind.CHOICE, "12", ""),
        ("queue", Kind.GROUP, "", ""),
        ("pass", Kind.SECRET, "******", ""),
        ("countries", Kind.LINES, "", ""),
    ]
    assert shown["queue"].strangers == ("odd",)
    assert [member.text for member in shown["queue"].members] == ["3", ""]
    assert [(row.key, row.field.text) for row in shown["coins"].rows] == [("GOLD", "500")]
    assert [(row.key, [each.text for each in row.field.members]) for row in shown["perGame"].rows] == [
        ("bells", ["", "false"])
    ]


def test_what_no_input_can_show_is_named_as_being_in_the_text_alone() -> None:
    text = '{"name": ["a"], "isOpen": "yes", "limit": "1", "coins": 5, "games": ["a", 1], "rate": true, "odd": 1}'
    shown = fields(text)
    kinds = {shown[label].kind for label in ("name", "isOpen", "limit", "coins", "games", "rate")}
    assert kinds == {Kind.TEXT_ONLY}
    assert look_at(LANGUAGE, text).strangers == ("odd",)


def test_a_map_too_long_for_a_form_stays_in_the_text() -> None:
    text = "{" + ", ".join(f'"C{number}": 1' for number in range(101)) + "}"
    assert fields(f'{{"coins": {text}}}')["coins"].kind is Kind.TEXT_ONLY


@pytest.mark.parametrize(
    ("path", "to", "becomes"),
    [
        (("name",), "Stand", '"name": "Stand"'),
        (("isOpen",), "true", '"isOpen": true'),
        (("limit",), "100000000000000000", '"limit": 100000000000000000'),
        (("rate",), "12345678901234567890.123456789", '"rate": 12345678901234567890.123456789'),
        (("kind",), "12", '"kind": 12'),
        (("modes",), ("DEMO", "REAL"), '"modes": ["DEMO", "REAL"]'),
        (("games",), "a\n\n b ", '"games": ["a", "b"]'),
        (("stakes",), "100\n250", '"stakes": [100, 250]'),
        (("queue", "tries"), "3", '"queue": {\n    "tries": 3\n  }'),
        (("perGame", "bells", "limit"), "5", '"perGame": {\n    "bells": {\n      "limit": 5\n    }\n  }'),
    ],
)
def test_what_is_typed_in_the_form_is_written_as_its_kind(path: tuple[str, ...], to: Any, becomes: str) -> None:
    assert change('{"odd": 1, "name": "a"}', *path, to=to).replace('\n  "name": "a",', "").endswith(f"{becomes}\n}}")


def test_numbers_of_any_size_and_the_order_of_keys_survive_a_change_elsewhere() -> None:
    changed = change(HUGE, "isOpen", to="false")
    assert (
        changed
        == """{
  "name": "Kiosk",
  "limit": 100000000000000000,
  "unknown": {
    "b": 1,
    "a": 12345678901234567890.123456789
  },
  "rate": 12345678901234567890.123456789,
  "isOpen": false
}"""
    )
    assert change(changed, "isOpen", to="true").replace("\n", "").replace(" ", "") == HUGE.replace("\n", "").replace(
        " ", ""
    )


def test_a_change_that_changes_nothing_leaves_the_layout_alone() -> None:
    assert change(HUGE, "name", to="Kiosk") == HUGE


def test_an_emptied_input_takes_its_key_away_and_the_group_around_it_but_no_row() -> None:
    text = '{"name": "a", "queue": {"tries": 3}, "perGame": {"bells": {"isOpen": true}}}'
    assert change(text, "queue", "tries", to="") == (
        '{\n  "name": "a",\n  "perGame": {\n    "bells": {\n      "isOpen": true\n    }\n  }\n}'
    )
    assert '"bells": {}' in change(text, "perGame", "bells", "isOpen", to="")


def test_rows_are_added_renamed_and_removed() -> None:
    text = change('{"coins": {"GOLD": 500}}', "coins", act="add", to=("SILV", "1000"))
    assert text == '{\n  "coins": {\n    "GOLD": 500,\n    "SILV": 1000\n  }\n}'
    assert '"AU": 500,\n    "SILV"' in change(text, "coins", "GOLD", act="rename", to="AU")
    assert change(text, "coins", "GOLD", act="remove") == '{\n  "coins": {\n    "SILV": 1000\n  }\n}'
    assert '"COIN": 1' in change(text, "coins", act="add", to=("COIN", ""))
    assert '"bells": {}' in change(text, "perGame", act="add", to="bells")
    assert change("", "perGame", act="add", to="bells") == '{\n  "perGame": {\n    "bells": {}\n  }\n}'


@pytest.mark.parametrize(
    ("path", "act", "to", "problem"),
    [
        (("limit",), "set", "1,000", "“1,000” is not a whole number: write digits, without separators."),
        (("limit",), "set", "1.5", "“1.5” is not a whole number: write digits, without separators."),
        (("rate",), "set", "true", "“true” is not a number: write digits, without separators."),
        (("coins",), "add", ("GOLD", "5"), "“GOLD” is here already."),
        (("coins",), "add", (" ", "5"), "Write what it is for first."),
        (("coins", "GOLD"), "rename", "AU", "“AU” is here already."),
        (("coins",), "set", "5", "Only the text can hold this."),
        (("nowhere",), "set", "5", "Only the text can hold this."),
        (("queue", "tries"), "set", "5", "In the text, queue is no object: mend it there."),
        (("pass",), "set", "******x", "Empty the field first: ****** stands for the secret that is stored."),
    ],
)
def test_what_cannot_stand_is_refused_with_what_can(path: tuple[str, ...], act: str, to: Any, problem: str) -> None:
    assert refusal('{"coins": {"GOLD": 500, "AU": 1}, "queue": 5}', *path, act=act, to=to) == problem


def test_one_refused_change_does_not_hold_up_the_others() -> None:
    changes = [Change(("limit",), Act.SET, ("x",)), Change(("name",), Act.SET, ("b",))]
    changed = change_text(LANGUAGE, "{}", changes)
    assert changed.text == '{\n  "name": "b"\n}'
    assert list(changed.refusals) == [0]


def test_a_text_that_is_no_object_has_no_form() -> None:
    assert look_at(LANGUAGE, "[1]").sections is None
    with pytest.raises(Unfit, match="not an object"):
        change_text(LANGUAGE, "[1]", [Change(("name",), Act.SET, ("b",))])


def test_the_kiosk_has_every_kind_of_input() -> None:
    kinds = {field.kind for field in fields("{}").values()}
    assert kinds == set(Kind) - {Kind.TEXT_ONLY}
    assert "description" not in KIOSK["properties"]["stranger"]
