"""The pages in a real browser, at the width of a desk and of a phone."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from sandbox.platform.catalogue import build_catalogue
from tests.admin.browser import browsing
from tests.sandbox.platform_process import PlatformProcess
from tests.sandbox.reference_request import Refusal
from tests.sandbox.test_server_launch import GAME, launch_path

WIDTHS: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
pytestmark = [pytest.mark.live, pytest.mark.browser]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page that must not complain, nor be wider than its window."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context = browser.new_context(viewport=WIDTHS[request.param], locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert complaints == []
    assert width == WIDTHS[request.param]["width"]


def launch(page: Page, platform: PlatformProcess, user_id: str, **changes: object) -> str:
    """Open a launch in the browser and return its token."""
    token = platform.wallet.launch(user_id, "EUR", None if "lobby_id" in changes else str(GAME))
    page.goto(platform.url + launch_path(token=token, **changes))
    return token


def spin(page: Page) -> None:
    page.get_by_role("button", name="Spin").click()
    expect(page.get_by_role("button", name="Spin")).to_be_enabled(timeout=15_000)


def test_round_played_by_hand_moves_the_wallet_and_is_shown(page: Page, platform: PlatformProcess, alice: str) -> None:
    launch(page, platform, alice)
    expect(page.get_by_role("heading", level=1)).to_have_text("Voyager & Pirate")
    expect(page.locator("#balance")).to_have_text("€100.00")
    page.get_by_role("radio", name="5.00", exact=True).check()
    spin(page)
    balance = platform.wallet.balance_of(alice, "EUR")
    expect(page.locator("#balance")).to_have_text(f"€{balance}")
    assert balance != Decimal("100.00") or "won" in page.locator("#message").inner_text()
    calls = page.locator("#calls tr")
    expect(calls.last).to_contain_text("authenticate")
    expect(calls.first).to_contain_text("WIN")
    bet = page.locator("#calls tr", has_text="BET 5.00")
    expect(bet.locator(".ok")).to_have_text("OK")
    transaction_id = bet.locator(".id").inner_text()
    assert platform.wallet.transactions[transaction_id].movement == Decimal("-5.00")
    assert platform.wallet.transactions[transaction_id].round_id == page.locator("#round-id").inner_text()


def test_game_is_played_with_the_keyboard_alone(page: Page, platform: PlatformProcess, alice: str) -> None:
    launch(page, platform, alice)
    page.get_by_role("radio", name="1.00", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="2.00", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Spin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#calls")).to_contain_text("BET 2.00")
    expect(page.get_by_role("button", name="Spin")).to_be_enabled()


def test_stake_that_the_balance_does_not_cover_is_explained(page: Page, platform: PlatformProcess) -> None:
    platform.wallet.add_player("poor", {"EUR": Decimal("0.10")})
    launch(page, platform, "poor")
    spin(page)
    expect(page.get_by_role("status")).to_have_text(
        "Your balance does not cover this stake. Choose a smaller one, or make a deposit."
    )
    expect(page.locator("#calls tr").first).to_contain_text("OP_31")
    expect(page.locator("#balance")).to_have_text("€0.10")


def test_ended_session_stops_the_game(page: Page, platform: PlatformProcess, alice: str) -> None:
    token = launch(page, platform, alice)
    platform.wallet.end_session(token)
    page.get_by_role("button", name="Spin").click()
    expect(page.get_by_role("status")).to_have_text("Your session has ended. Open the game again from the casino.")
    expect(page.get_by_role("button", name="Spin")).to_be_disabled()


def test_lobby_leads_to_a_game_and_back(page: Page, platform: PlatformProcess, alice: str) -> None:
    launch(page, platform, alice, lobby_id="portomaso")
    expect(page.get_by_role("heading", level=1)).to_have_text("Portomaso")
    title = build_catalogue().games[1847].title
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    spin(page)
    expect(page.locator("#calls")).to_contain_text("BET 1.00")
    page.get_by_role("link", name="Lobby").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Portomaso")


def test_game_for_fun_plays_with_the_pages_own_money(page: Page, platform: PlatformProcess) -> None:
    page.goto(platform.url + launch_path(mode="fun", token=None))
    expect(page.locator("#balance")).to_have_text("1,000.00")
    before = dict(platform.wallet.transactions)
    for _ in range(3):
        spin(page)
    expect(page.locator("#balance")).not_to_have_text("")
    assert page.locator("#message").inner_text().endswith(".")
    assert platform.wallet.transactions == before


def test_win_that_the_wallet_does_not_confirm_is_announced_and_then_settled(
    page: Page, platform: PlatformProcess, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch(page, platform, alice)
    record = platform.wallet.record
    failures = [Refusal("OP_50", "the disk is full"), *[Refusal("OP_50", "still full")] * 2]

    def fail_wins(player: object, transaction_id: str, data: dict[str, object]) -> None:
        if data["transaction_type"] == "WIN" and failures:
            raise failures.pop()
        record(player, transaction_id, data)  # type: ignore[arg-type]

    monkeypatch.setattr(platform.wallet, "record", fail_wins)
    page.get_by_role("button", name="Spin").click()
    expect(page.get_by_role("status")).to_contain_text("The casino has not confirmed your win yet")
    page.reload()
    expect(page.get_by_role("status")).to_have_text("An earlier round is still being settled with the casino.")
    expect(page.get_by_role("button", name="Spin")).to_be_disabled()
    expect(page.get_by_role("status")).to_have_text("Settled: the casino has confirmed everything.", timeout=15_000)
    expect(page.locator("#balance")).to_have_text(f"€{platform.wallet.balance_of(alice, 'EUR')}")


def test_front_page_searches_and_opens_a_game_for_fun(page: Page, platform: PlatformProcess) -> None:
    page.goto(platform.url)
    page.get_by_label("Search games").fill("voyager pirate")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("1 game")
    page.get_by_role("link", name="Voyager & Pirate").click()
    expect(page.locator(".mode")).to_have_text("for fun")
