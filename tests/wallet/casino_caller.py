"""A casino's own site, calling the casino API with its key."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.test import Client

from operators.models import Casino
from operators.services import create_api_key
from tests.operators.making import STAFF

EVERY_SCOPE = ("read", "launch", "cashier")
# Of the player, the operator and the game that tests make by these names.
LAUNCH = {
    "user_id": "olga",
    "operator_id": "lucky",
    "game_id": "37",
    "mode": "real",
    "currency": "EUR",
    "language": "en",
    "device": "desktop",
    "ip": "198.51.100.7",
}


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: Any
    headers: Any


@dataclass
class Caller:
    """Sends JSON below /api/v1/; an address in `next` is taken as it is."""

    key: str
    by: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> Answer:
        return self.send("GET", path, **more)

    def post(self, path: str, body: object, **more: Any) -> Answer:
        return self.send("POST", path, json.dumps(body), **more)

    def send(
        self, method: str, path: str, body: str | bytes = "", content_type: str = "application/json", **headers: str
    ) -> Answer:
        address = path.removeprefix("http://testserver")
        client = Client(raise_request_exception=False)
        shown = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        response = client.generic(
            method,
            address if address.startswith("/") else f"/api/v1/{address}",
            body,
            content_type,
            headers={**shown, **self.headers, **headers},
        )
        assert response.status_code == 304 or response.headers["Content-Type"] == "application/json"
        return Answer(response.status_code, json.loads(response.content or "null"), response.headers)


def call_for(casino: Casino, *, scopes: tuple[str, ...] = EVERY_SCOPE, ip_allow_list: tuple[str, ...] = ()) -> Caller:
    """A caller with a new key."""
    issued = create_api_key(casino=casino, name="site", scopes=scopes, ip_allow_list=ip_allow_list, by=STAFF)
    return Caller(issued.text, f"api-key:{issued.api_key.prefix}")
