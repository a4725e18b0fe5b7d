"""The faults: each function strikes, and returns the moment from which on all should go well again."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

from dev.processes import wait_until
from sandbox.wallet_client import WalletClient
from tests.faults.house import House

Strike = Callable[[House], float]
SLOW_CLIENTS = 200
WALLET = "config.wsgi_wallet:application"
VERIFICATIONS = "SELECT count(*) FROM wallet_ledgerverification"


class StrikeFailed(Exception):
    """The fault did not do what it is meant to, and so proves nothing; or what it broke off was not taken up again."""


def strike_nothing(_house: House) -> float:
    """For comparison."""
    time.sleep(3)
    return time.monotonic()


def kill_worker(house: House) -> float:
    """`kill -9` of one of the wallet's two workers."""
    house.find(WALLET).children()[0].kill()
    return time.monotonic()


def kill_workers_until_granian_ends(house: House) -> float:
    """`kill -9` of the same workers as soon as they are back: granian takes that for a crash loop and ends itself."""
    granian = house.find(WALLET)
    deadline = time.monotonic() + 30
    while granian.is_running() and granian.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            raise StrikeFailed("granian went on")
        with suppress(psutil.NoSuchProcess):
            for worker in granian.children():
                worker.kill()
        time.sleep(1)
    return time.monotonic()


def kill_postgres(house: House) -> float:
    """`kill -9` of all of PostgreSQL's processes; the supervisor starts it again."""
    for process in house.family("postgres"):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return time.monotonic()


def fill_connections(house: House) -> float:
    """Take every connection that PostgreSQL gives, the wallet's own too, and keep them for four seconds."""
    taken: list[psycopg.Connection[Any]] = []
    full_at: list[float] = []

    def take_all() -> None:
        try:
            while True:
                taken.append(psycopg.connect(house.environment["DATABASE_URL"], connect_timeout=5))
        except psycopg.OperationalError:
            full_at.append(time.monotonic())

    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'postgres' AND pid <> ALL(%s)"
    with house.connect() as superuser, ThreadPoolExecutor(8) as pool:
        deadline = time.monotonic() + 30
        while time.monotonic() < min(deadline, full_at[0] + 4 if full_at else deadline):
            wait([pool.submit(take_all) for _ in range(8)])
            superuser.execute(others, [[each.info.backend_pid for each in taken]])
    for each in taken:
        each.close()
    return time.monotonic()


def hold_locks(house: House) -> float:
    """Lock every player's account row for five seconds: longer than `lock_timeout`."""
    with house.connect() as other, other.transaction():
        other.execute("SELECT id FROM wallet_account WHERE kind = 'player' FOR UPDATE")
        time.sleep(5)
    return time.monotonic()


def hold_advisory_locks(house: House) -> float:
    """The same with the advisory locks that the wallet's functions take first."""
    with house.connect() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(id) FROM wallet_player")
        time.sleep(5)
    return time.monotonic()


def freeze_postgres(house: House) -> float:
    """SIGSTOP for all of PostgreSQL for six seconds: it accepts, and never answers."""
    family = house.family("postgres")
    for process in family:
        process.suspend()
    time.sleep(6)
    for process in family:
        process.resume()
    return time.monotonic()


def stop_redis(house: House) -> float:
    """Redis does not answer for three seconds, then it is killed; the supervisor starts it again, and tasks go on."""
    valkey = house.find("valkey-server")
    valkey.suspend()
    time.sleep(3)
    valkey.kill()
    struck = time.monotonic()
    ((before,),) = house.ask(VERIFICATIONS)
    if not wait_until(lambda: has_taken(house, "wallet.verify_ledger"), seconds=10, pause=0.5):
        raise StrikeFailed("no task could be handed over any more")
    if not wait_until(lambda: house.ask(VERIFICATIONS) > [(before,)], seconds=30):
        raise StrikeFailed("no worker did a task any more")
    return struck


def open_half_headers(house: House) -> float:
    """200 clients that stop in the middle of their headers, and dribble on, a byte a second."""
    return hold_slow_clients(house, 60)


def open_half_bodies(house: House) -> float:
    """200 clients with good headers of a known operator that stop in the middle of the body, and dribble on."""
    return hold_slow_clients(house, -30)


def open_deaf_readers(house: House) -> float:
    """200 clients that ask for three long answers each, whose own words come back in them, and read none."""
    request = write_call(house, b'{"request":"' + b"x" * 60_000 + b'"}')
    with slow_clients(house) as clients:
        left = {client: memoryview(request * 3) for client in clients}
        deadline = time.monotonic() + 5
        for client in clients:
            client.setblocking(False)
        while time.monotonic() < deadline:
            for client, words in left.items():
                with suppress(BlockingIOError):
                    left[client] = words[client.send(words) :] if words else words
            time.sleep(0.1)
    return time.monotonic()


def hold_slow_clients(house: House, cut: int) -> float:
    request = write_call(house, b"{" + b" " * 400 + b"}")
    with slow_clients(house) as clients:
        for client in clients:
            client.sendall(request[:cut])
        for byte in range(5):
            time.sleep(1)
            for client in clients:
                client.sendall(request[cut + byte : cut + byte + 1])
    return time.monotonic()


@contextmanager
def slow_clients(house: House) -> Iterator[list[socket.socket]]:
    place = urlsplit(house.facts["wallet_url"])
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=10))
            for _ in range(SLOW_CLIENTS)
        ]


def write_call(house: House, body: bytes) -> bytes:
    """The bytes of a call that passes the door."""
    account = house.facts["operators"]["generic"]
    client = WalletClient(house.facts["wallet_url"], account["operator_id"], account["secret_key"])
    lines = [f"{name}: {value}" for name, value in client.headers("balance").items()]
    head = ["POST /wallet/balance HTTP/1.1", "Host: 127.0.0.1", *lines, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def kill_celery_in_a_task(house: House) -> float:
    """`kill -9` of the Celery worker and its children while a synchronisation writes; beat has it resumed."""
    operator_ref = house.facts["operators"]["generic"]["operator_id"]
    ((operator, game, title),) = house.ask(
        "SELECT o.id, g.id, g.title FROM operators_operator o JOIN catalog_game g ON g.operator_id = o.id"
        " WHERE o.operator_ref = %s ORDER BY g.id LIMIT 1",
        operator_ref,
    )
    with house.connect() as other:
        other.execute("UPDATE catalog_game SET title = 'Mistitled', digest = '' WHERE id = %s", [game])
        runs = "SELECT count(*) FROM catalog_syncrun WHERE operator_id = %s AND state = 'applied'"
        ((before,),) = other.execute(runs, [operator]).fetchall()
        with other.transaction():
            other.execute("SELECT id FROM catalog_game WHERE id = %s FOR UPDATE", [game])
            hand_over(house, "catalog.sync_catalog", f"[{operator}]")
            if not wait_until(lambda: is_waited_for(other), seconds=30):
                last = other.execute(
                    "SELECT * FROM catalog_syncrun WHERE operator_id = %s ORDER BY id DESC LIMIT 1", [operator]
                )
                raise StrikeFailed(f"no worker was in the middle of the task: {last.fetchall()}")
            os.killpg(house.find("worker").pid, signal.SIGKILL)
            struck = time.monotonic()
        # Its silence tells that it is gone; as if it were a minute older.
        other.execute(
            "UPDATE catalog_syncrun SET heartbeat_at = heartbeat_at - interval '61 s' WHERE state = 'running'"
        )
        done = "SELECT count(*) FROM catalog_game WHERE id = %s AND title = %s"
        hand_over(house, "catalog.resume_syncs")
        if not wait_until(lambda: other.execute(done, [game, title]).fetchall() == [(1,)], seconds=75):
            raise StrikeFailed("the task was not taken up again")
        wait_until(lambda: other.execute(runs, [operator]).fetchall() > [(before,)], seconds=10)
        ((after,),) = other.execute(runs, [operator]).fetchall()
        changes = "SELECT count(*) FROM catalog_change WHERE operator_id = %s AND before->>'title' = 'Mistitled'"
        ((times,),) = other.execute(changes, [operator]).fetchall()
    if (after - before, times) != (1, 1):
        raise StrikeFailed(f"applied {after - before} times, {times} changes written")
    return struck


def is_waited_for(holder: "psycopg.Connection[Any]") -> bool:
    """Whether somebody waits for a lock that this connection holds."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    return holder.execute(query).fetchall() != [(0,)]


def hand_over(house: House, task: str, arguments: str = "[]") -> None:
    """Have a task done by the workers.

    :raises StrikeFailed: nobody takes it.
    """
    if not has_taken(house, task, arguments):
        raise StrikeFailed(f"{task} could not be handed over")


def has_taken(house: House, task: str, arguments: str = "[]") -> bool:
    code, _ = house.command("-m", "celery", "--quiet", "--app", "config", "call", task, "--args", arguments)
    return code == 0
