import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
import requests

from sandbox.platform.access import sign_list
from tests.sandbox.platform_process import PlatformProcess, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet

GAMES = "/api/generic/games/list/all"
LOBBIES = "/api/generic/lobbies/list/all"
# Computed with sha1sum over resource, operator id and secret.
GAMES_SIGNATURE = "f983f5b57f2b27ac2c8674a9be603d6a1042e79e"
LOBBIES_SIGNATURE = "08c5ff7ea69781a9688d42accd650aa754015aa0"
SIGNED_GAMES = {"X-Operator-Id": "examplecasino", "X-Authorization": GAMES_SIGNATURE}
SIGNED_LOBBIES = {"X-Operator-Id": "examplecasino", "X-Authorization": LOBBIES_SIGNATURE}


def test_signature_is_sha1_of_resource_operator_and_secret() -> None:
    assert sign_list("games", "examplecasino", "secret_key") == GAMES_SIGNATURE
    assert sign_list("lobbies", "examplecasino", "secret_key") == LOBBIES_SIGNATURE


@pytest.mark.live
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Operator-Id": "examplecasino"},
        {"X-Authorization": GAMES_SIGNATURE},
        {"X-Operator-Id": "other", "X-Authorization": GAMES_SIGNATURE},
        {"X-Operator-Id": "examplecasino", "X-Authorization": LOBBIES_SIGNATURE},
        {"X-Operator-Id": "examplecasino", "X-Authorization": GAMES_SIGNATURE[:-1]},
        {"X-Operator-Id": "examplecasino", "X-Authorization": "ä"},
    ],
)
def test_games_are_refused_to_whoever_does_not_sign(platform: PlatformProcess, headers: dict[str, str]) -> None:
    answer = platform.get(GAMES, headers={name: text.encode() for name, text in headers.items()})
    assert answer.status_code == 403
    assert answer.json() == {
        "title": "Access denied",
        "description": "X-Operator-Id or X-Authorization does not fit.",
    }


@pytest.mark.live
def test_lobbies_are_refused_under_the_games_signature(platform: PlatformProcess) -> None:
    assert platform.get(LOBBIES, headers=SIGNED_GAMES).status_code == 403


@pytest.mark.live
def test_older_name_of_the_operator_header_is_accepted(platform: PlatformProcess) -> None:
    headers = {"X-TT-Operator-Id": "examplecasino", "X-Authorization": LOBBIES_SIGNATURE}
    assert platform.get(LOBBIES, headers=headers).status_code == 200


@pytest.mark.live
def test_lists_are_read_by_get_only(platform: PlatformProcess) -> None:
    assert requests.post(platform.url + GAMES, headers=SIGNED_GAMES, timeout=10).status_code == 405


@pytest.mark.live
def test_games_list_has_the_rows_of_document_001(platform: PlatformProcess) -> None:
    answer = platform.get(GAMES, headers=SIGNED_GAMES)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert list(answer.json()) == ["games"]
    rows = answer.json()["games"]
    assert len(rows) == 3000
    assert rows[2] == {
        "id": 1015,
        "title": "Voyager & Pirate",
        "platform": "desktop",
        "type": "slots",
        "subtype": "jackpot",
        "enabled": 1,
        "fun_mode": 1,
        "campaigns": 1,
        "vendor": "driftpine",
        "details": {
            "description": "Three reels, five lines and a round of free spins wait for you in Voyager & Pirate.",
            "thumbnails": {"300x300": f"{platform.url}/thumbnails/300x300/1015.svg"},
        },
    }


@pytest.mark.live
def test_every_games_row_has_its_types_and_the_later_fields_only_sometimes(platform: PlatformProcess) -> None:
    rows = platform.get(GAMES, headers=SIGNED_GAMES).json()["games"]
    always = {"id": int, "title": str, "platform": str, "type": str, "subtype": str, "vendor": str}
    for row in rows:
        assert {name: type(row[name]) for name in always} == always
        assert row["enabled"] in {0, 1}
        assert row["fun_mode"] in {0, 1}
        assert row["platform"] in {"desktop", "mobile"}
    counts = {name: sum(name in row for row in rows) for name in ("campaigns", "created_at", "details")}
    assert counts == {"campaigns": 2835, "created_at": 2339, "details": 2967}
    kinds = [type(row["details"].get("description")).__name__ for row in rows if "details" in row]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {"NoneType": 286, "dict": 1792, "str": 889}


@pytest.mark.live
def test_lobbies_list_has_the_rows_of_document_001(platform: PlatformProcess) -> None:
    answer = platform.get(LOBBIES, headers=SIGNED_LOBBIES)
    assert list(answer.json()) == ["lobbies"]
    rows = answer.json()["lobbies"]
    assert len(rows) == 40
    assert rows[0] == {
        "lobby_id": "portomaso",
        "vendor": "portomaso",
        "details": {"thumbnails": {"300x300": f"{platform.url}/thumbnails/300x300/lobby_portomaso.svg"}},
    }
    spaced = [row["lobby_id"] for row in rows if " " in row["details"]["thumbnails"]["300x300"]]
    assert spaced == ["aurelialive_game_shows"]


@pytest.mark.live
@pytest.mark.parametrize("name", ["1015", "lobby_portomaso"])
def test_thumbnail_is_svg_that_may_be_kept_for_a_year(platform: PlatformProcess, name: str) -> None:
    answer = platform.get(f"/thumbnails/300x300/{name}.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.text.startswith("<svg ")


@pytest.mark.live
@pytest.mark.parametrize("name", ["1", "lobby_none", "x", "%2e%2e"])
def test_thumbnail_of_nothing_is_not_found(platform: PlatformProcess, name: str) -> None:
    assert platform.get(f"/thumbnails/300x300/{name}.svg").status_code == 404


@pytest.mark.live
def test_health_counts_the_games(platform: PlatformProcess) -> None:
    assert platform.get("/health").json() == {"status": "ok", "games": 3000, "operator_id": "examplecasino"}


def write_demo(path: Path, secret_key: str) -> None:
    document: Mapping[str, object] = {
        "wallet_url": "http://127.0.0.1:9/wallet",
        "backoffice_url": "http://127.0.0.1:9",
        "operators": {"generic": {"operator_id": "examplecasino", "secret_key": secret_key}},
        "casino": {"api_key": "key"},
    }
    path.write_text(json.dumps(document))


@pytest.mark.live
def test_platform_starts_before_its_demo_file_is_there(tmp_path: Path) -> None:
    demo = tmp_path / "demo.json"
    with run_platform(ReferenceWallet(), {}, demo) as early:
        assert early.get(GAMES, headers=SIGNED_GAMES).status_code == 403
        assert "wallet_url is not in" in early.get("/").text
        write_demo(demo, "secret_key")
        assert early.get(GAMES, headers=SIGNED_GAMES).status_code == 200


@pytest.mark.live
def test_taken_port_is_one_sentence_that_names_the_variable(platform: PlatformProcess) -> None:
    port = platform.url.rpartition(":")[2]
    command = [sys.executable, "-m", "sandbox", "serve", "--port", port]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert second.stderr == f"Port {port} is taken: set SANDBOX_PORT to another one\n"


@pytest.mark.live
def test_worker_ends_when_its_server_is_killed() -> None:
    with run_platform(ReferenceWallet(), {}) as doomed:
        workers = psutil.Process(doomed.process.pid).children(recursive=True)
        assert workers
        os.kill(doomed.process.pid, signal.SIGKILL)
        assert psutil.wait_procs(workers, timeout=10)[1] == []
