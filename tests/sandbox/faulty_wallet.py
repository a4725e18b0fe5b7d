"""A wallet with one fault: a proxy in front of a sound one, which spoils what passes through it.

    with serve(FloatMoney(sound_wallet)) as wallet_url: ...

The faults are in `wallet_faults`. The sound wallet may be any: the proxy speaks HTTP on both sides.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from sandbox.wallet_client import Answer, Identifiers, WalletClient, format_timestamp, sign_response
from tests.sandbox.patient_server import PatientHandler, PatientServer

HOP_HEADERS = frozenset({"host", "content-length", "connection", "accept-encoding"})

Members = dict[str, Any]

encoder = msgspec.json.Encoder(decimal_format="number")
members_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
identifiers = Identifiers()


@dataclass(frozen=True)
class Call:
    """One HTTP request that a platform has sent."""

    method: str
    command: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def document(self) -> Members:
        """The body as JSON, or nothing where it is no object or could not be written again."""
        try:
            found = json.loads(self.body, parse_float=Decimal, parse_constant=refuse_constant)
            encoder.encode(found)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def data(self) -> Members:
        found = self.document.get("data")
        return found if isinstance(found, dict) else {}

    @property
    def kind(self) -> object:
        return self.data.get("transaction_type") if self.command == "changebalance" else None

    @property
    def transaction_id(self) -> str:
        return str(self.data.get("transaction_id"))

    @property
    def table(self) -> tuple[str, str]:
        """The round, as this player's."""
        return str(self.data.get("user_id")), str(self.data.get("round_id"))

    def but(self, **changes: object) -> "Call":
        """The request with other data; its hash, which covers none of them, still verifies."""
        return replace(self, body=encoder.encode({**self.document, "data": {**self.data, **changes}}))


def refuse_constant(name: str) -> None:
    raise ValueError(name)


class Wallet:
    """A wallet without a fault: it hands everything to the sound one. A fault overrides `answer`."""

    def __init__(self, sound: WalletClient) -> None:
        self.sound = sound

    def answer(self, call: Call) -> Answer:
        return self.forward(call)

    def forward(self, call: Call) -> Answer:
        return self.sound.send(call.command, call.body, call.headers, call.method)

    def forward_as(self, call: Call, **changes: object) -> Answer:
        """Have the sound wallet do something else, and answer as if it had been this."""
        return echo(self.forward(call.but(**changes)), call.body)

    def refuse(self, call: Call, code: str) -> Answer:
        return self.sign(call, "ERROR", {"error_code": code, "error_message": f"the fault's {code}"})

    def sign(self, call: Call, status: str, data: Members) -> Answer:
        """An answer of the proxy's own, in order but for what it says."""
        timestamp = format_timestamp(datetime.now(UTC))
        signature = sign_response(status, timestamp, self.sound.secret_key)
        response = {"status": status, "response_timestamp": timestamp, "hash": signature, "data": data}
        body = b'{"request":%s,"response":%s}' % (call.body.strip(), encoder.encode(response))
        return Answer(200, {"Content-Type": "application/json; charset=utf-8"}, body, 0.0)

    def ask_balance(self, call: Call) -> str:
        """The code with which the sound wallet answers `balance` for this call's token, user and currency."""
        names = ("token", "user_id", "currency_code")
        return self.sound.call("balance", {name: call.data.get(name) or "none" for name in names}).code


def code_of(answer: Answer) -> str:
    """OK, the OP code, or nothing where the answer is no envelope."""
    found: list[str] = []

    def read(response: Members) -> None:
        found.append("OK" if response["status"] == "OK" else str(response["data"]["error_code"]))

    rewrite(answer, read)
    return found[0] if found else ""


def rewrite(answer: Answer, change: Callable[[Members], None]) -> Answer:
    """The answer with its `response` changed in place; one that is no envelope stays as it is."""
    try:
        members = members_decoder.decode(answer.body)
        response = json.loads(bytes(members["response"]), parse_float=Decimal)
    except (msgspec.MsgspecError, KeyError):
        return answer
    change(response)
    body = b'{"request":%s,"response":%s}' % (bytes(members["request"]), encoder.encode(response))
    return replace(answer, body=body)


def echo(answer: Answer, request: bytes) -> Answer:
    """The answer with these bytes in the place of its `request`."""
    try:
        response = bytes(members_decoder.decode(answer.body)["response"])
    except (msgspec.MsgspecError, KeyError):
        return answer
    return replace(answer, body=b'{"request":%s,"response":%s}' % (request, response))


class Server(PatientServer):
    def __init__(self, wallet: Wallet) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.wallet = wallet


class Handler(PatientHandler):
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: text for name, text in self.headers.items() if name.lower() not in HOP_HEADERS}
        answer = self.server.wallet.answer(Call(self.command, self.path.rpartition("/")[2], headers, body))
        self.send_response(answer.status or 502)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve(wallet: Wallet) -> Iterator[str]:
    """The wallet's address, while the block lasts."""
    with Server(wallet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/wallet"
        finally:
            server.shutdown()
            thread.join()
