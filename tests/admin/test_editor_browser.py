"""The JSON editor in a real browser: typed, completed, mended, and used as a form, on a desk and on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from tests.admin.browser import browsing, serving
from tests.admin.editor_desk import PHONE, WIDE, Desk, log_in, sitting
from tests.admin.kiosk import HUGE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def browser(session: str) -> Iterator[Browser]:
    """Opened after the session is written: the thread of an open browser may not ask the database."""
    with browsing() as browser:
        yield browser


@pytest.fixture
def session(committed_db: None, settings: Settings) -> str:
    settings.ROOT_URLCONF = "tests.admin.kiosk"
    return log_in()


@pytest.fixture
def desk(session: str, address: str, browser: Browser) -> Iterator[Desk]:
    with sitting(browser, address, session) as desk:
        yield desk


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_large_numbers_survive_the_text_the_form_and_a_save(desk: Desk, width: int) -> None:
    desk.open(HUGE, width)
    desk.put_cursor(2, 17)
    desk.page.keyboard.type("s")
    assert '"name": "Kiosks"' in desk.text
    desk.show("Form")
    rate = desk.option("rate").get_by_role("textbox")
    expect(desk.option("name").get_by_role("textbox")).to_have_value("Kiosks")
    expect(desk.option("limit").get_by_role("textbox")).to_have_value("100000000000000000")
    expect(rate).to_have_value("12345678901234567890.123456789")
    rate.press("End")
    rate.press_sequentially("01")
    expect(desk.page.locator("textarea[name=text]")).to_have_value(re.compile(r"890\.12345678901,"))
    rate.press("Backspace")
    rate.press("Backspace")
    desk.page.get_by_label("On", exact=True).first.check()
    desk.show("Text")
    final = """{
  "name": "Kiosks",
  "limit": 100000000000000000,
  "rate": 12345678901234567890.123456789,
  "queue": {
    "tries": 3
  },
  "pass": "******",
  "isOpen": true
}"""
    desk.has_text(final)
    assert desk.fits
    assert desk.save() == final


def test_a_key_is_completed_with_its_help_and_then_its_value(desk: Desk) -> None:
    desk.open('{\n  "name": "a",\n  \n}')
    desk.put_cursor(3, 3)
    desk.page.keyboard.type('"mod')
    popup = desk.page.locator(".ace_autocomplete .ace_line", has_text="modes")
    expect(popup).to_be_visible()
    expect(desk.page.locator(".ace_doc-tooltip")).to_contain_text("What it sells.")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".ace_autocomplete .ace_line", has_text="DEMO")).to_be_visible()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    desk.has_text('{\n  "name": "a",\n  "modes": ["REAL"]\n}')
    expect(desk.option("modes").get_by_label("REAL")).to_be_checked()


def test_help_follows_the_cursor_and_meanings_stand_behind_the_lines(desk: Desk) -> None:
    desk.open(HUGE)
    expect(desk.page.locator(".editor-meanings")).to_contain_text("1,000,000,000,000,000.00")
    desk.put_cursor(5, 16)
    help_panel = desk.page.locator("[data-part=help]")
    expect(help_panel).to_contain_text("queue.tries")
    expect(help_panel).to_contain_text("From 0 to 1,000 · Default: 10")


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_a_fault_is_shown_at_its_place_and_the_proposal_mends_it(desk: Desk, width: int) -> None:
    desk.open('{\n  "name": "a"\n  "isOpen": “yes”\n}', width)
    expect(desk.standing).to_have_text("1 error")
    expect(desk.remarks).to_have_text(
        ["Error Line 3, column 3 A comma is missing before this. Put a comma between the two."]
    )
    expect(desk.page.locator(".editor-fault.is-error")).to_have_count(1)
    expect(desk.page.locator(".ace_gutter-cell.ace_error")).to_have_text("3")
    desk.show("Form")
    expect(desk.page.get_by_text("The form comes back once")).to_be_visible()
    desk.show("Text")
    desk.page.get_by_role("button", name="Use this text").click()
    desk.has_text('{\n  "name": "a",\n  "isOpen": "yes"\n}')
    expect(desk.remarks).to_have_text(["Error Line 3, column 13 isOpen is a text. Write true."])
    desk.page.get_by_role("button", name="Line 3, column 13").click()
    desk.page.keyboard.press("ControlOrMeta+z")
    expect(desk.standing).to_have_text("1 error")
    assert desk.text == '{\n  "name": "a"\n  "isOpen": “yes”\n}'


def test_rows_are_added_renamed_and_removed_in_the_form(desk: Desk) -> None:
    desk.open('{"coins": {"GOLD": 500}}', PHONE)
    desk.show("Form")
    coins = desk.option("coins")
    coins.get_by_label("New key in coins", exact=True).fill("SILV")
    coins.get_by_label("Value of the new key in coins").fill("1000")
    coins.get_by_role("button", name="Add").click()
    expect(coins.get_by_label("SILV", exact=True)).to_have_value("1000")
    first = coins.get_by_label("Key in coins", exact=True).first
    expect(coins.get_by_label("New key in coins", exact=True)).to_be_focused()
    coins.get_by_label("New key in coins", exact=True).fill("half")
    first.fill("AU")
    first.press("Tab")
    expect(coins.get_by_label("AU", exact=True)).to_have_value("500")
    expect(coins.get_by_label("AU", exact=True)).to_be_focused()
    expect(coins.get_by_label("New key in coins", exact=True)).to_have_value("half")
    coins.get_by_role("button", name="Remove SILV").click()
    desk.has_text('{\n  "coins": {\n    "AU": 500\n  }\n}')
    games = desk.option("perGame")
    games.get_by_label("New key in perGame", exact=True).fill("bells")
    games.get_by_label("New key in perGame", exact=True).press("Enter")
    games.get_by_label("limit").fill("250")
    desk.has_text(
        '{\n  "coins": {\n    "AU": 500\n  },\n  "perGame": {\n    "bells": {\n      "limit": 250\n    }\n  }\n}'
    )


def test_what_the_form_refuses_stays_as_typed_and_holds_the_save_up_once(desk: Desk) -> None:
    desk.open('{"name": "a"}')
    limit = desk.option("limit").get_by_role("textbox")
    limit.fill("1,000")
    desk.page.get_by_role("button", name="Save").click()
    expect(desk.page.get_by_text("Not saved yet")).to_be_visible()
    expect(desk.option("limit").get_by_role("alert")).to_have_text(
        "“1,000” is not a whole number: write digits, without separators."
    )
    expect(limit).to_have_value("1,000")
    limit.fill("1000")
    assert desk.save() == '{\n  "name": "a",\n  "limit": 1000\n}'


def test_a_secret_is_replaced_as_a_whole_and_never_comes_into_the_form(desk: Desk) -> None:
    desk.open('{"name": "a", "pass": "******"}')
    secret = desk.option("pass").locator("input")
    expect(secret).to_have_value("******")
    secret.focus()
    desk.page.keyboard.type("hunter2")
    desk.has_text('{\n  "name": "a",\n  "pass": "hunter2"\n}')
    desk.option("name").get_by_role("textbox").fill("b")
    expect(secret).to_have_value("******")
    assert desk.save() == '{\n  "name": "b",\n  "pass": "hunter2"\n}'


def test_escape_and_tab_leave_the_text(desk: Desk) -> None:
    desk.open(HUGE)
    desk.put_cursor(1, 2)
    desk.page.keyboard.press("Tab")
    assert desk.text.startswith("{ \n")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.closest('.editor-ace') === null")
    assert desk.text.startswith("{ \n")


def test_the_editor_is_dark_where_the_page_is(desk: Desk) -> None:
    desk.open(HUGE)
    text = desk.page.locator(".ace_editor").first
    expect(text).to_have_class(re.compile("ace-cloud_editor( |$)"))
    desk.page.evaluate("document.documentElement.classList.add('dark')")
    expect(text).to_have_class(re.compile("ace-cloud_editor_dark"))


def test_without_scripts_there_is_a_plain_text_area(session: str, address: str, browser: Browser) -> None:
    with sitting(browser, address, session, scripts=False) as desk:
        desk.page.goto("/admin/kiosk/edit/")
        area = desk.page.get_by_label("Settings")
        assert area.input_value() == HUGE
        area.fill(HUGE.replace("Kiosk", "Stand"))
        assert desk.page.get_by_role("button", name="Form", exact=True).is_hidden()
        assert desk.save() == HUGE.replace("Kiosk", "Stand")
