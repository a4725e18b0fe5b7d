"""The editor on the pages of operators' settings and of GeoIP rules."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from operators.models import Operator, SettingsVersion
from operators.services.settings import save_settings
from tests.admin.browser import ask, browsing, serving
from tests.admin.editor_desk import PHONE, WIDE, Desk, log_in, sitting
from tests.admin.house import House
from tests.operators.making import NOW, STAFF

SECRET = "Zq7-never-to-be-seen-9x"
TYPED = """{
  "protocolType": 5,
  "licenseeId": "isb-1",
  "sharedSecret": "******",
  “defaultSettings”: {"maxExposure": 100000000000000000, "displayXRTP": 12345678901234567890.123456789},
  "customCurrencies": {"GOLD": 500, "SILV": 1000,},
}"""
SAVED = """{
  "protocolType": 5,
  "licenseeId": "isb-1",
  "sharedSecret": "******",
  "defaultSettings": {
    "maxExposure": 100000000000000000
  },
  "customCurrencies": {
    "GOLD": 500,
    "SILV": 1000
  },
  "isSocial": true,
  "gameRoundAgeToCloseInMS": 21600000
}"""


def address(operator: Operator, act: str) -> str:
    return reverse(f"admin:operators_operator_{act}", args=[operator.pk])


def look(client: Client, operator: Operator, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(address(operator, "editor"), {"text": text}).json()
    return answer


def keep_secret(operator: Operator) -> None:
    text = f'{{"protocolType": 5, "licenseeId": "isb-1", "sharedSecret": "{SECRET}"}}'
    save_settings(operator=operator, text=text, reason="as agreed", by=STAFF, now=NOW)


def test_the_editor_says_what_a_save_would_of_this_operator(boss: Client, house: House) -> None:
    masked = '{"protocolType": 5, "licenseeId": "isbaws2-1",\n "sharedSecret": "******"}'
    refused = look(boss, house.operator, masked)["remarks"]
    assert [(each["level"], each["line"], each["column"]) for each in refused] == [("error", 2, 18)]
    keep_secret(house.operator)
    odd = look(boss, house.operator, masked)["remarks"]
    assert [(each["level"], each["problem"]) for each in odd] == [
        ("warning", "The prefix isbaws2 has more than letters.")
    ]


def test_a_protocol_types_own_options_come_first_and_strangers_only_where_they_are_set(
    boss: Client, house: House
) -> None:
    form = look(boss, house.operator, '{"protocolType": 5}')["form"]
    assert form.index("<h3>ISOFTBET_PACIFIC</h3>") < form.index(">sharedSecret<") < form.index("<h3>At launch</h3>")
    assert '<option value="5" selected>5 ISOFTBET_PACIFIC</option>' in form
    assert "Not set (on)" in form
    assert ">reconToken<" not in form
    assert ">reconToken<" in look(boss, house.operator, '{"protocolType": 5, "reconToken": "a"}')["form"]


def test_values_are_told_with_their_meaning(boss: Client, house: House) -> None:
    text = '{"defaultSettings": {"maxExposure": 25000000},\n"gameRoundAgeToCloseInMS": 21600000}'
    notes = look(boss, house.operator, text)["notes"]
    assert [(note["name"], note["meaning"]) for note in notes] == [
        ("defaultSettings", ""),
        ("defaultSettings.maxExposure", "250,000.00 EUR"),
        ("gameRoundAgeToCloseInMS", "6 h"),
    ]


def test_only_those_who_may_change_an_operator_or_rules_ask_the_editor(
    house: House, staff: Callable[..., Client]
) -> None:
    client = staff("operators.view_operator", "geoblock.view_georules")
    rules = reverse("admin:geoblock_georules_editor", args=["global"])
    assert client.post(address(house.operator, "editor"), {"text": "{}"}).status_code == 403
    assert client.post(rules, {"text": "{}"}).status_code == 403


def test_rules_are_edited_for_everybody_and_for_operators_there_are(boss: Client, house: House) -> None:
    for subject, status in (("global", 200), (str(house.operator.pk), 200), ("0", 404), ("us", 404)):
        answer = boss.post(reverse("admin:geoblock_georules_editor", args=[subject]), {"text": '{"blackList": ["us"]}'})
        assert (subject, answer.status_code) == (subject, status)


@pytest.fixture
def operator(committed_db: None) -> Operator:
    operator = House().operator
    keep_secret(operator)
    return operator


@pytest.fixture
def desk(operator: Operator) -> Iterator[Desk]:
    session = log_in()
    with serving() as address, browsing() as browser, sitting(browser, address, session) as desk:
        yield desk


@pytest.mark.browser
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_settings_are_mended_completed_in_the_form_and_saved(desk: Desk, operator: Operator, width: int) -> None:
    page = desk.page
    desk.visit(address(operator, "edit_settings"), width)
    desk.put_cursor(1, 1)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(TYPED)
    expect(desk.remarks).to_have_text(
        ['Error Line 5, column 3 “ is a typographic quotation mark. Use the straight one: ".']
    )
    page.get_by_role("button", name="Use this text").click()
    expect(desk.remarks).to_contain_text(["displayXRTP"])
    assert "12345678901234567890.123456789" in desk.text
    desk.show("Form")
    settings = page.locator("details", has_text="defaultSettings").first
    expect(settings.get_by_text("it holds something that no input here can show")).to_be_visible()
    desk.show("Text")
    desk.select(', "displayXRTP": 12345678901234567890.123456789')
    page.keyboard.press("Delete")
    expect(desk.standing).to_have_text("No errors.")
    desk.show("Form")
    expect(desk.option("sharedSecret").locator("input")).to_have_value("******")
    desk.option("isSocial").get_by_label("On", exact=True).check()
    desk.option("gameRoundAgeToCloseInMS").get_by_role("textbox").fill("21600000")
    expect(desk.option("gameRoundAgeToCloseInMS")).to_contain_text("6 h")
    desk.has_text(SAVED)
    assert desk.fits
    page.get_by_label("Reason").fill("Coins")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()
    version = ask(SettingsVersion.objects.filter(operator=operator, number=2).get)
    assert version.text == SAVED
    assert ask(operator.settings_secrets.get).secret == SECRET


@pytest.mark.browser
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_countries_are_completed_by_name_and_told_by_name(desk: Desk, operator: Operator, width: int) -> None:
    page = desk.page
    desk.visit(reverse("admin:geoblock_georules_edit", args=[operator.pk]), width)
    desk.put_cursor(1, 1)
    page.keyboard.insert_text('{"blackList": []}')
    desk.put_cursor(1, 16)
    page.keyboard.type('"')
    page.keyboard.type("Germ", delay=30)
    popup = page.locator(".ace_autocomplete .ace_line", has_text="DE Germany")
    expect(popup).to_be_visible()
    page.keyboard.press("Enter")
    desk.has_text('{"blackList": ["DE"]}')
    desk.show("Form")
    expect(desk.option("blackList")).to_contain_text("Germany")
    desk.option("grayList").get_by_role("textbox").fill("DE-BB\nUK")
    expect(desk.remarks).to_contain_text(["Did you mean GB, United Kingdom?"])
    desk.has_text('{\n  "blackList": ["DE"],\n  "grayList": ["DE-BB", "UK"]\n}')
