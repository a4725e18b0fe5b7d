"""The casino API's documentation page, in a real browser: it renders, and asks nobody but us."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin.browser import browsing, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The back office on a port of its own; the page reads no row, so it needs no database."""
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


def open_docs(browser: Browser, site: str, width: int) -> tuple[Page, list[str], list[str]]:
    """The page, what its console complained of, and whom it asked."""
    complaints: list[str] = []
    hosts: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: hosts.append(urlsplit(request.url).netloc) if request.url[:4] == "http" else None
    )
    answer = page.goto(f"{site}/api/docs/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    return page, complaints, hosts


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_renders_under_our_policy_and_asks_nobody_else(browser: Browser, site: str, width: int) -> None:
    page, complaints, hosts = open_docs(browser, site, width)
    expect(page.get_by_role("heading", name="Casino API")).to_be_visible()
    page.get_by_text("Launch a game or a lobby").click()
    expect(page.get_by_text("Open the address.")).to_be_visible()
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("heading", name="Available authorizations")).to_be_visible()
    page.close()
    assert complaints == []
    assert set(hosts) == {urlsplit(site).netloc}
