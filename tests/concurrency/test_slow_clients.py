"""Clients that are slow on purpose: they hold no place in the wallet, and are cut off in the end."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError
from psycopg.errors import ConnectionTimeout

from config.places import Line
from config.stalls import Watchman, cut_database
from dev.processes import wait_until
from tests.wallet.platform import Platform, over_http
from tests.wallet.world import Seat, World

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("races")]
SLOW = 200


def write_request(platform: Platform, seat: Seat) -> bytes:
    """The bytes of a good `balance` call."""
    heads: list[bytes] = []

    def note(method: str, command: str, body: bytes, headers: object) -> tuple[int, dict[str, str], bytes]:
        lines = [f"{name}: {value}" for name, value in dict(headers).items()]  # type: ignore[call-overload]
        head = "\r\n".join([f"{method} /wallet/{command} HTTP/1.1", "Host: 127.0.0.1", *lines])
        heads.append(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        return 200, {}, b""

    line = Platform(platform.operator_ref, platform.secret, note)
    line.send("balance", line.write("balance", {"token": seat.token, "user_id": seat.user_id, "currency_code": "EUR"}))
    return heads[0]


def open_slow(address: str, sent: bytes, count: int, stack: ExitStack) -> list[socket.socket]:
    place = urlsplit(address)
    opened = [stack.enter_context(socket.create_connection((place.hostname, place.port), 20)) for _ in range(count)]
    for client in opened:
        client.sendall(sent)
    return opened


def read_status(client: socket.socket) -> bytes:
    return client.recv(65536).split(b"\r\n", 1)[0]


def test_200_clients_that_stop_in_the_middle_of_headers_or_bodies_hold_nobody_up(
    world: World, wallets: list[str]
) -> None:
    seat = world.seat()
    request = write_request(world.platform, seat)
    line = Platform(world.platform.operator_ref, world.platform.secret, over_http(wallets[0], timeout=2))
    for cut in (40, len(request) - 20):
        with ExitStack() as stack:
            slow = open_slow(wallets[0], request[:cut], SLOW, stack)
            # All of them are in, as nothing that came after them is answered before.
            told = [line.call("balance", {"token": seat.token, "user_id": seat.user_id, "currency_code": "EUR"})]
            told += [world.ask_balance(seat) for _ in range(3)]
            told += [line.call("status", {"user_id": seat.user_id, "transaction_id": 1}) for _ in range(50)]
            assert [answer.verdict for answer in told] == ["OK"] * 4 + ["OP_41"] * 50
            # They were not turned away either: who goes on is answered.
            for client in slow[:20]:
                client.sendall(request[cut:])
            assert {read_status(client) for client in slow[:20]} == {b"HTTP/1.1 200 OK"}


@pytest.fixture
def clients() -> Iterator[tuple[socket.socket, list[socket.socket], list[socket.socket]]]:
    """A server's socket, four clients, and the server's ends of them."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server, ExitStack() as stack:
        near = [stack.enter_context(socket.create_connection(server.getsockname(), 5)) for _ in range(4)]
        ends = {end.getpeername(): stack.enter_context(end) for end in (server.accept()[0] for _ in near)}
        yield server, near, [ends[client.getsockname()] for client in near]


def is_cut(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(65536) == b""
    except BlockingIOError:
        return False


def test_who_neither_sends_nor_reads_on_is_cut_off_and_who_is_only_quiet_is_not(
    clients: tuple[socket.socket, list[socket.socket], list[socket.socket]],
) -> None:
    _, (quiet, answered, begun, unread), ends = clients
    watchman = Watchman([], {}, client_seconds=60, work_seconds=60)
    for client in (answered, begun, unread):
        client.sendall(b"GET / HTTP/1.1\r\n")
    time.sleep(0.02)
    ends[1].sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    ends[3].setblocking(False)
    with suppress(BlockingIOError):
        while ends[3].send(b"x" * 65536):
            continue
    now = time.monotonic()
    for seconds in (0, 30, 59):
        watchman.end_stalled_clients(now + seconds)
        assert [is_cut(client) for client in (quiet, begun)] == [False, False]
    begun.setblocking(True)
    begun.sendall(b"Host: 127")  # a word now and then does not help
    watchman.end_stalled_clients(now + 61)
    assert wait_until(lambda: is_cut(begun), seconds=5)
    assert not is_cut(quiet)
    assert answered.recv(100) == b"HTTP/1.1 200 OK\r\n\r\n"
    assert not is_cut(answered)
    with pytest.raises(OSError, match="Broken pipe"):
        ends[3].send(b"x")
    watchman.end_stalled_clients(now + 1000)
    assert [is_cut(client) for client in (quiet, answered)] == [False, False]


def test_whose_body_does_not_end_for_very_long_cannot_hide_among_the_quiet(
    clients: tuple[socket.socket, list[socket.socket], list[socket.socket]],
) -> None:
    _, near, ends = clients
    near[0].sendall(b"GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nbod")
    assert ends[0].recv(100).endswith(b"bod")
    ends[0].sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    time.sleep(0.02)
    watchman = Watchman([], {1: (now := time.monotonic())}, client_seconds=0.01, work_seconds=60)
    watchman.end_stalled_clients(now + 0.019)
    assert near[0].recv(100) == b"HTTP/1.1 200 OK\r\n\r\n"
    assert not is_cut(near[0])
    watchman.end_stalled_clients(now + 0.021)
    assert wait_until(lambda: is_cut(near[0]), seconds=5)


class Silent:
    """A database connection over which nothing comes."""

    def __init__(self, line: socket.socket) -> None:
        self.connection = SimpleNamespace(closed=False, fileno=line.fileno)


def test_database_that_does_not_answer_in_time_loses_its_connection_once(
    clients: tuple[socket.socket, list[socket.socket], list[socket.socket]],
) -> None:
    _, near, ends = clients
    line = SimpleNamespace(silent=False)
    begun = zip(near, (5.0, None), strict=False)
    places = [SimpleNamespace(line=line, database=Silent(client), since=since) for client, since in begun]
    watchman = Watchman(places, {}, client_seconds=60, work_seconds=3)
    watchman.end_silent_databases(7.9)
    assert ([is_cut(end) for end in ends[:2]], line.silent) == ([False, False], False)
    watchman.end_silent_databases(8.1)
    assert ([is_cut(end) for end in ends[:2]], line.silent) == ([True, False], True)


def test_while_a_database_is_silent_one_request_asks_it_and_the_others_do_not_wait() -> None:
    line = Line()
    asked: list[object] = []

    def fall_silent(_: object) -> None:
        raise ConnectionTimeout("no answer")

    def answer_late(parameters: object) -> str:
        asked.append(parameters)
        with pytest.raises(OperationalError, match="another request is finding out"):
            line.connect(asked.append, "second")
        return "connection"

    with pytest.raises(ConnectionTimeout):
        line.connect(fall_silent, None)
    assert line.connect(answer_late, "first") == "connection"
    assert line.connect(str, "third") == "third"
    assert asked == ["first"]


def test_connection_that_took_the_number_of_a_database_connection_that_just_broke_is_not_cut() -> None:
    ours, clients = socket.socketpair()
    with ours, clients:

        class Breaking:
            """Closed by its own request between our two looks at it; its number is a client's since."""

            closed = False

            def fileno(self) -> int:
                self.closed = True
                return ours.fileno()

        raw = Breaking()
        place = SimpleNamespace(since=1.0, database=SimpleNamespace(connection=raw), line=SimpleNamespace(silent=False))
        assert not cut_database(place, 1.0)
        ours.sendall(b"answer")
        assert (clients.recv(6), place.line.silent) == (b"answer", False)
