"""A member of staff launches a game as a player, plays a round by hand, and finds it in the ledger.

With SCREENSHOTS=1 in the environment the game page is kept as docs/screenshots/game-page*.png.
"""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from dev.options import ROOT
from tests.admin.browser import Watch, browsing, log_in, make_chief
from tests.e2e.live_casino import STAFF, LiveCasino
from wallet.models import Player
from wallet.services.cashier import deposit
from wallet.services.players import register_player

pytestmark = [pytest.mark.live, pytest.mark.browser]
PICTURES = {"game-page.png": (1440, 780), "game-page-phone.png": (390, 844)}
STAKE = Decimal("5.00")


@dataclass
class Round:
    """What the game page said of a round."""

    bet_id: str
    round_id: str
    balance: str


@pytest.fixture
def player(live: LiveCasino) -> Player:
    """Anna, with 1,000.00 EUR."""
    name = secrets.token_hex(3)
    facts = {"user_name": f"Anna Lindqvist {name}", "display_name": "annalin", "country": "SE"}
    player = register_player(casino=live.casino, user_id=f"player-{name}", currencies=["EUR"], by=STAFF, **facts).player
    deposit(
        casino=live.casino,
        user_id=player.user_id,
        amount=Decimal("1000.00"),
        currency="EUR",
        reference=f"opening-{name}",
        by=STAFF,
        now=datetime.now(UTC),
    )
    return player


@pytest.fixture
def staff(live: LiveCasino) -> str:
    """A member of staff who may do everything."""
    return make_chief()


@pytest.fixture
def browser(player: Player, staff: str) -> Iterator[Browser]:
    """Open last and closed first: while it is open, this thread may not use Django's database."""
    with browsing() as browser:
        yield browser


def keep_pictures(page: Page) -> None:
    """Keep what the game page looks like at a desk and on a phone, where that is asked for."""
    if os.environ.get("SCREENSHOTS"):
        for name, (width, height) in PICTURES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_load_state("networkidle")
            page.screenshot(path=ROOT / "docs" / "screenshots" / name, animations="disabled")


def open_player(page: Page, live: LiveCasino, player: Player) -> None:
    page.goto(f"{live.options.backoffice_url}/admin/wallet/player/?q={player.user_id}")
    page.get_by_role("link", name=player.user_id).click()
    expect(page.get_by_text("Time line")).to_be_visible()


def launch_from_page(page: Page) -> Page:
    """Launch a game with the player's page's button; the tab that it opens in."""
    page.get_by_role("link", name="Launch as player").first.click()
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("voyager")
    page.locator(".select2-results__option", has_text="Voyager").first.click()
    page.get_by_role("button", name="Make the launch").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the game in a new tab").click()
    return opened.value


def play_round(page: Page) -> Round:
    expect(page.locator("#balance")).to_have_text("€1,000.00")
    page.get_by_role("radio", name=str(STAKE), exact=True).check()
    page.locator("#spin").click()
    bet = page.locator("#calls tr", has_text=f"BET {STAKE}")
    expect(bet.locator(".code")).to_have_text("OK")
    expect(page.locator("#spin")).to_be_enabled(timeout=30_000)
    expect(page.locator("#message")).to_have_text(re.compile(r"^(No win|You won|\d+ free spins)"))
    keep_pictures(page)
    return Round(
        bet_id=bet.locator(".id").inner_text(),
        round_id=page.locator("#round-id").inner_text(),
        balance=page.locator("#balance").inner_text().removeprefix("€"),
    )


def find_in_ledger(page: Page, words: str) -> Locator:
    """The rows that the ledger's own search finds."""
    page.get_by_role("link", name="Ledger").first.click()
    page.locator("#searchbar").fill(words)
    page.locator("#searchbar").press("Enter")
    expect(page).to_have_url(re.compile(rf"[?&]q={words}"))
    return page.locator("#result_list tbody tr")


def cells(row: Locator) -> dict[str, str]:
    """A row's cells by the name of their column."""
    names = ["kind_shown", "amount_shown", "balance_shown", "round_shown", "reference"]
    return {name: " ".join(row.locator(f".field-{name}").inner_text().split()) for name in names}


def test_round_played_by_hand_stands_in_the_ledger(
    live: LiveCasino, browser: Browser, player: Player, staff: str
) -> None:
    size: ViewportSize = {"width": 1440, "height": 900}
    page = browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce").new_page()
    staff_side = Watch(live.options.backoffice_url).over(page)
    log_in(page, live.options.backoffice_url, staff)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    open_player(page, live, player)
    table = launch_from_page(page)
    game_side = Watch(live.options.sandbox_url).over(table)
    played = play_round(table)

    open_player(page, live, player)
    rows = find_in_ledger(page, played.bet_id)
    expect(rows).to_have_count(1)
    assert cells(rows) == {
        "kind_shown": "BET",
        "amount_shown": "-5.00 EUR",
        "balance_shown": "1,000.00 → 995.00 EUR",
        "round_shown": played.round_id,
        "reference": played.bet_id,
    }
    newest = find_in_ledger(page, player.user_id).first
    assert cells(newest)["balance_shown"].endswith(f"→ {played.balance} EUR")
    assert (staff_side.faults, game_side.faults) == ([], [])
