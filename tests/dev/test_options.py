import os
import socket
from pathlib import Path

import pytest

from dev.credentials import keep_credentials
from dev.options import PORTS, BadOption, read_options, refuse_taken_ports, share_cpus
from dev.processes import free_port, write_private


def test_defaults_are_the_documented_ports() -> None:
    options = read_options({})

    assert options.backoffice_url == "http://127.0.0.1:8000"
    assert options.wallet_url == "http://127.0.0.1:8001/wallet"
    assert options.sandbox_url == "http://127.0.0.1:8002"


@pytest.mark.parametrize("value", ["0", "65536", "web", "-1", "8.5"])
def test_bad_port_names_its_variable(value: str) -> None:
    with pytest.raises(BadOption, match=r"^WALLET_PORT must be a port number between 1 and 65535$"):
        read_options({"WALLET_PORT": value})


def test_same_port_twice_is_refused() -> None:
    with pytest.raises(BadOption, match="must be three different ports"):
        read_options({"WALLET_PORT": "8000"})


def test_taken_port_names_the_variable_and_who_holds_it() -> None:
    ports = {name: str(free_port()) for name in PORTS}
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", int(ports["WALLET_PORT"])))
        holder.listen()
        with pytest.raises(BadOption) as refusal:
            refuse_taken_ports(ports, patience=0)

    taken = f"WALLET_PORT={ports['WALLET_PORT']} is taken by "
    assert str(refusal.value).startswith(taken)
    assert str(refusal.value).endswith(f"(pid {os.getpid()}): end that, or set WALLET_PORT to another port")


def test_free_ports_are_accepted() -> None:
    refuse_taken_ports({name: str(free_port()) for name in PORTS}, patience=0)


@pytest.mark.parametrize(
    ("here", "wallet", "postgres"),
    [
        ([0], frozenset(), frozenset()),
        ([0, 1], frozenset(), frozenset()),
        ([0, 1, 2, 3], frozenset({1, 2}), frozenset({0})),
        ([0, 1, 2, 3, 4, 5, 6, 7], frozenset({3, 4, 5, 6}), frozenset({0, 1, 2})),
    ],
)
def test_processors_are_set_apart_from_four_on(
    here: list[int], wallet: frozenset[int], postgres: frozenset[int]
) -> None:
    assert share_cpus(here) == (wallet, postgres)


def test_processors_are_taken_as_told() -> None:
    one = min(os.sched_getaffinity(0))

    options = read_options({"WALLET_CPUS": f"{one}-{one}", "POSTGRES_CPUS": str(one)})

    assert options.wallet_cpus == options.postgres_cpus == frozenset({one})
    assert options.wallet_workers == 1


@pytest.mark.parametrize("value", ["first", "9999", "1-", ","])
def test_bad_processor_list_names_its_variable(value: str) -> None:
    with pytest.raises(BadOption, match=r"^POSTGRES_CPUS must be a list such as 0-1"):
        read_options({"POSTGRES_CPUS": value})


def test_credentials_are_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"

    first = keep_credentials(path)

    assert keep_credentials(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(first.database_password) == 32


def test_credential_that_is_new_since_is_added_to_the_kept_ones(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    write_private(path, '{"admin_password": "kept"}')

    assert keep_credentials(path).admin_password == "kept"
    assert "agent_key" in path.read_text()


def test_private_file_replaces_a_readable_one(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text("old")
    path.chmod(0o644)

    write_private(path, "new")

    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
