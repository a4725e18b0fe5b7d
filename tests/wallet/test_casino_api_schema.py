"""The casino API's OpenAPI document: complete, without a warning, and true of what is really answered."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from catalog.models import Game
from tests.operators.making import make_casino, make_game, make_lobby, make_operator, make_player
from tests.wallet.casino_caller import LAUNCH, Answer, Caller, call_for

OPERATIONS = {
    ("/api/v1/players", "post"),
    ("/api/v1/players/{user_id}", "get"),
    ("/api/v1/players/{user_id}/block", "post"),
    ("/api/v1/players/{user_id}/unblock", "post"),
    ("/api/v1/players/{user_id}/deposits", "post"),
    ("/api/v1/players/{user_id}/withdrawals", "post"),
    ("/api/v1/players/{user_id}/transactions", "get"),
    ("/api/v1/players/{user_id}/limits", "get"),
    ("/api/v1/players/{user_id}/limits", "put"),
    ("/api/v1/players/{user_id}/exclusion", "get"),
    ("/api/v1/players/{user_id}/exclusion", "post"),
    ("/api/v1/games", "get"),
    ("/api/v1/lobbies", "get"),
    ("/api/v1/vendors", "get"),
    ("/api/v1/launch", "post"),
}
PLAYER = {"user_id": "piet", "user_name": "Piet", "country": "NL", "currencies": ["EUR"]}
CASH = {"amount": "10.00", "currency": "EUR", "reference": "pay-1"}
DAILY = {"kind": "deposit", "period": "day", "currency": "EUR", "amount": "50.00"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    written = StringIO()
    call_command("spectacular", format="openapi-json", stdout=written)
    translated: dict[str, Any] = as_json_schema(json.loads(written.getvalue()))
    return translated


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says that null is a type too."""
    if isinstance(node, list):
        return [as_json_schema(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    translated = {key: as_json_schema(inner) for key, inner in node.items() if key != "nullable"}
    return {"anyOf": [translated, {"type": "null"}]} if node.get("nullable") is True else translated


def operation_of(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"][path][method]
    return operation


def faults(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Where a value is not of a schema's form; a key that the schema does not name is a fault as well."""
    closed = {**closed_objects(schema), "components": closed_objects(document["components"])}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(closed).iter_errors(value)]


def closed_objects(node: Any) -> Any:
    if isinstance(node, list):
        return [closed_objects(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    closed = {key: closed_objects(inner) for key, inner in node.items()}
    named = isinstance(closed.get("properties"), dict) and "additionalProperties" not in closed
    return {**closed, "additionalProperties": False} if named else closed


def contents(operation: dict[str, Any]) -> list[dict[str, Any]]:
    answers = [answer["content"] for status, answer in operation["responses"].items() if status != "304"]
    return [*answers, *([operation["requestBody"]["content"]] if "requestBody" in operation else [])]


def test_the_document_is_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))
    assert (tmp_path / "openapi.yaml").read_text().startswith("openapi: 3.0.3\n")


def test_every_operation_is_there_and_needs_a_key(document: dict[str, Any]) -> None:
    found = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert found == OPERATIONS
    for path, method in OPERATIONS:
        assert operation_of(document, path, method)["security"] == [{"casinoApiKey": []}]
    scheme = document["components"]["securitySchemes"]["casinoApiKey"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_every_operation_tells_its_refusals(document: dict[str, Any]) -> None:
    for path, method in OPERATIONS:
        expected = {"401", "403", "406", "500", "503"}
        expected |= {"400", "413", "415"} if method in {"post", "put"} else set()
        expected |= {"404"} if "{user_id}" in path or path.endswith("launch") else set()
        assert expected <= set(operation_of(document, path, method)["responses"]), path


def test_every_example_is_of_its_schemas_form(document: dict[str, Any]) -> None:
    checked = 0
    for path, method in OPERATIONS:
        for content in contents(operation_of(document, path, method)):
            assert set(content) == {"application/json"}
            body = content["application/json"]
            for name, example in body["examples"].items():
                assert faults(document, body["schema"], example["value"]) == [], f"{method} {path} {name}"
                checked += 1
    assert checked == 189


@pytest.mark.django_db
def test_every_real_answer_is_of_its_schemas_form(document: dict[str, Any]) -> None:
    casino = make_casino()
    make_player(casino)
    operator = make_operator(casino, operator_ref="lucky")
    make_game(operator, description={"en": "A storm."}, thumbnails={"300x300": "https://m.example/37.png"})
    make_game(operator, "38", vendor=None, listing="listed")
    make_lobby(operator)
    site = call_for(casino)
    told = [
        *[("/api/v1/players", "post", site.post("players", PLAYER | change)) for change in ({}, {}, {"country": "BE"})],
        *[
            (f"/api/v1/players/{{user_id}}{act}", method, send(site, method, f"players/{who}{act}", body))
            for who in ("olga", "nobody")
            for act, method, body in (
                ("/deposits", "post", CASH),
                ("/deposits", "post", CASH | {"amount": 10}),
                ("/withdrawals", "post", CASH),
                ("/withdrawals", "post", CASH | {"amount": "99.00", "reference": "out-1"}),
                ("/transactions", "get", None),
                ("", "get", None),
                ("/block", "post", {"reason": "Chargeback"}),
                ("/unblock", "post", {}),
                ("/unblock", "post", {"reason": "Paid"}),
                ("/limits", "put", {"limits": [DAILY, {"kind": "session_time", "minutes": 60}]}),
                ("/limits", "put", {"limits": [DAILY | {"amount": "200.00"}]}),
                ("/limits", "put", {"limits": [DAILY | {"currency": "SEK"}]}),
                ("/limits", "put", {"limits": [DAILY | {"minutes": 5}]}),
                ("/deposits", "post", CASH | {"amount": "99.00", "reference": "in-2"}),
                ("/exclusion", "post", {"kind": "cool_off", "until": "2000-01-01T00:00:00Z"}),
                ("/exclusion", "post", {"kind": "self_exclusion", "until": "2099-01-01T00:00:00Z"}),
                ("/exclusion", "get", None),
                ("/limits", "get", None),
            )
        ],
        *[(f"/api/v1/{path}", "get", site.get(f"{path}?limit=1")) for path in ("games", "lobbies")],
        ("/api/v1/games", "get", site.get("games?limit=0")),
        ("/api/v1/games", "get", Caller("", "").get("games")),
        ("/api/v1/games", "get", call_for(casino, scopes=("launch",)).get("games")),
        ("/api/v1/games", "get", site.get("games", Accept="text/html")),
        ("/api/v1/launch", "post", site.post("launch", LAUNCH)),
        ("/api/v1/launch", "post", site.post("launch", LAUNCH | {"mode": "fun"})),
        ("/api/v1/launch", "post", site.post("launch", LAUNCH | {"game_id": "39"})),
        ("/api/v1/launch", "post", site.post("launch", LAUNCH | {"currency": "SEK"})),
        ("/api/v1/launch", "post", site.send("POST", "launch", "a=b", "text/plain")),
        ("/api/v1/launch", "post", site.send("POST", "launch", " " * 70_000)),
    ]
    assert Game.objects.count() == 2
    for path, method, answer in told:
        described = operation_of(document, path, method)["responses"][str(answer.status)]
        schema = described["content"]["application/json"]["schema"]
        assert faults(document, schema, answer.body) == [], f"{method} {path} {answer.status}"
    assert {answer.status for _, _, answer in told} == {200, 201, 400, 401, 403, 404, 406, 409, 413, 415}


def send(site: Caller, method: str, path: str, body: object) -> Answer:
    return site.get(path) if method == "get" else site.send(method.upper(), path, json.dumps(body))


def test_a_wrong_answer_would_be_seen(document: dict[str, Any]) -> None:
    answer = operation_of(document, "/api/v1/launch", "post")["responses"]["201"]["content"]["application/json"]
    good = next(iter(answer["examples"].values()))["value"]
    assert faults(document, answer["schema"], good) == []
    assert faults(document, answer["schema"], good | {"token": None}) == []
    for bad in ({"token": 5}, {"extra": "x"}, {"mode": "demo"}):
        assert len(faults(document, answer["schema"], good | bad)) == 1
    assert re.search("required", faults(document, answer["schema"], {})[0])
