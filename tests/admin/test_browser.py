"""The admin in a real browser, at a desk's and a phone's width: nothing broken, nothing asked of another host."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from operators.models import Direction, Exchange
from tests.admin.browser import Watch, browsing, fits, make_chief, serving, sign_in
from tests.admin.house import House, ago
from tests.wallet.world import Seat

pytestmark = pytest.mark.browser
WIDTHS = [1440, 390]


@dataclass
class Desk:
    """A member of staff's browser, and the house that there is to look at."""

    browser: Browser
    address: str
    username: str
    house: House
    seat: Seat
    row: int

    def sit(self, width: int) -> tuple[Page, Watch]:
        """Log in, in a window of this width."""
        return sign_in(self.browser, self.address, self.username, width=width)


@pytest.fixture
def desk(committed_db: None) -> Iterator[Desk]:
    house = House()
    seat = house.seat()
    bet = house.post("bet", seat, "10.00", at=ago(minutes=90))
    house.post("win", seat, "25.50", round_ref=bet.round_ref, at=ago(minutes=80))
    house.post("win", seat, "1500.00")
    Exchange.objects.create(
        at=ago(minutes=5),
        direction=Direction.INBOUND,
        operator=house.operator,
        command="changebalance",
        http_status=200,
        error_code="OP_31",
        milliseconds=1,
    )
    username = make_chief()
    row = bet.row.pk
    with serving() as address, browsing() as browser:
        yield Desk(browser, address, username, house, seat, row)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_and_break_no_rule(desk: Desk, width: int) -> None:
    page, watch = desk.sit(width)
    player, casino = desk.seat.player.pk, desk.house.casino
    ours = f"?operator__id__exact={desk.house.operator.pk}"  # other tests' rows stay, and may fill a page
    places = {
        f"{reverse('admin:index')}?casino={casino.slug}": "Today by currency",
        reverse("admin:wallet_ledgerrow_changelist") + f"?player={desk.seat.user_id}": "1,615.50",
        reverse("admin:wallet_ledgerrow_change", args=[desk.row]): "Context, as it came",
        reverse("admin:wallet_player_changelist") + f"?q={desk.seat.user_id}": desk.seat.player.user_name,
        reverse("admin:wallet_player_change", args=[player]): "Time line",
        reverse("admin:wallet_player_launch", args=[player]): "Make the launch",
        reverse("admin:wallet_player_self_exclude", args=[player]): "Exclude",
        reverse("admin:operators_operator_add"): "New operator",
        reverse("admin:operators_exchange_changelist") + ours: "OP_31",
        reverse("admin:catalog_game_changelist") + ours: "Game 200",
        reverse("admin:auth_user_changelist") + f"?q={desk.username}": desk.username,
    }
    for place, words in places.items():
        page.goto(desk.address + place)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_text(words).locator("visible=true").first).to_be_visible()
        assert fits(page), place
    assert watch.faults == []


def test_chart_is_drawn_with_its_colours(desk: Desk) -> None:
    page, watch = desk.sit(1440)
    page.goto(f"{desk.address}{reverse('admin:index')}?casino={desk.house.casino.slug}")
    page.wait_for_load_state("networkidle")
    drawn = page.evaluate(
        """() => {
            const canvas = document.querySelector("canvas.chart");
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let i = 0; i < pixels.length; i += 4) {
                if (pixels[i + 3] === 255) seen.add(`${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`);
            }
            return [...seen];
        }"""
    )
    assert {"21,93,252", "142,197,255"} <= set(drawn)
    assert watch.faults == []


def test_filters_open_and_narrow_the_ledger(desk: Desk) -> None:
    page, watch = desk.sit(1440)
    page.goto(desk.address + reverse("admin:wallet_ledgerrow_changelist"))
    page.get_by_text("Filters", exact=False).first.click()
    panel = page.locator("#changelist-filter")
    panel.locator("input[name=player]").fill(desk.seat.user_id)
    panel.get_by_label("Bet", exact=True).check()
    panel.get_by_role("button", name="Apply Filters").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("-10.00")
    assert watch.faults == []


def test_player_is_blocked_from_the_page_and_unblocked_again(desk: Desk) -> None:
    page, watch = desk.sit(1440)
    page.goto(desk.address + reverse("admin:wallet_player_change", args=[desk.seat.player.pk]))
    page.get_by_role("link", name=re.compile(r"Block$")).first.click()
    page.get_by_label("Reason").fill("chargeback, case 4711")
    page.get_by_role("button", name="Block").click()
    expect(page.get_by_text(f"Blocked by staff:{desk.username}")).to_be_visible()
    page.get_by_role("link", name="Unblock").first.click()
    page.get_by_label("Reason").fill("settled")
    page.get_by_role("button", name="Unblock").click()
    expect(page.get_by_text("May play").first).to_be_visible()
    assert watch.faults == []


def test_game_is_found_as_one_types_and_launched(desk: Desk) -> None:
    page, watch = desk.sit(1440)
    page.goto(desk.address + reverse("admin:wallet_player_launch", args=[desk.seat.player.pk]))
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("game 2")
    page.locator(".select2-results__option", has_text="Game 200").click()
    page.get_by_role("button", name="Make the launch").click()
    link = page.get_by_role("link", name="Open the game in a new tab")
    expect(link).to_be_visible()
    assert str(link.get_attribute("href")).startswith("https://games.example/?mode=real&game_id=200&token=")
    assert watch.faults == []


def test_menu_opens_on_a_phone(desk: Desk) -> None:
    page, watch = desk.sit(390)
    ledger = reverse("admin:wallet_ledgerrow_changelist")
    link = page.locator(f'#nav-sidebar a[href="{ledger}"]')
    expect(link).to_be_hidden()
    page.get_by_text("dock_to_right").locator("visible=true").click()
    expect(link).to_be_visible()
    link.click()
    expect(page).to_have_url(desk.address + ledger)
    assert watch.faults == []
