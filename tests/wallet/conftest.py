"""A casino with an operator and a seated player, in a transaction that is rolled back after the test."""

import pytest

from tests.operators.conftest import misbehave, sandbox
from tests.wallet.platform import Transport
from tests.wallet.world import Seat, World

__all__ = ["misbehave", "sandbox", "seat", "world"]


@pytest.fixture
def world(db: None, wallet_door: Transport) -> World:
    return World(wallet_door)


@pytest.fixture
def seat(world: World) -> Seat:
    """A player with 100.00 EUR at the game 200."""
    return world.seat()
