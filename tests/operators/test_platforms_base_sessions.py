"""Connections are kept from client to client, and nothing else is."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from operators.platforms.base import Call, Http, Platform, PlatformFailure
from operators.platforms.sessions import get_session
from tests.operators.platform_stub import Answer, Stub

ROOT = Path(__file__).parents[2]
HTTP = Http(private_hosts_allowed=True, connect_seconds=1, read_seconds=2, attempts=1)


def read(stub: Stub, calls: list[Call] | None = None) -> None:
    platform = Platform(HTTP, (calls if calls is not None else []).append)
    platform.read("games", f"{stub.url}/list", headers={}, parse=lambda found: found)


def ports_of(stub: Stub) -> list[int]:
    """The client's port of each request: one for each connection."""
    return [port for _, _, port in stub.asked]


def test_two_clients_one_after_the_other_use_one_connection(stub: Stub) -> None:
    stub.lay("/list", Answer())
    for _ in range(3):
        read(stub)
    assert (len(stub.asked), len(set(ports_of(stub)))) == (3, 1)


def test_a_refused_request_leaves_the_connection_to_the_next(stub: Stub) -> None:
    stub.lay("/list", Answer(403, b"no"), Answer())
    with pytest.raises(PlatformFailure, match="HTTP_403"):
        read(stub)
    read(stub)
    assert len(set(ports_of(stub))) == 1


def test_a_kept_connection_that_the_server_closed_is_not_a_failure(stub: Stub) -> None:
    stub.lay("/list", Answer(closes=True))
    calls: list[Call] = []
    for _ in range(3):
        read(stub, calls)
        time.sleep(0.05)
    assert [(call.http_status, call.failure) for call in calls] == [(200, "")] * 3
    assert len(set(ports_of(stub))) == 3


def test_a_write_after_an_idle_time_is_not_lost_on_a_closed_connection(stub: Stub) -> None:
    stub.lay("/deposit", Answer(closes=True))
    for _ in range(3):
        platform = Platform(HTTP, lambda _: None)
        platform.write("deposit", f"{stub.url}/deposit", headers={}, body=b"{}", parse=lambda found: found)
        time.sleep(0.05)
    assert stub.bodies == [b"{}"] * 3


def test_cookies_are_not_kept(stub: Stub) -> None:
    stub.lay("/list", Answer(headers={"Set-Cookie": "operator=lucky; Path=/"}))
    read(stub)
    read(stub)
    assert [headers["Cookie"] for _, headers, _ in stub.asked] == [None, None]


def test_each_host_port_and_permission_has_a_session_of_its_own() -> None:
    urls = [
        "https://a.example/x",
        "https://a.example/y",
        "https://a.example:444/",
        "http://a.example/",
        "https://b.example/",
    ]
    sessions = [get_session(url, private_hosts_allowed=allowed) for url in urls for allowed in (True, False)]
    assert sessions[0] is sessions[2]
    assert sessions[1] is sessions[3]
    assert len({id(session) for session in sessions}) == 8


def test_threads_that_come_at_once_share_a_host(stub: Stub) -> None:
    stub.lay("/list", Answer(body=b'{"games": []}'))
    calls: list[Call] = []
    threads = [Thread(target=read, args=(stub, calls)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(call.failure, call.response) for call in calls] == [("", '{"games": []}')] * 8


# As Celery's workers come about: the parent has used a connection, its child is forked, and both go on.
FORKS = """
import os, sys
from operators.platforms.base import Http, Platform

def read(who):
    platform = Platform(Http(private_hosts_allowed=True, attempts=1), lambda call: None)
    platform.read("games", f"{sys.argv[1]}/{who}", headers={}, parse=lambda found: found)

read("parent")
child = os.fork()
if not child:
    read("child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
read("parent")
"""


def test_a_forked_worker_does_not_speak_on_its_parents_connection(stub: Stub) -> None:
    stub.lay("/parent", Answer())
    stub.lay("/child", Answer())
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", FORKS, stub.url], cwd=ROOT, env=environment, check=True, timeout=30)
    assert [path for path, _, _ in stub.asked] == ["/parent", "/child", "/parent"]
    first, child, second = ports_of(stub)
    assert first == second != child
