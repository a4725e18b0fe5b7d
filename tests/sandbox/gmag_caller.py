"""Calls of gmag, hashed as a brand hashes them, and what they answer."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.sandbox.platform_process import ACCOUNTS, PlatformProcess

BRAND_ID, SECRET = ACCOUNTS["gmag"].operator_id, ACCOUNTS["gmag"].secret_key
PATH = "/gmag/history/game"
# Kept, so that a run over midnight asks for the same day throughout.
YESTERDAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def yesterday(hour: int, minute: int = 0) -> datetime:
    return YESTERDAY + timedelta(hours=hour, minutes=minute)


def write(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def body_for(start: datetime, minutes: int = 29, **more: object) -> dict[str, object]:
    window = {"startTime": write(start), "endTime": write(start + timedelta(minutes=minutes))}
    return {"requestId": "request1", "brandId": BRAND_ID} | window | more


def hash_of(body: dict[str, object]) -> str:
    joined = "&".join(f"{key}={body[key]}" for key in sorted(body))
    return hashlib.md5(f"{joined}{SECRET}".encode(), usedforsecurity=False).hexdigest()


def ask(platform: PlatformProcess, body: dict[str, object]) -> requests.Response:
    return platform.post(PATH, body, params={"hash": hash_of(body)})


def read_page(platform: PlatformProcess, body: dict[str, object]) -> dict[str, Any]:
    answer = ask(platform, body)
    assert (answer.status_code, answer.json()["error"]) == (200, "0"), answer.text
    page: dict[str, Any] = answer.json()
    return page


def read_records(platform: PlatformProcess, body: dict[str, object]) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = read_page(platform, body)["records"]
    return records
