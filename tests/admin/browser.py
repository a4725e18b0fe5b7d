"""A real browser at a real server of the back office, with everything it complains of written down."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, sync_playwright

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
