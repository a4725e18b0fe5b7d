"""`python -m sandbox certify` as it is typed: exit codes, table, report file."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.certify import checks as _checks  # noqa: F401 - importing them lists the rules
from sandbox.certify.registry import RULES
from sandbox.wallet_client import WalletClient
from tests.sandbox import faulty_wallet, wallet_faults
from tests.sandbox.reference_server import Server, serve
from tests.sandbox.reference_wallet import ReferenceWallet

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(ReferenceWallet()) as server:
        yield server


def certify(*options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("SANDBOX_")}
    return subprocess.run(
        [sys.executable, "-m", "sandbox", "certify", *options],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def address(server: Server, wallet_url: str = "") -> list[str]:
    wallet = [
        "--wallet-url",
        wallet_url or server.wallet_url,
        "--operator-id",
        "examplecasino",
        "--secret",
        "secret_key",
    ]
    return [*wallet, "--api-url", server.api_url, "--api-key", server.api_key]


def read_rules(report: Path) -> dict[str, Any]:
    return {line["id"]: line for line in json.loads(report.read_text("utf-8"))["rules"]}


def test_sound_wallet_ends_with_exit_code_0(server: Server) -> None:
    done = certify(*address(server))
    count = f"{len(RULES)} rules: {len(RULES) - 5} passed, 0 failed, 5 not run"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith(count)
    assert all(id_ in done.stdout for id_ in RULES)


def test_faulty_wallet_ends_with_exit_code_1_and_says_why(server: Server) -> None:
    sound = WalletClient(server.wallet_url, "examplecasino", "secret_key")
    with faulty_wallet.serve(wallet_faults.FloatMoney(sound)) as wallet_url:
        done = certify(*address(server, wallet_url), "--only", "env-26")
    sound.close()
    assert done.returncode == 1
    assert "response.data.balance should be 327.10, is 327.1" in done.stdout
    assert done.stdout.splitlines()[-2] == "Failed: env-26"
    assert done.stdout.splitlines()[-1].startswith("1 rules: 0 passed, 1 failed, 0 not run · ")


def test_wallet_that_does_not_answer_ends_with_exit_code_2() -> None:
    done = certify("--wallet-url", "http://127.0.0.1:9/wallet", "--operator-id", "o", "--secret", "s")
    assert done.returncode == 2
    assert done.stderr.startswith("http://127.0.0.1:9/wallet does not answer: ")


def test_missing_secret_is_named(server: Server) -> None:
    done = certify("--wallet-url", server.wallet_url, "--operator-id", "examplecasino")
    assert (done.returncode, done.stderr) == (2, "--secret is missing: give it, or set SANDBOX_SECRET_KEY\n")


def test_unknown_rules_are_refused(server: Server) -> None:
    done = certify(*address(server), "--only", "window")
    assert (done.returncode, done.stderr) == (2, "no rule's id starts with window\n")


def test_demo_file_names_wallet_and_casino(server: Server, tmp_path: Path) -> None:
    demo = {
        "wallet_url": server.wallet_url,
        "backoffice_url": server.address,
        "operators": {"generic": {"operator_id": "examplecasino", "secret_key": "secret_key"}},
        "casino": {"slug": "example", "api_key": server.api_key},
    }
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(demo), "utf-8")
    done = certify("--demo", str(path), "--only", "bal", "--only", "auth")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("25 rules: 25 passed, 0 failed, 0 not run · ")


def test_secrets_may_come_from_the_environment(server: Server) -> None:
    options = ["--wallet-url", server.wallet_url, "--api-url", server.api_url, "--only", "bal"]
    variables = {
        "SANDBOX_OPERATOR_ID": "examplecasino",
        "SANDBOX_SECRET_KEY": "secret_key",
        "SANDBOX_API_KEY": server.api_key,
    }
    assert certify(*options, **variables).returncode == 0


def test_list_prints_every_rule_and_tries_none() -> None:
    done = certify("--list")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert {line.split()[0] for line in lines[:-1]} == set(RULES)
    assert lines[-1] == f"{len(RULES)} rules in 16 groups"


def test_report_has_what_was_sent_and_what_came_back(server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    certify(*address(server), "--only", "bet-03", "--report", str(report))
    line = read_rules(report)["bet-03"]
    first, second = line["exchanges"]
    assert (line["verdict"], line["group"], line["answered"][:5]) == ("pass", "changebalance: BET", "OP_31")
    assert json.loads(first["sent"]["body"])["data"]["amount"] == 100.01
    assert json.loads(first["answered"]["body"])["response"]["data"]["error_code"] == "OP_31"
    assert (second["sent"]["command"], second["answered"]["status"]) == ("balance", 200)


def test_neither_table_nor_report_has_a_secret_a_token_or_a_signature(server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = certify(*address(server), "--verbose", "--report", str(report))
    written = done.stdout + report.read_text("utf-8")
    signatures = [signature for signature in re.findall(r"\b[0-9a-f]{40}\b", written) if signature != "0" * 40]
    assert len(server.wallet.sessions) > 300
    assert [token for token in server.wallet.sessions if token in written] == []
    assert [secret for secret in ("secret_key", server.api_key) if secret in written] == []
    assert signatures == []
