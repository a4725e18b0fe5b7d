"""An adjustment in a real browser: one asks, the same cannot approve, another does, and the balance moves."""

import secrets
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tests.admin.browser import ask, browsing, fits, serving, sign_in
from tests.admin.house import PASSWORD, House, hire
from tests.wallet.world import Seat

pytestmark = pytest.mark.browser


@pytest.fixture
def seat(committed_db: None) -> Seat:
    """A player with 100.00 EUR, and something canceled and played."""
    house = House()
    seat = house.seat()
    house.post("bet", seat, "10.00")
    return seat


@pytest.fixture
def names(committed_db: None) -> list[str]:
    """Two of finance."""
    found = [f"{name}-{secrets.token_hex(4)}" for name in ("anna", "boris")]
    for name in found:
        hire(name).groups.add(Group.objects.get(name="finance"))
    return found


@pytest.fixture
def browser(seat: Seat, names: list[str]) -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


def test_one_asks_the_same_cannot_approve_and_another_does(browser: Browser, seat: Seat, names: list[str]) -> None:
    player = reverse("admin:wallet_player_change", args=[seat.player.pk])
    with serving() as address:
        anna, watched = sign_in(browser, address, names[0], password=PASSWORD)
        anna.goto(address + player)
        anna.get_by_role("link", name="Adjust balance").click()
        anna.locator("select[name=direction]").select_option("credit")
        anna.get_by_label("Amount").fill("25.00")
        anna.locator("select[name=reason]").select_option("goodwill")
        anna.get_by_label("Note").fill("Reels hung for an hour")
        anna.get_by_role("button", name="Ask for approval").click()
        expect(anna.get_by_text("You asked for it yourself: somebody else has to approve it.")).to_be_visible()
        expect(anna.get_by_role("link", name="Withdraw")).to_be_visible()
        expect(anna.get_by_role("link", name="Approve")).to_have_count(0)
        request = anna.url
        boris, also_watched = sign_in(browser, address, names[1], password=PASSWORD)
        expect(boris.get_by_role("status").get_by_text("for a second person")).to_be_visible()
        boris.get_by_role("link", name="for a second person").click()
        expect(boris.locator("#result_list tbody tr").first).to_contain_text("Waits")
        boris.goto(request)
        boris.get_by_role("link", name="Approve").click()
        expect(boris.get_by_text("The balance would go from 90.00 to 115.00 EUR.")).to_be_visible()
        assert ask(lambda: seat.balance) == Decimal("90.00")
        boris.get_by_role("button", name="Approve").click()
        expect(boris.get_by_text("Booked as")).to_be_visible()
        assert ask(lambda: seat.balance) == Decimal("115.00")
        for width in (1440, 390):
            boris.set_viewport_size({"width": width, "height": 900})
            assert fits(boris)
        assert watched.faults == also_watched.faults == []
