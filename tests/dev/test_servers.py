"""The embedded servers, really started."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from dev.postgres import DatabaseDidNotStart, Postgres, can_reach, elsewhere, forget_stale_pid, home_for, service_user
from dev.processes import wait_until
from dev.valkey import RedisDidNotStart, Valkey

PASSWORD = "5ecre7"


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Where PostgreSQL can live: for root that is not pytest's own folder, which root alone may enter."""
    home = home_for(tmp_path / "postgres")
    yield home
    if home.parent != tmp_path:
        shutil.rmtree(home.parent)


@pytest.fixture
def postgres(directory: Path) -> Iterator[Postgres]:
    server = Postgres(directory, PASSWORD)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey", PASSWORD)
    server.start()
    yield server
    server.stop()


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def kill(process: "subprocess.Popen[bytes] | None") -> None:
    assert process is not None
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_postgres_is_version_18_and_durable_on_loopback_alone(postgres: Postgres) -> None:
    expected = {
        "server_version_num": "180004",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "127.0.0.1",
        "max_connections": "200",
        "password_encryption": "scram-sha-256",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
    }

    assert {name: ask(postgres.url, f"SHOW {name}") for name in expected} == expected


def test_application_role_may_create_databases_and_is_no_superuser(postgres: Postgres) -> None:
    rights = ask(
        postgres.url, "SELECT (rolsuper, rolcreatedb, rolcreaterole)::text FROM pg_roles WHERE rolname = current_user"
    )

    assert rights == "(f,t,f)"


def test_wrong_password_is_refused(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url.replace(PASSWORD, "guess"))


def test_application_has_a_password_of_its_own_also_where_it_had_the_owners(postgres: Postgres) -> None:
    owners = postgres.application_url.replace(postgres.application_password, PASSWORD)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(owners)
    ask(postgres.superuser_url, f"ALTER ROLE backoffice_application PASSWORD '{PASSWORD}'")
    assert ask(owners, "SELECT current_user") == "backoffice_application"
    postgres.stop()
    postgres.start()

    assert ask(postgres.application_url, "SELECT current_user") == "backoffice_application"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(owners)


def test_password_is_on_no_command_line(postgres: Postgres, valkey: Valkey) -> None:
    assert postgres.process
    assert valkey.process
    for pid in (postgres.process.pid, valkey.process.pid):
        assert PASSWORD not in " ".join(psutil.Process(pid).cmdline())


def test_second_start_keeps_the_data(postgres: Postgres) -> None:
    ask(postgres.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop()
    postgres.start()

    assert ask(postgres.url, "SELECT answer FROM kept") == 42


def test_start_right_after_a_kill_keeps_what_was_committed(postgres: Postgres) -> None:
    ask(postgres.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill(postgres.process)
    postgres.start()

    assert ask(postgres.url, "SELECT answer FROM kept") == 42


def test_pid_file_of_a_server_that_lives_is_left_alone(postgres: Postgres) -> None:
    forget_stale_pid(postgres.data)

    assert (postgres.data / "postmaster.pid").exists()


def test_pid_that_has_gone_to_another_process_is_forgotten(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    forget_stale_pid(tmp_path)

    assert not pid_file.exists()


def test_taken_port_ends_in_the_servers_own_last_words(directory: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        server = Postgres(directory, PASSWORD, port=holder.getsockname()[1])
        with pytest.raises(DatabaseDidNotStart, match="Address already in use"):
            server.start(patience=0)


def test_broken_creation_is_not_taken_for_data(directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    (directory / "data.new").mkdir()
    (directory / "data.new" / "PG_VERSION").write_text("18")
    server = Postgres(directory, PASSWORD, durable=False)
    server.start()

    assert ask(server.url, "SELECT current_user") == "backoffice"
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_root_runs_the_server_as_another_user(postgres: Postgres) -> None:
    assert postgres.process
    assert psutil.Process(postgres.process.pid).username() == "nobody"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_root_moves_the_data_where_its_user_can_get(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    asked = tmp_path / "var" / "postgres"

    home = home_for(asked)

    assert home == elsewhere(asked) / "postgres"
    assert can_reach(home.parent, pwd.getpwnam("nobody"))
    home.parent.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_root_goes_on_as_the_owner_of_the_data(tmp_path: Path) -> None:
    owner = pwd.getpwnam("daemon")
    os.chown(tmp_path, owner.pw_uid, owner.pw_gid)

    assert service_user(tmp_path) == owner


def test_folder_of_someone_else_is_not_used(tmp_path: Path) -> None:
    folder = elsewhere(tmp_path)
    folder.chmod(0o777)
    try:
        with pytest.raises(DatabaseDidNotStart, match="is not a directory of ours"):
            elsewhere(tmp_path)
    finally:
        folder.rmdir()


def test_servers_die_with_a_starter_that_is_killed(directory: Path, tmp_path: Path) -> None:
    code = f"""
import time
from pathlib import Path
from dev.postgres import Postgres
from dev.valkey import Valkey
postgres, valkey = Postgres(Path({str(directory)!r}), "x", durable=False), Valkey(Path({str(tmp_path)!r}), "x")
print(postgres.start().pid, valkey.start().pid, flush=True)
time.sleep(60)
"""
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    pids = [int(word) for word in starter.stdout.readline().split()]
    assert [psutil.pid_exists(pid) for pid in pids] == [True, True]

    starter.kill()
    starter.communicate()

    assert wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids), seconds=10)


def test_valkey_keeps_what_it_acknowledged_through_a_kill(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set("kept", "42")
    kill(valkey.process)
    valkey.start()

    with redis.Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"42"


def test_valkey_evicts_nothing_and_asks_for_the_password(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        assert client.config_get("maxmemory-policy", "appendonly", "bind") == {
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "bind": "127.0.0.1",
        }
    with redis.Redis(port=valkey.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_valkey_on_a_taken_port_ends_in_its_own_last_words(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        server = Valkey(tmp_path, PASSWORD, port=holder.getsockname()[1])
        with pytest.raises(RedisDidNotStart, match="Address already in use"):
            server.start(patience=0)
