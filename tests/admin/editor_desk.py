"""A window on a page with the JSON editor, and what a person does there."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from tests.admin.browser import Watch, fits
from tests.admin.kiosk import SAVED

WIDE, PHONE = 1440, 390


def log_in() -> str:
    """Make a superuser, and return the key of a session of theirs."""
    client = Client()
    client.force_login(User.objects.create_superuser(f"editor-{secrets.token_hex(4)}", password=None))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@dataclass(frozen=True)
class Desk:
    """A window on a page."""

    page: Page

    def open(self, text: str, width: int = WIDE) -> None:
        """Open the kiosk's page with a text."""
        self.visit(f"/admin/kiosk/edit/?text={quote(text)}", width)

    def visit(self, place: str, width: int) -> None:
        """Open a page, and wait until its editor has been answered."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(place)
        expect(self.standing).not_to_be_empty()

    @property
    def standing(self) -> Locator:
        return self.page.locator("[data-part=standing]")

    @property
    def remarks(self) -> Locator:
        return self.page.locator("[data-part=remarks] li")

    @property
    def text(self) -> str:
        return self.page.locator("textarea[name=text]").input_value()

    def has_text(self, text: str) -> None:
        expect(self.page.locator("textarea[name=text]")).to_have_value(text)

    def put_cursor(self, line: int, column: int) -> None:
        """Put the cursor into the text, both counted from 1."""
        self.page.evaluate(
            "([line, column]) => {const {ace} = document.querySelector('[data-editor]').editor;"
            "ace.focus(); ace.gotoLine(line, column - 1)}",
            [line, column],
        )

    def select(self, text: str) -> None:
        """Find a text and select it, as the search box would."""
        self.page.evaluate(
            "text => {const {ace} = document.querySelector('[data-editor]').editor; ace.focus(); ace.find(text)}", text
        )

    def show(self, side: str) -> None:
        """Turn to the text or the form, where not both are in sight."""
        button = self.page.get_by_role("button", name=side, exact=True)
        if button.is_visible():
            button.click()

    def option(self, name: str) -> Locator:
        return self.page.locator(f"[data-part=form] [data-path='[\"{name}\"]'][data-option]")

    @property
    def fits(self) -> bool:
        return fits(self.page)

    def save(self) -> str:
        """Save the kiosk, and return what was saved."""
        before = len(SAVED)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Save").click()
        assert len(SAVED) == before + 1
        return SAVED[-1]


@contextmanager
def sitting(browser: Browser, address: str, session: str, *, scripts: bool = True) -> Iterator[Desk]:
    """Open a window for somebody who is logged in; at the end, nothing has gone wrong in it."""
    context = browser.new_context(base_url=address, java_script_enabled=scripts)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page = context.new_page()
    watch = Watch(address).over(page)
    yield Desk(page)
    context.close()
    assert watch.faults == []
