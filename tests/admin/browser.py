"""A real browser at a real server of the back office, with everything it complains of written down."""

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright

Found = TypeVar("Found")
PASSWORD = "correct horse battery"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing of each request."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the back office on a port of its own, static files and all; yields its address."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), Server, Silent) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong: console errors (broken content policies among them), exceptions, requests elsewhere."""

    address: str
    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> "Watch":
        page.on("console", lambda said: self.faults.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.note_request(request.url))
        page.on("response", lambda answer: self.note_answer(answer.url, answer.status))
        return self

    def note_request(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.faults.append(f"asked {url}")

    def note_answer(self, url: str, status: int) -> None:
        if status >= 400:
            self.faults.append(f"{status} for {url}")


def make_chief() -> str:
    """The name of a new superuser whose password is PASSWORD."""
    name = f"chief-{secrets.token_hex(4)}"
    User.objects.create_superuser(name, password=PASSWORD)
    return name


def log_in(page: Page, address: str, username: str, password: str = PASSWORD) -> None:
    """Fill in the log-in page and send it off."""
    page.goto(address + reverse("admin:login"))
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def sign_in(
    browser: Browser, address: str, username: str, *, password: str = PASSWORD, width: int = 1440
) -> tuple[Page, Watch]:
    """A window of somebody's own on the first page, and what goes wrong in it."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    watch = Watch(address).over(page)
    log_in(page, address, username, password)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    return page, watch


def fits(page: Page) -> bool:
    """Whether the page is no wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def ask(query: Callable[[], Found]) -> Found:
    """Ask the database in a thread of its own: that of an open browser may not."""

    def answer() -> Found:
        try:
            return query()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(answer).result()
