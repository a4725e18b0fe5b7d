"""A casino with an operator and a seated player, in a transaction that is rolled back after the test.

`world` is one that is played in over the platforms' protocol; `casino` and `operator` are rows alone, of another one.
"""

import pytest

from operators.models import Casino, Operator
from tests.operators.conftest import misbehave, sandbox
from tests.operators.making import make_casino, make_operator
from tests.wallet.casino_caller import Caller, call_for
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


@pytest.fixture
def casino(db: None) -> Casino:
    return make_casino()


@pytest.fixture
def operator(casino: Casino) -> Operator:
    return make_operator(casino, operator_ref="lucky")


@pytest.fixture
def site(casino: Casino) -> Caller:
    """The casino's own site, whose key may do everything."""
    return call_for(casino)
