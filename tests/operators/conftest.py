"""A sandbox for the clients of the platforms to talk to, and the faults that it can be told to have."""

from collections.abc import Callable, Iterator

import pytest

from tests.operators.platform_stub import Stub, run_stub
from tests.sandbox.platform_process import PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_server import serve
from tests.sandbox.reference_wallet import ReferenceWallet

Misbehave = Callable[..., None]


@pytest.fixture
def stub() -> Iterator[Stub]:
    with run_stub() as stub:
        yield stub


@pytest.fixture(scope="session")
def sandbox() -> Iterator[PlatformProcess]:
    """A sandbox process with an account at each of the four platforms."""
    wallet = ReferenceWallet()
    with serve(wallet) as server, run_platform(wallet, environment_for(server.wallet_url, wallet)) as running:
        yield running


@pytest.fixture
def misbehave(sandbox: PlatformProcess) -> Iterator[Misbehave]:
    """Makes the sandbox misbehave, until the end of the test at the latest: `misbehave("hizi", "getStats", "slow")`."""

    def order(platform: str, call: str, kind: str, **more: object) -> None:
        answer = sandbox.post("/control/faults", {"platform": platform, "call": call, "kind": kind, **more})
        assert answer.status_code == 201, answer.text

    yield order
    sandbox.delete("/control/faults")
