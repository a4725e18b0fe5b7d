from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.sandbox.agent_caller import AgentCaller
from tests.sandbox.platform_process import PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_server import serve
from tests.sandbox.reference_wallet import ReferenceWallet


@pytest.fixture(scope="session")
def platform() -> Iterator[PlatformProcess]:
    """A platform process that plays against a reference wallet."""
    wallet = ReferenceWallet()
    with serve(wallet) as server, run_platform(wallet, environment_for(server.wallet_url, wallet)) as running:
        yield running


@pytest.fixture
def alice(platform: PlatformProcess) -> str:
    """The user id of a player with 100.00 EUR."""
    platform.wallet.add_player("alice", {"EUR": Decimal("100.00")}, "alice_wonder")
    return "alice"


@pytest.fixture
def agent(platform: PlatformProcess) -> Iterator[AgentCaller]:
    """A casino's calls to the `agent` platform, which goes back to what it was when the test is over."""
    caller = AgentCaller(platform)
    yield caller
    for what in ("catalogue", "settings"):
        caller.control(what, reset=True)
