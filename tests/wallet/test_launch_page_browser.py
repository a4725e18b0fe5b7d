"""A platform's page in a real browser: it plays inside the frame, and nothing of ours is within its reach."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FrameLocator, Page, expect
from pytest_django import Settings

from tests.admin.browser import browsing, serving
from tests.concurrency.at_once import at_once
from tests.wallet.opened import Opened
from wallet.models import LaunchPage

pytestmark = pytest.mark.browser

# What a stranger's script may try, each with what came of it.
PAGE = """<!DOCTYPE html><title>Wheel</title><body><script>
const tries = {
    parent: () => parent.document.title,
    top: () => { top.location = "about:blank"; },
    cookie: () => document.cookie,
    storage: () => localStorage.length,
    dialog: () => alert("!"),
};
const told = Object.entries(tries).map(([name, act]) => {
    try { act(); return name + " went through"; } catch (error) { return name + " " + error.name; }
});
told.push("origin " + self.origin);
document.body.append(told.join("; "));
</script></body>"""


@dataclass
class Table:
    browser: Browser
    address: str

    def open(self, html: str, width: int = 1280) -> tuple[Page, FrameLocator, list[str]]:
        """A player's page with the frame in it, and the console's complaints.

        Playwright's thread may not ask the database: another one makes the session.
        """
        (token,) = at_once([lambda: Opened(html, now=timezone.now()).token])
        page = self.browser.new_context(viewport={"width": width, "height": 700}).new_page()
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        page.goto(f"{self.address}/play/{token}")
        return page, page.frame_locator("iframe"), complaints


@pytest.fixture
def table(committed_db: None, settings: Settings) -> Iterator[Table]:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    with serving() as address, browsing() as browser:
        yield Table(browser, address)
    LaunchPage.objects.all().delete()


@pytest.mark.parametrize("width", [1280, 390])
def test_its_script_runs_in_an_origin_of_its_own_and_reaches_nothing(table: Table, width: int) -> None:
    page, frame, _ = table.open(PAGE, width)
    told = (
        "parent SecurityError; top SecurityError; cookie SecurityError; storage SecurityError; dialog went through;"
        " origin null"
    )
    expect(frame.get_by_text(told)).to_be_visible()
    assert page.url.startswith(f"{table.address}/play/")
    box = page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": width, "height": 700}


def test_it_may_send_a_form_and_go_on_to_the_game(table: Table) -> None:
    """What most such pages do: a form that sends itself to the provider."""
    (game,) = at_once([lambda: Opened("<p>The game</p>").token])
    action = f"{table.address}/play/{game}/content"
    form = f'<form id="go" action="{action}"></form><script>document.forms.go.submit()</script>'
    _, frame, _ = table.open(form)
    expect(frame.get_by_text("The game")).to_be_visible()


def test_a_lobby_button_leads_the_whole_page_away_at_a_click_alone(table: Table) -> None:
    page, frame, _ = table.open(f'<a target="_top" href="{table.address}/admin/login/">Lobby</a>')
    frame.get_by_text("Lobby").click()
    page.wait_for_url(f"{table.address}/admin/login/")


def test_our_own_page_breaks_none_of_its_policy(table: Table) -> None:
    page, frame, complaints = table.open("<p>Hello</p>")
    expect(frame.get_by_text("Hello")).to_be_visible()
    assert complaints == []
    assert page.locator("script").count() == 0
