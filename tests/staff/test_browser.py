"""Signing in with a second factor in a real browser, at a desk's and a phone's width."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from tests.admin.browser import Watch, browsing, fits, log_in, make_chief, serving
from tests.staff.door import code_of, codes_on

pytestmark = pytest.mark.browser
WIDTHS = [1440, 390]
PICTURES = os.environ.get("PICTURES", "")


@dataclass
class Door:
    """A browser at the admin's door, and people who have yet to sign in for the first time."""

    browser: Browser
    address: str
    people: list[User]


@pytest.fixture
def door(committed_db: None, settings: Settings) -> Iterator[Door]:
    settings.SECOND_FACTOR = True
    people = [User.objects.get(username=make_chief()) for _ in WIDTHS]
    with serving() as address, browsing() as browser:
        yield Door(browser, address, people)


def picture(page: Page, name: str, width: int) -> None:
    assert fits(page)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


def test_person_sets_a_second_factor_up_and_signs_in_with_it_again(door: Door) -> None:
    address = door.address
    for person, width in zip(door.people, WIDTHS, strict=True):
        page = door.browser.new_context(viewport={"width": width, "height": 900}).new_page()
        watch = Watch(address).over(page)
        log_in(page, address, person.username)
        expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
        expect(page.locator("svg.qr")).to_be_visible()
        picture(page, "enrol", width)
        secret = page.locator("code.secret").inner_text().replace(" ", "")
        page.get_by_label("Code").fill(code_of(secret, timezone.now()))
        page.get_by_role("button", name="Set up").click()
        expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
        picture(page, "recovery-codes", width)
        (code, *_) = codes_on(page.content())
        page.get_by_role("link", name="I have kept them").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        page.goto(address + reverse("admin:own_second_factor"))
        picture(page, "own", width)
        page.context.clear_cookies()
        log_in(page, address, person.username)
        page.get_by_label("Code").fill("12 34 56")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("This code is not right")).to_be_visible()
        picture(page, "second-factor", width)
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        for model in ("auth_user", "staff_signincount", "operators_auditentry"):
            page.goto(address + reverse(f"admin:{model}_changelist"))
            picture(page, model, width)
        page.locator("#result_list tbody a:visible").first.click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        picture(page, "audit-entry", width)
        page.goto(address + reverse("admin:auth_user_change", args=[person.pk]))
        picture(page, "person", width)
        assert watch.faults == []
