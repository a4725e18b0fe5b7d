"""A client of a platform of document 003, and answers for it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from operators.platforms.base import Call, Http
from operators.platforms.gmag import Client, Config, Window
from tests.operators.platform_stub import Stub

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 20, 11, 0, tzinfo=UTC), datetime(2026, 11, 20, 11, 29, tzinfo=UTC))
HISTORY = "/history/game"
# The document's answer, without the comma that is one too many in it.
EXAMPLE = Path(__file__).with_name("gmag_reply.json").read_bytes()
ROW: dict[str, Any] = json.loads(EXAMPLE, parse_float=Decimal)["records"][0]
EMPTY = b'{"error": "0", "total": 0, "pages": 0, "size": 5000, "records": []}'


def config_of(stub: Stub) -> Config:
    http = Http(private_hosts_allowed=True, backoff_seconds=0.01)
    return Config(f"{stub.url}/", "1001", "secret_key", http, clock=lambda: NOON, make_request_ref=lambda: "request1")


def client_of(stub: Stub, calls: list[Call] | None = None) -> Client:
    return Client(config_of(stub), (calls if calls is not None else []).append)


def page_of(*rows: Any, **facts: Any) -> bytes:
    usual = {"error": "0", "total": len(rows), "pages": 1, "size": 5000, "records": rows}
    return json.dumps({**usual, **facts}, default=str).encode()
