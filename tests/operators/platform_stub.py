"""An HTTP server on this machine that answers a path with what a test laid ready, and notes what it was asked."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Answer:
    """`length` is what Content-Length says, where that is not the truth; a `drip` is the pause between two bytes.

    A `dropped` one never comes: the connection ends when the request was read. One that `closes` ends it afterwards,
    without having said so, as servers do with connections that were idle for long.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    wait: float = 0.0
    dropped: bool = False
    closes: bool = False


@dataclass
class Stub:
    """Answers by path (with its query, or else without), in order; the last one stays. `bodies` are those of POSTs."""

    url: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, "Message[str, str]", int]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def lay(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def lay_json(self, path: str, document: Any) -> None:
        self.lay(path, Answer(body=json.dumps(document).encode()))

    def take(self, path: str) -> Answer:
        waiting = self.answers[path if path in self.answers else path.partition("?")[0]]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextlib.contextmanager
def run_stub() -> Iterator[Stub]:
    """A stub that answers while the block lasts."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            stub.asked.append((self.path, self.headers, self.client_address[1]))
            answer = stub.take(self.path)
            self.close_connection = answer.dropped
            if answer.dropped:
                return
            time.sleep(answer.wait)
            with contextlib.suppress(OSError):
                self.send_answer(answer)
            self.close_connection = answer.length is not None or answer.closes

        def send_answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            self.send_body(answer)

        def do_POST(self) -> None:
            stub.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def send_body(self, answer: Answer) -> None:
            step = 1 if answer.drip else len(answer.body)
            for start in range(0, len(answer.body), step or 1):
                self.wfile.write(answer.body[start : start + step])
                time.sleep(answer.drip)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
