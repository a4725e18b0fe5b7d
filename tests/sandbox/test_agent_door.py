from pathlib import Path

import falcon
import falcon.testing
import pytest
import requests

from sandbox.agent import add_routes
from sandbox.agent.settings import open_database
from sandbox.settings import SettingsSource
from tests.sandbox.agent_caller import AgentCaller
from tests.sandbox.platform_process import PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet

pytestmark = pytest.mark.live
CALLS = [
    "createPlayer",
    "getPlayerBalance",
    "getPlayerStatus",
    "games",
    "launchGame",
    "deposit",
    "withdraw",
    "history",
    "playerDailyReport",
    "gameLogs",
    "providers",
    "freeRound",
    "getFreeRound",
    "cancelFreeRound",
    "setPlayerBetLimits",
    "freeChip",
    "getFreeChip",
    "cancelFreeChip",
]


def refusal(code: str, message: str) -> dict[str, object]:
    return {"ok": False, "error": {"code": code, "message": message}}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "key", ["", "Bearer", "Bearer agent-key-012345678", "agent-key-0123456789", "Basic agent-key-0123456789"]
)
def test_every_call_needs_the_key(platform: PlatformProcess, call: str, key: str) -> None:
    answer = platform.post(f"/agent/{call}", {}, headers={"Authorization": key})
    assert answer.status_code == 401
    assert answer.json() == refusal("AGENT_NOT_FOUND", "agent not found")


def test_addresses_that_are_not_on_the_list_are_refused(agent: AgentCaller) -> None:
    agent.control("settings", allowed_ips=["192.0.2.7"])
    answer = agent.post("providers", {})
    assert answer.status_code == 403
    assert answer.json() == refusal("IP_NOT_ALLOWED", "ip not allowed")
    agent.control("settings", allowed_ips=["192.0.2.7", "127.0.0.1"])
    assert len(agent.call("providers")["items"]) == 12


def test_agent_that_is_switched_off_is_refused(agent: AgentCaller) -> None:
    assert agent.control("settings", active=False) == {"allowed_ips": None, "active": False, "agent_type": "transfer"}
    answer = agent.post("games", {})
    assert answer.status_code == 403
    assert answer.json() == refusal("AGENT_NOT_ACTIVE", "agent not active")


def test_setting_one_thing_leaves_the_others(agent: AgentCaller) -> None:
    agent.control("settings", allowed_ips=["127.0.0.1"])
    agent.control("settings", agent_type="seamless")
    expected = {"allowed_ips": ["127.0.0.1"], "active": True, "agent_type": "seamless"}
    assert agent.platform.get("/control/agent/settings").json() == expected


def test_unknown_setting_is_refused(platform: PlatformProcess) -> None:
    answer = platform.post("/control/agent/settings", {"activ": False})
    assert answer.status_code == 400
    assert answer.json() == {"title": "Not an order", "description": "Object contains unknown field `activ`"}


@pytest.mark.parametrize("path", ["/agent/", "/agent/getPlayers", "/agent/games/1", "/agent/logos/games/pg_99999.svg"])
def test_unknown_address_is_answered_in_the_envelope(agent: AgentCaller, path: str) -> None:
    answer = agent.platform.get(path) if "logos" in path else agent.post(path.removeprefix("/agent/"), {})
    assert answer.status_code == 404
    assert answer.json() == refusal("NOT_FOUND", "no such api")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_calls_are_posted(platform: PlatformProcess, method: str) -> None:
    answer = requests.request(method, f"{platform.url}/agent/games", timeout=10)
    assert answer.status_code == 405
    assert answer.json() == refusal("METHOD_NOT_ALLOWED", "use POST")


def test_call_in_another_type_than_json_is_refused(agent: AgentCaller) -> None:
    answer = agent.post("games", {}, **{"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert answer.json() == refusal("INVALID_PARAMETER", "Content-Type is not application/json")


def test_json_may_name_its_character_set(agent: AgentCaller) -> None:
    answer = agent.post("providers", {}, **{"Content-Type": "application/json; charset=utf-8"})
    assert answer.json()["ok"] is True


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"username": "a', b'{"a":' * 9_999])
def test_body_that_is_not_json_is_refused(agent: AgentCaller, body: bytes) -> None:
    headers = {"Authorization": "Bearer agent-key-0123456789", "Content-Type": "application/json"}
    answer = requests.post(f"{agent.platform.url}/agent/createPlayer", body, headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INVALID_PARAMETER"
    assert answer.json()["error"]["message"].startswith("the body is not JSON: ")


def test_body_longer_than_a_mebibyte_is_refused(agent: AgentCaller) -> None:
    answer = agent.post("games", {"query": "x" * (1 << 20)})
    assert answer.status_code == 413
    assert answer.json() == refusal("INVALID_PARAMETER", "the body is too long")


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_body_that_is_not_an_object_is_refused(agent: AgentCaller, body: object) -> None:
    answer = agent.post("createPlayer", body).json() if body is not None else agent.post("createPlayer", [None]).json()
    assert answer["error"]["code"] == "INVALID_PARAMETER"
    assert answer["error"]["message"].startswith("Expected `object`, got ")


@pytest.mark.parametrize(
    ("call", "first_required"),
    [
        ("createPlayer", "username"),
        ("getPlayerBalance", "username"),
        ("getPlayerStatus", "username"),
        ("launchGame", "username"),
        ("deposit", "username"),
        ("withdraw", "username"),
        ("playerDailyReport", "username"),
        ("gameLogs", "gameId"),
        ("freeRound", "currency"),
        ("getFreeRound", "id"),
        ("cancelFreeRound", "id"),
        ("setPlayerBetLimits", "username"),
        ("freeChip", "currency"),
        ("getFreeChip", "id"),
        ("cancelFreeChip", "id"),
    ],
)
def test_missing_field_is_named(agent: AgentCaller, call: str, first_required: str) -> None:
    expected = refusal("INVALID_PARAMETER", f"Object missing required field `{first_required}`")
    assert agent.post(call, {}).json() == expected


def test_fault_inside_is_answered_in_the_envelope(tmp_path: Path) -> None:
    app: falcon.App[falcon.Request, falcon.Response] = falcon.App()
    environment = {"SANDBOX_AGENT_OPERATOR_ID": "sandbox-agent", "SANDBOX_AGENT_SECRET_KEY": "key"}
    add_routes(app, SettingsSource(tmp_path / "none.json", environment), tmp_path)
    with open_database(tmp_path).transaction() as connection:
        connection.execute("DROP TABLE movement")
    answer = falcon.testing.TestClient(app).simulate_post(
        "/agent/history", json={}, headers={"Authorization": "Bearer key"}
    )
    assert answer.status_code == 500
    assert answer.json == refusal("INTERNAL_ERROR", "internal error")


def test_state_is_there_again_after_a_restart(tmp_path: Path) -> None:
    wallet = ReferenceWallet()
    environment = environment_for("http://127.0.0.1:9/wallet", wallet) | {"SANDBOX_DATA": str(tmp_path)}
    with run_platform(wallet, environment) as first:
        username = AgentCaller(first).make_player("12.50")
        AgentCaller(first).control("catalogue", remove=["pg_00001"])
    with run_platform(wallet, environment) as second:
        assert AgentCaller(second).balance(username) == "12.5"
        assert AgentCaller(second).call("games", query="pg_00001") == {"items": []}
