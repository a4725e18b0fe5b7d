"""GeoIP rules in a real browser: typed wrong, mended, tried with an address, saved; then one launch in, one out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.admin.browser import Watch, ask, browsing, fits, make_chief, serving
from tests.admin.house import House
from tests.admin.test_catalogue_browser import Desk, sit
from tests.geoblock.conftest import place_of_database
from tests.geoblock.databases import COUNTRIES, write_database
from tests.wallet.world import STAFF
from wallet.services.launch import GeoBlocked, launch_game

__all__ = ["Watch", "place_of_database"]

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(committed_db: None, place_of_database: Path) -> Iterator[Desk]:
    write_database(place_of_database, COUNTRIES, built_at=timezone.now())
    house, username = House(), make_chief()
    with serving() as address, browsing() as browser:
        yield sit(browser, address, username, house)


def launch(house: House, ip: str) -> bool:
    """Say whether a launch is let in."""

    def answer() -> bool:
        try:
            launch_game(
                player=house.add_player(),
                operator=house.operator,
                game_ref="200",
                currency="EUR",
                ip=ip,
                by=STAFF,
                now=timezone.now(),
            )
        except GeoBlocked:
            return False
        return True

    return ask(answer)


def test_rules_are_typed_mended_tried_and_bind_the_next_launch(desk: Desk) -> None:
    page, house = desk.page, desk.house
    assert launch(house, "198.51.100.7")
    desk.open(reverse("admin:geoblock_georules_edit", args=[house.operator.pk]))
    page.evaluate("text => document.querySelector('[data-editor]').editor.ace.setValue(text)", TYPED)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".remedies")).to_contain_text("Line 2, column 3: “ is a typographic quotation mark.")
    page.get_by_role("button", name="Use the mended text").click()
    expect(page.locator("p.notice", has_text="“us” is read as US, United States.")).to_be_visible()
    expect(page.get_by_text("launches for money they would have blocked 1: United States 1.")).to_be_visible()
    page.get_by_label("Address").fill("198.51.100.7")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".verdict")).to_contain_text("Blocked. US is on the operator's black list.")
    assert launch(house, "198.51.100.7")
    page.locator("[name=reason]").fill("The licence says so.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    assert (launch(house, "198.51.100.7"), launch(house, "203.0.113.7")) == (False, True)
    desk.open(reverse("admin:geoblock_blockedlaunch_by_country") + f"?operator={house.operator.pk}&days=1")
    assert page.locator("svg.world g title").all_text_contents() == ["United States: 1"]
    land, america = (page.locator(f"svg.world {part}").bounding_box() for part in ("use.land", "g use"))
    assert land
    assert america
    assert land["width"] > 3 * america["width"] > 400
    assert desk.watch.faults == []


def test_pages_fit_a_phone_and_complain_of_nothing(desk: Desk) -> None:
    assert launch(desk.house, "203.0.113.7")
    edit = reverse("admin:geoblock_georules_edit", args=[desk.house.operator.pk])
    simulator = reverse("admin:geoblock_georules_simulator") + "?place=CA-QC&mode=real&address="
    for width in (1440, 390):
        for place in (edit, simulator, *(reverse(f"admin:geoblock_{name}") for name in PAGES)):
            desk.open(place, width)
            assert fits(desk.page), place
    assert desk.watch.faults == []


TYPED = '{\n  “blackList”: ["us"],\n}'
PAGES = ("georules_changelist", "georules_rules", "blockedlaunch_changelist", "blockedlaunch_by_country")
