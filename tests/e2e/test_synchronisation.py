"""Staff synchronise a catalogue in the browser: real back office, real worker and Redis, real sandbox.

With SCREENSHOTS=FOLDER in the environment, what each page looks like at a desk and on a phone is kept there.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from catalog.models import RunState
from catalog.services import sync_catalog
from operators.models import Operator, Protocol
from tests.admin.browser import Watch, browsing, fits, make_chief, sign_in
from tests.broker import take_tasks
from tests.celery_processes import running_worker
from tests.databases import postgres_url
from tests.e2e.live_casino import STAFF, LiveCasino
from tests.operators.making import make_operator

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.xdist_group("synchronisation")]
WIDTHS = [1440, 390]
SYNCHRONISE = reverse("admin:catalog_syncrun_synchronise")
FEED = reverse("admin:catalog_change_changelist")
# The sandbox may be slow by as much, and a run takes its time after that.
PATIENCE = 30_000


@dataclass
class Desk:
    """A member of staff's window, the casino, and what the window complained of."""

    page: Page
    watch: Watch
    live: LiveCasino
    database: str

    def go(self, place: str) -> None:
        self.page.goto(self.live.options.backoffice_url + place)
        self.page.wait_for_load_state("networkidle")

    def order(self, path: str, content: dict[str, Any]) -> None:
        """Tell the sandbox what to list, or what to do wrong."""
        answer = requests.post(f"{self.live.options.sandbox_url}/control/{path}", json=content, timeout=10)
        assert answer.ok, answer.text

    def find(self, sql: str, *values: object) -> Any:
        """The first column of the first row; asked apart from Django, which may not while a browser is open."""
        with psycopg.connect(self.database) as connection:
            row = connection.execute(sql, values).fetchone()
        return row and row[0]

    def title_of(self, game_ref: str) -> str:
        sql = "SELECT title FROM catalog_game WHERE operator_id = %s AND game_ref = %s"
        return str(self.find(sql, self.live.operator.pk, game_ref))

    def count_listed(self) -> int:
        sql = "SELECT count(*) FROM catalog_game WHERE operator_id = %s AND listing = 'listed'"
        return int(self.find(sql, self.live.operator.pk))

    def start(self, operator: Operator, *, dry_run: bool = False) -> None:
        """Ask for a synchronisation, as a person does."""
        self.go(SYNCHRONISE)
        self.page.get_by_label("Operator").select_option(str(operator.pk))
        if dry_run:
            self.page.get_by_label("Only show the difference").check()
        self.page.get_by_role("button", name="Start").click()

    def expect_state(self, words: str) -> None:
        """Wait until the run's page says how it ended."""
        header = self.page.locator(".panel header").first
        expect(header).to_contain_text(words, timeout=PATIENCE)
        self.page.wait_for_load_state("networkidle")

    def look(self, name: str) -> None:
        """The page fits a desk's and a phone's window."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert fits(self.page), (name, width)
            if folder := os.environ.get("SCREENSHOTS"):
                self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@pytest.fixture(scope="module")
def working(
    served: LiveCasino, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveCasino]:
    """The casino with a worker, and an account at the sandbox's hizi as well."""
    name, secret = f"harbour-hizi-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
    host = f"{served.options.sandbox_url}/hizi"
    with django_db_blocker.unblock():
        make_operator(
            served.casino, protocol=Protocol.HIZI, operator_ref=name, secret=secret, api_host=host, name="Hizi"
        )
        take_tasks()
    demo = json.loads(served.demo.read_text())
    demo["operators"]["hizi"] = {"operator_id": name, "secret_key": secret}
    served.demo.write_text(json.dumps(demo), "utf-8")
    with running_worker(served.environment, tmp_path_factory.mktemp("worker") / "worker.log"):
        yield served


@pytest.fixture
def desk(committed_db: None, working: LiveCasino) -> Iterator[Desk]:
    username = make_chief()
    with browsing() as browser:
        page, watch = sign_in(browser, working.options.backoffice_url, username, width=WIDTHS[0])
        yield Desk(page, watch, working, postgres_url())
    requests.delete(f"{working.options.sandbox_url}/control/faults", timeout=10)
    for platform in ("generic", "hizi"):
        requests.post(f"{working.options.sandbox_url}/control/{platform}/catalogue", json={"reset": True}, timeout=10)
    with override_settings(PLATFORM_PRIVATE_HOSTS_ALLOWED=True):
        run = sync_catalog(operator=working.operator, by=STAFF, now=datetime.now(UTC))
    assert run.state in {RunState.APPLIED, RunState.UNCHANGED}, run.error


def test_synchronisation_is_watched_while_it_runs_and_told_when_it_has_ended(desk: Desk) -> None:
    ref = str(desk.find("SELECT min(game_ref) FROM catalog_game WHERE operator_id = %s", desk.live.operator.pk))
    old = desk.title_of(ref)
    desk.order("generic/catalogue", {"rename": {ref: "Tides of Harbour"}, "add": 2})
    for call in ("games", "lobbies"):
        desk.order("faults", {"platform": "generic", "kind": "slow", "call": call, "seconds": 4})
    desk.start(desk.live.operator)
    phase = desk.page.locator("[data-phase]")
    expect(phase).to_have_text("Fetching games", timeout=PATIENCE)
    desk.look("run-running")
    expect(phase).to_have_text("Fetching lobbies", timeout=PATIENCE)
    desk.expect_state("Applied")
    expect(desk.page.locator("table.sheet").first).to_contain_text("2 new, 1 renamed")
    renamed = desk.page.locator("tr", has_text="Tides of Harbour")
    expect(renamed.locator("del")).to_have_text(old)
    expect(renamed.locator("ins")).to_have_text("Tides of Harbour")
    desk.look("run-applied")
    desk.page.get_by_role("link", name="1 renamed").click()
    expect(desk.page.locator("#result_list tbody tr")).to_have_count(1)
    desk.look("feed-of-run")
    game = desk.find("SELECT id FROM catalog_game WHERE title = 'Tides of Harbour'")
    link = desk.page.locator("#result_list").get_by_role("link", name="Tides of Harbour")
    expect(link).to_have_attribute("href", reverse("admin:catalog_game_change", args=[game]))
    assert desk.watch.faults == []


def test_configurations_are_counted_while_they_are_fetched(desk: Desk) -> None:
    desk.order(
        "faults", {"platform": "hizi", "kind": "slow", "call": "getGameConfiguration", "seconds": 0.05, "times": None}
    )
    hizi = desk.find(
        "SELECT id FROM operators_operator WHERE casino_id = %s AND protocol = 'hizi'", desk.live.casino.pk
    )
    desk.start(Operator(pk=hizi))
    expect(desk.page.locator("[data-phase]")).to_have_text("Fetching game configurations", timeout=PATIENCE)
    figures = desk.page.locator("[data-figures]")
    pattern = re.compile(r"^\d[\d,]* of \d[\d,]*$")
    expect(figures).to_have_text(pattern, timeout=PATIENCE)
    first = figures.inner_text()
    expect(figures).not_to_have_text(first, timeout=PATIENCE)
    assert (pattern.match(first) is not None, first.split(" of ")[1]) == (True, figures.inner_text().split(" of ")[1])
    desk.look("run-counted")
    requests.delete(f"{desk.live.options.sandbox_url}/control/faults", timeout=10)
    desk.expect_state("Applied")
    desk.look("run-hizi")
    assert desk.watch.faults == []


def test_difference_is_shown_without_a_change_and_then_applied(desk: Desk) -> None:
    # Another test here may have met a game that the platform does not list.
    listed = "SELECT max(game_ref) FROM catalog_game WHERE operator_id = %s AND listing = 'listed'"
    ref = str(desk.find(listed, desk.live.operator.pk))
    old = desk.title_of(ref)
    desk.order("generic/catalogue", {"rename": {ref: "Only Looking"}})
    desk.start(desk.live.operator, dry_run=True)
    desk.expect_state("Previewed")
    expect(desk.page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(desk.page.locator("tr", has_text="Only Looking").locator("del")).to_have_text(old)
    assert desk.title_of(ref) == old
    desk.look("run-previewed")
    desk.page.get_by_role("link", name="Apply").first.click()
    desk.page.get_by_role("button", name="Apply").click()
    desk.expect_state("Applied")
    assert desk.title_of(ref) == "Only Looking"
    assert desk.watch.faults == []


def test_shrunken_list_waits_for_a_persons_yes(desk: Desk) -> None:
    listed = desk.count_listed()
    lost = listed // 5 + 1
    with psycopg.connect(desk.database) as connection:
        sql = "SELECT game_ref FROM catalog_game WHERE operator_id = %s AND listing = 'listed' ORDER BY id LIMIT %s"
        refs = [ref for (ref,) in connection.execute(sql, (desk.live.operator.pk, lost))]
    desk.order("generic/catalogue", {"remove": refs})
    desk.start(desk.live.operator)
    desk.expect_state("Waits for a person")
    told = f"Games: {lost:,} of {listed:,} are no longer on the platform's list."
    expect(desk.page.get_by_text(told)).to_be_visible()
    assert desk.count_listed() == listed
    desk.look("run-held")
    desk.page.get_by_role("link", name="Agree").first.click()
    expect(desk.page.get_by_role("heading", name=f"Let {lost:,} rows go")).to_be_visible()
    desk.look("run-agree")
    desk.page.get_by_role("button", name="Agree and run").click()
    desk.expect_state("Applied")
    expect(desk.page.get_by_role("link", name=f"{lost:,} gone")).to_be_visible()
    assert desk.count_listed() == listed - lost
    assert desk.watch.faults == []


def test_platform_that_fails_is_told_in_words(desk: Desk) -> None:
    desk.order("faults", {"platform": "generic", "kind": "html", "call": "games", "times": None})
    desk.start(desk.live.operator)
    desk.expect_state("Failed")
    expect(desk.page.get_by_text("The catalogue is as it was.")).to_be_visible()
    expect(desk.page.get_by_role("link", name="in the exchange log")).to_be_visible()
    desk.look("run-failed")
    desk.go(reverse("admin:index"))
    row = desk.page.locator("tr.is-bad", has_text=desk.live.operator.name)
    expect(row.first).to_contain_text("Failed")
    desk.look("overview")
    assert desk.watch.faults == []


def test_pages_fit_and_break_no_rule(desk: Desk) -> None:
    operator = desk.live.operator.pk
    entry = desk.find("SELECT id FROM django_celery_beat_periodictask WHERE name = 'Sync the catalogue'")
    change = desk.find("SELECT min(id) FROM catalog_change WHERE operator_id = %s", operator)
    schedule = "admin:django_celery_beat_periodictask"
    places = {
        "runs": reverse("admin:catalog_syncrun_changelist") + f"?operator__id__exact={operator}",
        "synchronise": SYNCHRONISE,
        "asked": reverse("admin:catalog_syncrun_asked", args=[operator, "nobody"]) + "?at=1",
        "feed": f"{FEED}?operator__id__exact={operator}",
        "change": reverse("admin:catalog_change_change", args=[change]),
        "schedule": reverse(f"{schedule}_changelist"),
        "entry": reverse(f"{schedule}_change", args=[entry]),
        "reschedule": reverse(f"{schedule}_reschedule", args=[entry]),
        "new-entry": reverse(f"{schedule}_add"),
    }
    for name, place in places.items():
        desk.go(place)
        desk.look(name)
    assert desk.watch.faults == []
