"""Calls of hizi, signed as an operator signs them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from sandbox.hizi.access import sign
from tests.sandbox.platform_process import ACCOUNTS, PlatformProcess

OPERATOR_ID, SECRET = ACCOUNTS["hizi"].operator_id, ACCOUNTS["hizi"].secret_key


def headers_for(*signed: str, timestamp: str = "", first: Sequence[str] = ()) -> dict[str, str]:
    """The three headers; `signed` is what a call signs after id and timestamp, `first` what comes before them."""
    timestamp = timestamp or datetime.now(UTC).isoformat()
    signature = sign([*first, OPERATOR_ID, timestamp, *signed], SECRET)
    return {"X-H-AUTH-ID": OPERATOR_ID, "X-H-TIMESTAMP": timestamp, "X-H-AUTH-SIG": signature}


def get(platform: PlatformProcess, call: str, **parameters: str) -> requests.Response:
    """A call that signs its parameters in their order."""
    headers = headers_for(*parameters.values())
    return platform.get(f"/hizi/backoffice/{call}", params=parameters, headers=headers)


def post(platform: PlatformProcess, call: str, content: Mapping[str, Any]) -> requests.Response:
    return platform.post(f"/hizi/backoffice/{call}", content, headers=headers_for())


def refusal(answer: requests.Response) -> tuple[int, dict[str, str]]:
    return answer.status_code, answer.json()
