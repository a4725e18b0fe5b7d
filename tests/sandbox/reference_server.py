"""The reference wallet behind HTTP: the door, the signed envelope, and as much of a casino API as the sandbox calls.

    with serve(ReferenceWallet()) as server:
        WalletClient(server.wallet_url, "examplecasino", "secret_key")

or, to play against it by hand: `python -m tests.sandbox.reference_server PORT`.
"""

import contextlib
import hashlib
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from typing import TypeAlias

import msgspec

from tests.sandbox.patient_server import PatientHandler, PatientServer
from tests.sandbox.reference_casino import API_KEY, answer_casino
from tests.sandbox.reference_request import FIELDS, Refusal, parse_json, read_request
from tests.sandbox.reference_wallet import ReferenceWallet

LARGEST_BODY = 64 * 1024
JSON = "application/json; charset=utf-8"

Headers: TypeAlias = "Message[str, str]"
Reply = tuple[int, str, bytes]

encoder = msgspec.json.Encoder(decimal_format="number")


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def find_secret(wallet: ReferenceWallet, command: str, headers: Headers) -> str | None:
    """The secret under which a caller may pass the door, or None."""
    operator_id = headers.get("X-Operator-Id") or headers.get("X-TT-Operator-Id")
    if operator_id != wallet.operator_id or wallet.state == "terminated":
        return None
    signature = headers.get("X-Authorization")
    return next((secret for secret in wallet.secrets_accepted if signature == sha1(command + secret)), None)


def answer_platform(wallet: ReferenceWallet, method: str, command: str, headers: Headers, body: bytes) -> Reply:
    """What the wallet says to one HTTP request of a platform."""
    if command == "ping":
        return (200, "text/plain", b"PONG") if method == "GET" else (405, "text/plain", b"")
    if command not in FIELDS:
        return 404, "text/plain", b""
    if method != "POST":
        return 405, "text/plain", b""
    secret = find_secret(wallet, command, headers)
    if secret is None:
        return 403, "text/plain", b"Access denied"
    if len(body) > LARGEST_BODY:
        return 413, "text/plain", b""
    return 200, JSON, answer_command(wallet, command, body, secret)


def answer_command(wallet: ReferenceWallet, command: str, body: bytes, secret: str) -> bytes:
    echo = b"null"
    try:
        parsed = parse_json(body)
        echo = body
        envelope, data = read_request(parsed, command)
        check_hash(command, envelope, secret)
        return sign_answer(echo, "OK", wallet.execute(command, data), secret)
    except ValueError as error:
        refusal = Refusal("OP_50", f"not JSON: {error}")
    except Refusal as raised:
        refusal = raised
    return sign_answer(echo, "ERROR", {"error_code": refusal.code, "error_message": str(refusal)}, secret)


def check_hash(command: str, envelope: dict[str, object], secret: str) -> None:
    if envelope["hash"] != sha1(command + str(envelope["request_timestamp"]) + secret):
        raise Refusal("OP_20", "hash does not match")


def sign_answer(echo: bytes, status: str, data: dict[str, object], secret: str) -> bytes:
    timestamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    response = {
        "status": status,
        "response_timestamp": timestamp,
        "hash": sha1(status + timestamp + secret),
        "data": data,
    }
    return b'{"request":%s,"response":%s}' % (echo, encoder.encode(response))


class Server(PatientServer):
    def __init__(self, port: int, wallet: ReferenceWallet) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.wallet = wallet
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.wallet_url = f"{self.address}/wallet"
        self.api_url = f"{self.address}/api/v1"
        self.api_key = API_KEY


class Handler(PatientHandler):
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        front, _, rest = self.path.partition("?")[0].strip("/").partition("/")
        if front == "wallet":
            reply = answer_platform(self.server.wallet, self.command, rest, self.headers, body)
        else:
            reply = answer_casino(self.server.wallet, self.command, f"{front}/{rest}", self.headers, body)
        self.write(*reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer  # noqa: N815

    def write(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve(wallet: ReferenceWallet, port: int = 0) -> Iterator[Server]:
    """The wallet on a port of this machine, in a thread, while the block lasts."""
    with Server(port, wallet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    with Server(int(sys.argv[1]), ReferenceWallet()) as standing:
        print(f"{standing.wallet_url} · {standing.api_url} · key {standing.api_key}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            standing.serve_forever()
