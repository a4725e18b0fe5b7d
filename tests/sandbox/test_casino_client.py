from collections.abc import Iterator
from decimal import Decimal

import pytest

from sandbox.casino_client import CasinoClient, CasinoRefusal
from tests.sandbox.reference_server import Server, serve
from tests.sandbox.reference_wallet import ReferenceWallet


@pytest.fixture
def wallet() -> ReferenceWallet:
    return ReferenceWallet()


@pytest.fixture
def server(wallet: ReferenceWallet) -> Iterator[Server]:
    with serve(wallet) as server:
        yield server


@pytest.fixture
def casino(server: Server) -> Iterator[CasinoClient]:
    casino = CasinoClient(server.api_url, server.api_key)
    yield casino
    casino.close()


def test_deposit_with_the_same_reference_counts_once(casino: CasinoClient, wallet: ReferenceWallet) -> None:
    casino.create_player("611", "john_doe", ["EUR"])
    for _ in range(2):
        casino.deposit("611", Decimal("10.50"), "EUR", "first")
    assert wallet.balance_of("611", "EUR") == Decimal("10.50")


def test_reference_used_for_another_deposit_is_refused(casino: CasinoClient) -> None:
    casino.create_player("611", "john_doe", ["EUR"])
    casino.deposit("611", Decimal("10.50"), "EUR", "first")
    with pytest.raises(CasinoRefusal) as raised:
        casino.deposit("611", Decimal("10.51"), "EUR", "first")
    assert (raised.value.status, raised.value.code) == (409, "reference_used")


def test_launch_opens_a_session_of_the_player(casino: CasinoClient, wallet: ReferenceWallet) -> None:
    casino.create_player("611", "john_doe", ["EUR"])
    launch = casino.launch("611", "examplecasino", "EUR", "203.0.113.7", game_id="200")
    session = wallet.sessions[launch.token]
    assert (session.user_id, session.currency, session.game_id) == ("611", "EUR", "200")
    assert launch.url.endswith(f"token={launch.token}")


def test_blocked_player_is_not_launched_until_unblocked(casino: CasinoClient) -> None:
    casino.create_player("611", "john_doe", ["EUR"])
    casino.block("611", "asked for it")
    with pytest.raises(CasinoRefusal, match=r"^POST launch: 409 launch_refused"):
        casino.launch("611", "examplecasino", "EUR", "203.0.113.7", game_id="200")
    casino.unblock("611", "asked for it")
    assert len(casino.launch("611", "examplecasino", "EUR", "203.0.113.7", game_id="200").token) == 32


def test_games_are_listed_over_all_pages(casino: CasinoClient) -> None:
    assert [game["game_id"] for game in casino.list_games()] == [str(number) for number in range(200, 240)]


def test_player_id_with_a_slash_stays_one_part_of_the_address(casino: CasinoClient) -> None:
    with pytest.raises(CasinoRefusal) as raised:
        casino.get_player("a/block")
    assert (raised.value.status, raised.value.code) == (404, "unknown_player")


def test_wrong_key_is_refused(server: Server) -> None:
    casino = CasinoClient(server.api_url, "wrong")
    with pytest.raises(CasinoRefusal) as raised:
        casino.get_player("611")
    casino.close()
    assert (raised.value.status, raised.value.code) == (401, "not_authenticated")


def test_casino_that_is_not_there_is_a_refusal_without_a_status() -> None:
    with pytest.raises(CasinoRefusal) as raised:
        CasinoClient("http://127.0.0.1:1/api/v1", "key").get_player("611")
    assert (raised.value.status, raised.value.code) == (0, "unreachable")
