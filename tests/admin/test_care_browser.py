"""Support at work in a real browser: a stuck round taken, a time line narrowed, a refusal explained."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.admin.browser import Watch, browsing, fits, make_chief, serving, sign_in
from tests.admin.house import House, ago
from tests.wallet.world import STAFF, Seat
from wallet.services.players import block_player
from wallet.services.stuck_rounds import watch_rounds

pytestmark = pytest.mark.browser


@pytest.fixture
def house(committed_db: None) -> House:
    return House()


@pytest.fixture
def seat(house: House) -> Seat:
    """A player who has played, has a round that stays open, and is blocked."""
    seat = house.seat()
    finished = house.post("bet", seat, "5.00", at=ago(hours=3))
    house.post("win", seat, "2.00", round_ref=finished.round_ref, at=ago(hours=2.9))
    house.end(seat, finished.round_ref)
    house.post("bet", seat, "7.50", at=ago(hours=2))
    watch_rounds(now=timezone.now())
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=timezone.now())
    return seat


@pytest.fixture
def desk(seat: Seat) -> Iterator[tuple[Page, Watch, str]]:
    name = make_chief()
    connection.close()
    with serving() as address, browsing() as browser:
        yield *sign_in(browser, address, name), address


def test_round_is_taken_and_noted_a_line_narrowed_and_a_refusal_explained(
    desk: tuple[Page, Watch, str], house: House, seat: Seat
) -> None:
    page, watch, address = desk
    query = f"?round__operator__casino__id__exact={house.casino.pk}"
    page.goto(address + reverse("admin:wallet_stuckround_changelist") + query)
    row = page.locator("#result_list tbody tr")
    expect(row).to_have_count(1)
    row.locator("td.field-reference a").click()
    page.get_by_role("link", name="Take").click()
    page.get_by_role("button", name="Take").click()
    expect(page.get_by_text("You see to this round now.")).to_be_visible()
    page.get_by_role("link", name="Note").click()
    page.get_by_label("Note").fill("Asked the platform for the outcome.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("table.sheet").get_by_text("Asked the platform for the outcome.")).to_be_visible()
    assert fits(page)

    page.goto(address + reverse("admin:wallet_player_change", args=[seat.player.pk]))
    line = page.locator("#time-line tbody tr")
    expect(line).to_have_count(6)
    page.get_by_label("Rounds").check()
    page.get_by_label("Blocks").check()
    page.get_by_role("button", name="Show").click()
    expect(line).to_have_count(3)
    expect(line.first).to_contain_text("chargeback")
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits(page)
    page.set_viewport_size({"width": 1440, "height": 900})

    page.get_by_role("link", name="Why can this player not play?").click()
    page.get_by_role("button", name="Look").click()
    expect(page.locator("#answer")).to_contain_text(re.compile("2 checks\\s+do not hold"))
    expect(page.get_by_role("cell", name="The player is blocked. player_blocked")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits(page)
    assert watch.faults == []
