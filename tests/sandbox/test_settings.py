import json
import os
from pathlib import Path

import pytest

from sandbox.settings import (
    Account,
    BadSettings,
    Settings,
    SettingsSource,
    read_data_folder,
    read_game_count,
    read_port,
    read_settings,
)

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


def test_each_platforms_account_is_in_the_demo_file(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    names = ("generic", "hizi", "gmag", "agent")
    operators = {name: {"operator_id": f"{name} id", "secret_key": f"{name} key"} for name in names}
    path.write_text(json.dumps(DEMO | {"operators": operators}))
    source = SettingsSource(path, {})
    assert [source.find_account(name) for name in names] == [Account(f"{name} id", f"{name} key") for name in names]


def test_account_in_the_environment_goes_first_and_needs_both_of_its_parts(demo: Path) -> None:
    source = SettingsSource(demo, {"SANDBOX_GMAG_OPERATOR_ID": "1001", "SANDBOX_GMAG_SECRET_KEY": "key"})
    assert source.find_account("gmag") == Account("1001", "key")
    assert SettingsSource(demo, {"SANDBOX_GMAG_OPERATOR_ID": "1001"}).find_account("gmag") is None
    assert SettingsSource(demo, {"SANDBOX_SECRET_KEY": "new"}).find_account("generic") == Account(
        "examplecasino", "new"
    )


def test_accounts_are_found_although_other_settings_are_missing(tmp_path: Path) -> None:
    source = SettingsSource(tmp_path / "none.json", {"SANDBOX_HIZI_OPERATOR_ID": "h", "SANDBOX_HIZI_SECRET_KEY": "s"})
    assert source.find() is None
    assert source.find_account("hizi") == Account("h", "s")
    assert source.find_account("agent") is None


def test_data_folder_is_beside_the_demo_file_unless_told_otherwise(demo: Path, tmp_path: Path) -> None:
    assert read_data_folder({}, demo) == tmp_path / "sandbox"
    assert read_data_folder({"SANDBOX_DATA": str(tmp_path / "a" / "b")}, demo) == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_games_are_as_many_as_given_or_set_or_usual() -> None:
    assert read_game_count(None, 3000, 50_000, {}) == 3000
    assert read_game_count(None, 3000, 50_000, {"SANDBOX_GAMES": "200"}) == 200
    assert read_game_count("50000", 3000, 50_000, {"SANDBOX_GAMES": "200"}) == 50_000


@pytest.mark.parametrize("text", ["abc", "0", "50001", "-1", "²"])
def test_number_of_games_that_is_none_names_its_variable(text: str) -> None:
    with pytest.raises(BadSettings, match="SANDBOX_GAMES"):
        read_game_count(text, 3000, 50_000, {})


def test_port_is_8002_unless_told_otherwise() -> None:
    assert read_port({}) == 8002
    assert read_port({"SANDBOX_PORT": "9002"}) == 9002


@pytest.mark.parametrize("text", ["abc", "0", "70000", "-1", "²"])
def test_port_that_is_none_names_its_variable(text: str) -> None:
    with pytest.raises(BadSettings, match="SANDBOX_PORT"):
        read_port({"SANDBOX_PORT": text})
