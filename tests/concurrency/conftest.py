"""One casino, three wallet processes that know it, and ways to call them at the same moment."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.servers import running_wallets
from tests.wallet.platform import Platform, Transport, in_process, over_http
from tests.wallet.world import Seat, World


@pytest.fixture(scope="session")
def founded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:
    """A casino that is there before the servers read their operators."""
    with django_db_blocker.unblock():
        return World(in_process(Client()))


@pytest.fixture(scope="session")
def wallets(founded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The addresses of three wallets, each a process of its own."""
    with running_wallets(3, tmp_path_factory.mktemp("wallets")) as addresses:
        yield addresses


@pytest.fixture
def world(founded: World, committed_db: None, wallet_door: Transport) -> World:
    """The casino, called in this process; what a test does to it stays."""
    return founded


@pytest.fixture
def seat(world: World) -> Seat:
    """A new player with 100.00 EUR."""
    return world.seat()


@pytest.fixture(params=["threads", pytest.param("servers", marks=pytest.mark.live)])
def lines(request: pytest.FixtureRequest, world: World) -> list[Platform]:
    """The platform's ways in: through threads of this process, or through three server processes."""
    transports = [world.transport]
    if request.param == "servers":
        transports = [over_http(address) for address in request.getfixturevalue("wallets")]
    return [Platform(world.platform.operator_ref, world.platform.secret, transport) for transport in transports]
