import json
import os
from pathlib import Path

import pytest

from sandbox.settings import BadSettings, Settings, SettingsSource, read_port, read_settings

DEMO = {
    "wallet_url": "http://127.0.0.1:8001/wallet",
    "backoffice_url": "http://127.0.0.1:8000",
    "operators": {"generic": {"operator_id": "examplecasino", "secret_key": "secret_key"}},
    "casino": {"slug": "example", "api_key": "key_1"},
}
READ = Settings(
    wallet_url="http://127.0.0.1:8001/wallet",
    backoffice_url="http://127.0.0.1:8000",
    operator_id="examplecasino",
    secret_key="secret_key",
    api_key="key_1",
)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(DEMO))
    return path


def test_settings_come_from_the_demo_file(demo: Path) -> None:
    assert read_settings(demo, {}) == READ


def test_environment_goes_before_the_demo_file(demo: Path) -> None:
    assert read_settings(demo, {"SANDBOX_OPERATOR_ID": "other"}).operator_id == "other"


def test_missing_value_names_the_file_and_the_variable(demo: Path) -> None:
    demo.write_text(json.dumps(DEMO | {"casino": {}}))
    with pytest.raises(BadSettings, match=r"casino\.api_key is not in .*demo\.json.*SANDBOX_API_KEY"):
        read_settings(demo, {})


def test_demo_file_that_is_not_json_is_named(demo: Path) -> None:
    demo.write_text("{")
    with pytest.raises(BadSettings, match=r"demo\.json cannot be read"):
        read_settings(demo, {})


def test_source_reads_the_demo_file_once_it_is_there_and_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    source = SettingsSource(path, {})
    assert source.find() is None
    assert "wallet_url is not in" in source.problem
    path.write_text(json.dumps(DEMO))
    assert source.find() == READ
    path.write_text(json.dumps(DEMO | {"wallet_url": "http://127.0.0.1:9001/wallet"}))
    os.utime(path, (1, 1))
    found = source.find()
    assert found is not None
    assert found.wallet_url == "http://127.0.0.1:9001/wallet"


def test_port_is_8002_unless_told_otherwise() -> None:
    assert read_port({}) == 8002
    assert read_port({"SANDBOX_PORT": "9002"}) == 9002


@pytest.mark.parametrize("text", ["abc", "0", "70000", "-1", "²"])
def test_port_that_is_none_names_its_variable(text: str) -> None:
    with pytest.raises(BadSettings, match="SANDBOX_PORT"):
        read_port({"SANDBOX_PORT": text})
