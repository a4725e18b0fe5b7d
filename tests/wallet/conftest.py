"""A casino with an operator and a seated player, in a transaction that is rolled back after the test."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.wallet.platform import Transport, in_process
from tests.wallet.world import Seat, World


@pytest.fixture
def wallet_door(settings: Settings) -> Transport:
    """The way to the wallet's views, with the URLs and middleware of the wallet's own process."""
    settings.ROOT_URLCONF = "config.urls_wallet"
    settings.MIDDLEWARE = []
    return in_process(Client(raise_request_exception=False))


@pytest.fixture
def world(db: None, wallet_door: Transport) -> World:
    return World(wallet_door)


@pytest.fixture
def seat(world: World) -> Seat:
    """A player with 100.00 EUR at the game 200."""
    return world.seat()
