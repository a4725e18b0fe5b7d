"""Every refusal of the casino API has the same form, whoever refuses."""

import json
from datetime import datetime
from typing import Any, NoReturn

import pytest
from django.db import connection, transaction

from tests.operators.making import make_casino, make_player
from tests.wallet.casino_caller import Answer, Caller, call_for
from wallet.models import Exclusion, LimitChange, Player, Transaction
from wallet.views.casino_api import players

pytestmark = pytest.mark.django_db
LIMIT = {"kind": "wager", "period": "day", "currency": "EUR", "amount": "5.00"}


@pytest.fixture
def site() -> Caller:
    casino = make_casino()
    make_player(casino)
    return call_for(casino)


def told(answer: Answer) -> tuple[int, str, dict[str, str]]:
    assert set(answer.body) == {"code", "detail", "fields"}
    assert answer.body["detail"]
    return answer.status, answer.body["code"], answer.body["fields"]


@pytest.mark.parametrize("path", ["", "nothing", "games/", "players/", "players/a%7Cb", "v2/games"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_answered_404(site: Caller, method: str, path: str) -> None:
    site.key = ""
    assert told(site.send(method, path, "{}" if method == "POST" else "")) == (404, "not_found", {})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "players", "POST"),
        ("PUT", "players/olga", "GET, HEAD"),
        ("DELETE", "players/olga", "GET, HEAD"),
        ("GET", "players/olga/deposits", "POST"),
        ("GET", "launch", "POST"),
        ("POST", "games", "GET, HEAD"),
        ("OPTIONS", "games", "GET, HEAD"),
        ("PATCH", "lobbies", "GET, HEAD"),
    ],
)
def test_another_method_is_answered_405(site: Caller, method: str, path: str, allowed: str) -> None:
    answer = site.send(method, path, "{}")
    assert told(answer) == (405, "method_not_allowed", {})
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_answered_415(site: Caller, content_type: str) -> None:
    answer = site.send("POST", "players", "user_id=piet", content_type)
    assert told(answer) == (415, "unsupported_media_type", {})


def test_another_wish_than_json_is_answered_406(site: Caller) -> None:
    assert told(site.get("games", Accept="text/html")) == (406, "not_acceptable", {})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"5",
        b"null",
        b'{"user_id": NaN}',
        b'{"user_id": "\xff"}',
        b'{"user_id": "\\ud800"}',
        b"[" * 60_000,
    ],
)
def test_a_body_that_is_no_json_object_is_answered_400(site: Caller, body: bytes) -> None:
    status, code, _ = told(site.send("POST", "players", body))
    assert (status, code) == (400, "malformed" if body else "invalid")
    assert Player.objects.count() == 1


def test_a_body_over_the_limit_is_answered_413(site: Caller) -> None:
    body = {"user_id": "piet", "user_name": "x" * 70_000, "country": "NL", "currencies": ["EUR"]}
    assert told(site.post("players", body)) == (413, "body_too_large", {})


def test_each_faulty_field_is_named(site: Caller) -> None:
    body = {"user_id": "a|b", "user_name": 5, "country": "nl", "currencies": ["EUR", "euro"], "group": "x" * 101}
    status, code, fields = told(site.post("players", body))
    assert (status, code) == (400, "invalid")
    assert fields == {
        "user_id": "The character | and control characters are not allowed.",
        "user_name": "Must be a text, in quotes.",
        "country": "Enter an ISO 3166-1 code of two capital letters.",
        "currencies": "Enter a currency code of three or four capital letters or digits.",
        "group": "Ensure this field has no more than 100 characters.",
    }
    assert Player.objects.count() == 1


def test_the_detail_says_all_of_it_in_one_sentence(site: Caller) -> None:
    answer = site.post("players/olga/block", {})
    assert answer.body["detail"] == "reason: This field is required."


def test_a_fault_of_ours_is_told_without_its_particulars(
    site: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("a secret particular")

    monkeypatch.setattr(players, "get_player", fail)
    answer = site.get("players/olga")
    assert told(answer) == (500, "internal_error", {})
    assert "particular" not in answer.body["detail"]
    assert "a secret particular" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "body", "done"),
    [
        ("POST", "players/olga/deposits", {"amount": "10.00", "currency": "EUR", "reference": "pay-1"}, 201),
        ("POST", "players/olga/block", {"reason": "asked for it"}, 200),
        ("POST", "players/olga/exclusion", {"kind": "self_exclusion", "until": "2099-01-01T00:00:00Z"}, 200),
        ("PUT", "players/olga/limits", {"limits": [LIMIT]}, 200),
    ],
)
def test_a_player_whose_lock_is_taken_is_answered_503_and_may_try_again(
    site: Caller, method: str, path: str, body: dict[str, Any], done: int
) -> None:
    olga = Player.objects.get()
    other = connection.copy()
    try:
        with other.cursor() as holder, connection.cursor() as cursor:
            holder.execute("SELECT pg_advisory_lock(%s)", [olga.pk])
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            before = transaction.savepoint()
            answer = site.send(method, path, json.dumps(body))
            transaction.savepoint_rollback(before)
    finally:
        other.close()
    assert told(answer) == (503, "unavailable", {})
    assert answer.headers["Retry-After"] == "1"
    assert (Transaction.objects.count(), LimitChange.objects.count(), Exclusion.objects.count()) == (0, 0, 0)
    assert not Player.objects.get().is_blocked
    assert site.send(method, path, json.dumps(body)).status == done


def test_answers_are_kept_out_of_caches_or_asked_for_again(site: Caller) -> None:
    told_of = {path: site.get(path).headers["Cache-Control"] for path in ("players/olga", "nothing", "games")}
    assert told_of == {"players/olga": "no-store", "nothing": "no-store", "games": "private, no-cache"}


def test_times_are_told_in_utc(site: Caller) -> None:
    created = site.get("players/olga").body["created_at"]
    assert created.endswith("Z")
    assert datetime.fromisoformat(created).utcoffset() is not None


def test_a_path_that_is_no_utf8_is_nobodys(site: Caller) -> None:
    answer: Any = site.get("players/%FF%FE")
    assert answer.status == 404
