"""The platform's side of document 001's gameplay calls: signs, sends, and checks every answer of the wallet."""

import hashlib
import http.client
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hmac import compare_digest
from urllib.parse import urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

ERROR_CODES = frozenset(f"OP_{number}" for number in (20, 21, 22, 30, 31, 32, 33, 34, 35, 40, 41, 47, 49, 50))
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
MONEY = re.compile(rb"-?(0|[1-9]\d*)\.\d\d")
CONTENT_TYPE = "application/json; charset=utf-8"


class _Response(msgspec.Struct):
    status: str
    response_timestamp: str
    hash: str
    data: msgspec.Raw


class _Envelope(msgspec.Struct):
    request: msgspec.Raw
    response: _Response


class _Money(msgspec.Struct):
    balance: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_encoder = msgspec.json.Encoder(decimal_format="number")
_envelope_decoder = msgspec.json.Decoder(_Envelope)
_money_decoder = msgspec.json.Decoder(_Money)
_data_decoder = msgspec.json.Decoder(dict[str, object], float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the wallet said to one command, checked.

    `code` is empty when the command was done. Otherwise it is the wallet's own OP code, `HTTP_<n>` for a status other
    than 200, `TIMEOUT`, `UNREACHABLE` (never connected, or cut off), or `BAD_REPLY` for an answer that breaks document
    001; `message` says why. Numbers with a fraction in `data` are Decimal. `raw` is the answer's body.
    """

    ok: bool
    data: Mapping[str, object]
    code: str
    message: str
    milliseconds: float
    raw: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer as it came; `status` is 0 and `failure` TIMEOUT or UNREACHABLE when there was none."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: float
    failure: str = ""
    message: str = ""


class BadReply(Exception):
    """The answer is not one that document 001 allows."""


def sign_authorization(command: str, secret: str) -> str:
    return _sha1(command + secret)


def sign_request(command: str, timestamp: str, secret: str) -> str:
    return _sha1(command + timestamp + secret)


def sign_response(status: str, timestamp: str, secret: str) -> str:
    return _sha1(status + timestamp + secret)


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def format_timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def encode_request(command: str, data: Mapping[str, object], secret: str, timestamp: str | None = None) -> bytes:
    """A signed request body, stamped now unless told otherwise; Decimals become numbers with their exact digits."""
    timestamp = timestamp or format_timestamp(datetime.now(UTC))
    signature = sign_request(command, timestamp, secret)
    return _encoder.encode({"command": command, "request_timestamp": timestamp, "hash": signature, "data": data})


def read_reply(sent: bytes, body: bytes, secret: str) -> tuple[str, Mapping[str, object]]:
    """Check an answer's envelope against the request's bytes and return its status and data.

    :raises BadReply: it is no envelope, does not echo the request, is not signed, or carries an unlisted code or
        a balance that is not a number with two decimals.
    """
    try:
        envelope = _envelope_decoder.decode(body)
        data = _data_decoder.decode(envelope.response.data)
        balance = _money_decoder.decode(envelope.response.data).balance
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise BadReply(f"not an envelope: {error}") from error
    response = envelope.response
    if bytes(envelope.request) != sent:
        raise BadReply("the request is not echoed as it was sent")
    if not TIMESTAMP.fullmatch(response.response_timestamp):
        raise BadReply(f"response_timestamp is {response.response_timestamp!r}")
    signature = sign_response(response.status, response.response_timestamp, secret)
    if not compare_digest(response.hash.encode(), signature.encode()):
        raise BadReply("the response hash does not fit status and response_timestamp")
    if balance is not msgspec.UNSET and not MONEY.fullmatch(bytes(balance)):
        raise BadReply(f"balance is {bytes(balance).decode()}, not a number with two decimals")
    _check_status(response.status, data)
    return response.status, data


def _check_status(status: str, data: Mapping[str, object]) -> None:
    if status not in {"OK", "ERROR"}:
        raise BadReply(f"status is {status!r}")
    if status == "ERROR" and data.get("error_code") not in ERROR_CODES:
        raise BadReply(f"error_code is {data.get('error_code')!r}")


@dataclass
class WalletClient:
    """A platform's line to one operator's wallet: keep-alive, for any number of threads.

    `base_url` is the address under which the commands live, such as `https://casino.example/wallet`.
    """

    base_url: str
    operator_id: str
    secret_key: str = field(repr=False)
    timeout: float = 10.0
    connections: int = 32

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        self._path = urlsplit(self.base_url).path
        self._patience = urllib3.Timeout(connect=min(self.timeout, 5.0), read=self.timeout)
        self._pool = urllib3.connection_from_url(self.base_url, maxsize=self.connections, retries=False)
        self._headers: dict[str, dict[str, str]] = {}

    def headers(self, command: str) -> dict[str, str]:
        """The headers of a command's request; a copy, to be changed at will."""
        if command not in self._headers:
            self._headers[command] = {
                "Content-Type": CONTENT_TYPE,
                "X-Operator-Id": self.operator_id,
                "X-Authorization": sign_authorization(command, self.secret_key),
            }
        return dict(self._headers[command])

    def encode(self, command: str, data: Mapping[str, object], timestamp: str | None = None) -> bytes:
        return encode_request(command, data, self.secret_key, timestamp)

    def call(self, command: str, data: Mapping[str, object]) -> Reply:
        """Send one signed command and check its answer. Raises nothing: see `Reply`."""
        body = self.encode(command, data)
        return self.judge(body, self.send(command, body))

    def judge(self, sent: bytes, answer: Answer) -> Reply:
        """What an HTTP answer to the request `sent` amounts to."""
        if answer.failure:
            return Reply(False, {}, answer.failure, answer.message, answer.milliseconds, answer.body)
        if answer.status != 200:
            message = f"HTTP status {answer.status} where 200 is due"
            return Reply(False, {}, f"HTTP_{answer.status}", message, answer.milliseconds, answer.body)
        try:
            status, data = read_reply(sent, answer.body, self.secret_key)
        except BadReply as problem:
            return Reply(False, {}, "BAD_REPLY", str(problem), answer.milliseconds, answer.body)
        if status == "OK":
            return Reply(True, data, "", "", answer.milliseconds, answer.body)
        code, message = str(data["error_code"]), str(data.get("error_message", ""))
        return Reply(False, data, code, message, answer.milliseconds, answer.body)

    def send(
        self, command: str, body: bytes | None, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> Answer:
        """Send bytes as they are to a command's address and return what came back, unchecked. Raises nothing.

        `headers` replaces the command's own ones; `ping` is `send("ping", None, {}, "GET")`.
        """
        started = time.perf_counter()
        try:
            response = self._pool.urlopen(
                method,
                f"{self._path}/{command}",
                body=body,
                headers=self.headers(command) if headers is None else headers,
                redirect=False,
                assert_same_host=False,
                timeout=self._patience,
            )
        except ReadTimeoutError as error:
            return Answer(0, {}, b"", _milliseconds_since(started), "TIMEOUT", str(error))
        except (HTTPError, OSError) as error:
            return Answer(0, {}, b"", _milliseconds_since(started), "UNREACHABLE", str(error))
        return Answer(response.status, response.headers, response.data, _milliseconds_since(started))

    def close(self) -> None:
        """Close the connections that are kept for later calls."""
        self._pool.close()

    def send_and_hang_up(self, command: str, body: bytes, wait: float = 0.0) -> None:
        """Send a request whole, and close the connection without reading the answer. Raises nothing."""
        address = urlsplit(self.base_url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=self.timeout)
        try:
            connection.request("POST", f"{self._path}/{command}", body, self.headers(command))
            time.sleep(wait)
        except OSError:
            return
        finally:
            connection.close()


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


class Identifiers:
    """Transaction and round ids: whole numbers of at most 19 digits that only ever grow, over restarts too.

    Microseconds of the clock, followed by three digits that are drawn once, so that processes side by side differ.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tail = secrets.randbelow(1000)
        self._last = 0

    def next(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return self._last * 1000 + self._tail
