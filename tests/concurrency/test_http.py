"""What a real server process makes of HTTP that Django's test client cannot send."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.wallet.platform import Answer, sha1
from tests.wallet.world import Seat, World

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("races")]


@pytest.fixture
def connection(wallets: list[str]) -> Iterator[HTTPConnection]:
    """One connection to a wallet, kept over the requests of a test."""
    address = urlsplit(wallets[0])
    assert address.hostname
    open_one = HTTPConnection(address.hostname, address.port, timeout=10)
    yield open_one
    open_one.close()


def headers(world: World, command: str) -> dict[str, str]:
    return {
        "X-Operator-Id": world.platform.operator_ref,
        "X-Authorization": sha1(command, world.platform.secret),
    }


def send(connection: HTTPConnection, world: World, body: bytes, **more: str) -> Answer:
    connection.request("POST", "/wallet/authenticate", body, headers(world, "authenticate") | more)
    answer = connection.getresponse()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def send_in_chunks(connection: HTTPConnection, world: World, *chunks: bytes) -> Answer:
    connection.request(
        "POST",
        "/wallet/authenticate",
        iter(chunks),
        headers(world, "authenticate") | {"Transfer-Encoding": "chunked"},
        encode_chunked=True,
    )
    answer = connection.getresponse()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def test_body_in_chunks_is_read(connection: HTTPConnection, world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    answer = send_in_chunks(connection, world, body[:20], body[20:50], body[50:])
    assert answer.check_envelope(body, world.platform.secret).verdict == "OK"


def test_body_in_chunks_of_64_kib_is_read_and_one_byte_more_is_refused(
    connection: HTTPConnection, world: World, seat: Seat
) -> None:
    body = world.platform.write("authenticate", {"token": seat.token}).ljust(64 * 1024)
    assert send_in_chunks(connection, world, body[:40_000], body[40_000:]).verdict == "OK"
    assert send_in_chunks(connection, world, body, b" ").status == 413


def test_connection_is_kept_over_answers_and_errors(connection: HTTPConnection, world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    told = []
    for sent in (body, b"{", body):
        told.append(send(connection, world, sent).verdict)
        assert connection.sock is not None
    assert told == ["OK", "OP_50", "OK"]


def test_names_of_headers_are_of_any_case(connection: HTTPConnection, world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    lower = {name.lower(): value for name, value in headers(world, "authenticate").items()}
    connection.request("POST", "/wallet/authenticate", body, lower)
    assert connection.getresponse().status == 200


def test_client_that_waits_for_the_word_to_go_on_is_given_it(
    connection: HTTPConnection, world: World, seat: Seat
) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    started = time.perf_counter()
    assert send(connection, world, body, Expect="100-continue").verdict == "OK"
    assert time.perf_counter() - started < 1


def test_platform_that_hangs_up_gets_its_bet_booked_and_may_ask_again(
    world: World, seat: Seat, wallets: list[str]
) -> None:
    address = urlsplit(wallets[0])
    assert address.hostname
    data = world.movement("BET", seat, "5.00")
    body = world.platform.write("changebalance", data)
    impatient = HTTPConnection(address.hostname, address.port, timeout=10)
    impatient.request("POST", "/wallet/changebalance", body, headers(world, "changebalance"))
    impatient.close()
    again = HTTPConnection(address.hostname, address.port, timeout=10)
    again.request("POST", "/wallet/changebalance", body, headers(world, "changebalance"))
    answer = again.getresponse()
    assert b'"balance":95.00' in answer.read()
    again.close()
    assert len(seat.rows) == 1
