"""A front door without a free place: the back office says so, the wallet answers without the database."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from psycopg.errors import LockNotAvailable

from config.gate import Gate
from operators.origin import NOWHERE, coming_from


@pytest.fixture(autouse=True)
def no_threads_or_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches, and whoever is told to renew the process, is not here."""
    monkeypatch.setattr("config.gate.Watchman", lambda *_, **__: SimpleNamespace(start=lambda **_: None))
    monkeypatch.setattr("config.gate.Renewal", lambda: SimpleNamespace(leaving=False, await_signal=lambda: None))


def ask(*, answers_all: bool) -> tuple[str, dict[str, str], bytes, list[str]]:
    """What a door that has no places at all answers, and what the handler behind it met."""
    met: list[str] = []
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        told.extend((status, headers))

    def handle(_environ: object, start_response: Any) -> HttpResponse:
        with pytest.raises(OperationalError) as fault:
            connection.ensure_connection()
        met.append(type(fault.value.__cause__).__name__)
        start_response("200 OK", [])
        return HttpResponse(b"signed")

    seconds = {"client_seconds": 60, "work_seconds": 60, "waiting_seconds": 0.01}
    gate = Gate(handle, places=0, largest_body=10, answers_all=answers_all, **seconds)
    usual = connections["default"]
    try:
        with coming_from(NOWHERE):
            body = b"".join(gate({"PATH_INFO": "/x", "REQUEST_METHOD": "GET"}, start))
    finally:
        connections["default"] = usual
    return told[0], dict(told[1]), body, met


def test_back_office_refuses_with_503_and_asks_nobody() -> None:
    status, headers, body, met = ask(answers_all=False)
    assert (status, headers["Retry-After"], met) == ("503 Service Unavailable", "1", [])
    assert b'"code":"unavailable"' in body


def test_wallet_answers_all_the_same_and_has_no_connection_to_do_it(db: None) -> None:
    status, _, body, met = ask(answers_all=True)
    assert (status, body, met) == ("200 OK", b"signed", [LockNotAvailable.__name__])
