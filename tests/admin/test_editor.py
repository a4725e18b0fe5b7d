"""What the JSON editor's page answers, and who may ask it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.admin.kiosk import HUGE, SAVED

ADDRESS = "/admin/kiosk/kiosk/editor/"


@pytest.fixture(autouse=True)
def kiosk_site(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.admin.kiosk"


def ask(client: Client, **question: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(ADDRESS, question).json()
    return answer


def test_the_page_has_a_plain_text_area_with_the_text_as_it_is(boss: Client) -> None:
    page = boss.get("/admin/kiosk/edit/").content.decode()
    assert 'data-page="/admin/kiosk/kiosk/editor/"' in page
    assert HUGE.replace('"', "&quot;") + "</textarea>" in page
    assert '<script src="/static/backoffice/editor.js" type="module"></script>' in page


def test_a_look_answers_remarks_notes_and_the_form(boss: Client) -> None:
    answer = ask(boss, text=HUGE)
    assert answer["text"] == HUGE
    assert answer["remarks"] == []
    assert answer["notes"][1]["meaning"] == "1,000,000,000,000,000.00"
    assert 'value="12345678901234567890.123456789"' in answer["form"]
    assert 'type="password" value="******"' in answer["form"]


def test_line_ends_of_a_browser_count_as_one_character(boss: Client) -> None:
    answer = ask(boss, text='{\r\n  "name": "a"\r\n  "rate": 1\r\n}')
    assert [(remark["line"], remark["column"]) for remark in answer["remarks"]] == [(3, 3)]
    assert answer["proposal"] == '{\n  "name": "a",\n  "rate": 1\n}'
    assert answer["form"] is None


def test_a_forms_changes_are_done_to_the_text_and_refusals_told(boss: Client) -> None:
    changes = [[["queue", "tries"], "set", ["4"]], [["limit"], "set", ["1,000"]]]
    answer = ask(boss, ask="change", text=HUGE, changes=json.dumps(changes))
    assert '"tries": 4' in answer["text"]
    assert '"limit": 100000000000000000' in answer["text"]
    assert answer["refusals"] == {"1": "“1,000” is not a whole number: write digits, without separators."}


def test_completion_says_what_may_stand_at_an_offset(boss: Client) -> None:
    answer = ask(boss, ask="complete", text='{"isO', at="5")
    assert (answer["start"], answer["end"]) == (1, 5)
    first = next(each for each in answer["suggestions"] if each["label"] == "isOpen")
    assert first == {
        "label": "isOpen",
        "insert": '"isOpen": false',
        "caret": 15,
        "sort": "true or false",
        "help": "Whether it sells.",
        "facts": ["Default: off", "Acts at launch"],
    }


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "complete"},
        {"ask": "complete", "at": "x"},
        {"ask": "change", "changes": "{"},
        {"ask": "change", "changes": '[[["a"], "burn", []]]'},
        {"ask": "change", "changes": '[[["a"], "set", [1]]]'},
        {"ask": "change", "changes": "[[1, 2]]"},
        {"ask": "change", "changes": "[" * 100_000},
        {"ask": "change", "changes": '[[[], "rename", ["x"]]]'},
        {"ask": "change", "changes": '[[[], "remove", []]]'},
        {"ask": "change", "changes": '[[["a"], "rename", []]]'},
        {"ask": "change", "changes": '[[["a"], "add", []]]'},
    ],
)
def test_what_is_no_question_is_refused(boss: Client, question: dict[str, str]) -> None:
    assert boss.post(ADDRESS, {"text": "{}"} | question).status_code == 400


def test_markup_in_a_text_stays_text(boss: Client) -> None:
    text = json.dumps({"coins": {"<b>": 1}, "<script>": 1, "name": '"><script>', "perGame": {"<i>": {"<u>": 1}}})
    form = ask(boss, text=text)["form"]
    assert "&lt;script&gt;" in form
    for raw in ("<b>", "<script>", "<i>", "<u>"):
        assert raw not in form


def test_only_those_who_may_edit_can_ask_and_only_by_post(boss: Client, staff: Callable[..., Client]) -> None:
    assert staff("operators.view_casino").post(ADDRESS, {"text": "{}"}).status_code == 403
    assert boss.get(ADDRESS).status_code == 404
    assert boss.post("/admin/kiosk/stall/editor/", {"text": "{}"}).status_code == 404
    stranger = Client().post(ADDRESS, {"text": "{}"})
    assert (stranger.status_code, stranger["Location"]) == (302, f"/admin/login/?next={ADDRESS}")


def test_a_save_takes_the_text_as_it_was_typed(boss: Client) -> None:
    boss.post("/admin/kiosk/edit/", {"text": HUGE.replace("\n", "\r\n")})
    assert SAVED[-1] == HUGE
