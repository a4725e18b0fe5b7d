"""A platform as document 001 has it: it signs what it sends, and checks every answer's envelope."""

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.test import Client

numbers = itertools.count(1_000_001)
encoder = msgspec.json.Encoder(decimal_format="number")

# Sends method, command, body and headers; returns status, headers and body.
Transport = Callable[[str, str, bytes, Mapping[str, str]], tuple[int, Mapping[str, str], bytes]]


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - the document's choice


@dataclass(frozen=True)
class Answer:
    """What came back, numbers as Decimals."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @cached_property
    def document(self) -> dict[str, Any]:
        found = json.loads(self.raw, parse_float=Decimal)
        assert isinstance(found, dict)
        return found

    @property
    def response(self) -> dict[str, Any]:
        found = self.document["response"]
        assert isinstance(found, dict)
        return found

    @property
    def data(self) -> dict[str, Any]:
        found = self.response["data"]
        assert isinstance(found, dict)
        return found

    @property
    def verdict(self) -> str:
        """`OK`, an error code of the document, or the status of what did not pass the door."""
        if self.status != 200:
            return str(self.status)
        return str(self.data["error_code"] if self.response["status"] == "ERROR" else self.response["status"])

    @property
    def message(self) -> str:
        return str(self.data["error_message"])

    @property
    def balance(self) -> Decimal:
        """The balance; a number with exactly two decimals."""
        found = self.data["balance"]
        assert isinstance(found, Decimal)
        assert found.as_tuple().exponent == -2
        return found

    def check_envelope(self, body: bytes, secret: str) -> "Answer":
        """Assert that the answer echoes the request's bytes and is signed with the secret now."""
        assert self.status == 200
        assert self.headers["content-type"] == "application/json; charset=utf-8"
        assert self.raw.startswith(b'{"request":' + body + b',"response":')
        stamp = self.response["response_timestamp"]
        assert self.response["hash"] == sha1(self.response["status"], stamp, secret)
        age = datetime.now(UTC) - datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        assert -1 < age.total_seconds() < 10
        return self


@dataclass
class Platform:
    """One operator's line to a wallet."""

    operator_ref: str
    secret: str
    transport: Transport
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, command: str, data: object) -> Answer:
        """Send a well-formed, well-signed request; the answer's envelope is checked."""
        body = self.write(command, data)
        return self.send(command, body).check_envelope(body, self.secret)

    def write(self, command: str, data: object, *, stamp: str = "2026-11-20 13:44:54", **more: object) -> bytes:
        """The body of a request, signed."""
        signature = sha1(command, stamp, self.secret)
        return encoder.encode({"command": command, "request_timestamp": stamp, "hash": signature, "data": data} | more)

    def send(self, command: str, body: bytes, *, method: str = "POST", **headers: str | None) -> Answer:
        """Send any body. A header that is given replaces ours (`x_authorization=`), None leaves it out."""
        ours: dict[str, str | None] = {
            "X-Operator-Id": self.operator_ref,
            "X-Authorization": sha1(command, self.secret),
            **self.headers,
        }
        given = {name.replace("_", "-").title(): value for name, value in headers.items()}
        sent = {name: value for name, value in (ours | given).items() if value is not None}
        return Answer(*self.transport(method, command, body, sent))


def in_process(client: Client, remote_address: str = "127.0.0.1") -> Transport:
    """To the wallet's views in this process."""

    def send(
        method: str, command: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        answer = client.generic(
            method,
            f"/wallet/{command}",
            body,
            content_type="application/json",
            headers=dict(headers),
            REMOTE_ADDR=remote_address,
        )
        return answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content

    return send


def over_http(wallet_url: str, timeout: float = 10.0) -> Transport:
    """To a server; each call on a connection of its own."""
    address = urlsplit(wallet_url)
    assert address.hostname
    host, port = address.hostname, address.port

    def send(
        method: str, command: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        connection = HTTPConnection(host, port, timeout=timeout)
        try:
            sent = {"Content-Type": "application/json; charset=utf-8", **headers}
            connection.request(method, f"{address.path}/{command}", body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    return send
