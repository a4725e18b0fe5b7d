"""Platforms to synchronise with: a stub that lists what a test lays out, and a sandbox of all that have lists."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest

from operators.models import Casino, Operator, Protocol
from operators.platforms.base import Http
from operators.services import connections
from tests.catalog.lists import Lists
from tests.operators.making import make_casino, make_operator
from tests.operators.platform_stub import run_stub
from tests.sandbox.platform_process import PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet

Misbehave = Callable[..., AbstractContextManager[None]]
OperatorAt = Callable[..., Operator]


@pytest.fixture(autouse=True)
def near_and_eager(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Platforms on this machine may be called, and are called again at once."""
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    monkeypatch.setattr(connections, "Http", partial(Http, attempts=2, backoff_seconds=0.01))


@pytest.fixture
def casino(db: None) -> Casino:
    return make_casino()


@pytest.fixture
def lists() -> Iterator[Lists]:
    with run_stub() as stub:
        yield Lists(stub)


@pytest.fixture
def operator(lists: Lists, casino: Casino) -> Operator:
    """A `generic` account at the stub."""
    return make_operator(casino, api_host=lists.stub.url)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[PlatformProcess]:
    """A sandbox of 200 games at `generic`, and what the other platforms have."""
    wallet = ReferenceWallet()
    environment = environment_for("http://127.0.0.1:9/wallet", wallet) | {"SANDBOX_GAMES": "200"}
    with run_platform(wallet, environment) as running:
        yield running


@pytest.fixture
def fresh_sandbox(sandbox: PlatformProcess) -> Iterator[PlatformProcess]:
    """The sandbox, which lists at the end of the test what it did at its start, and behaves again."""
    yield sandbox
    sandbox.delete("/control/faults")
    for protocol in (Protocol.GENERIC, Protocol.HIZI, Protocol.AGENT):
        sandbox.post(f"/control/{protocol.value}/catalogue", {"reset": True})


@pytest.fixture
def operator_at(fresh_sandbox: PlatformProcess, casino: Casino) -> OperatorAt:
    """Makes an account at one of the sandbox's platforms: `operator_at("hizi")`."""

    def make(protocol: str, **more: Any) -> Operator:
        account = fresh_sandbox.accounts[protocol]
        host = fresh_sandbox.url if protocol == "generic" else f"{fresh_sandbox.url}/{protocol}"
        facts = {"operator_ref": account.operator_id, "secret": account.secret_key, "api_host": host}
        return make_operator(casino, protocol=Protocol(protocol), **{**facts, **more})

    return make


@pytest.fixture
def order(fresh_sandbox: PlatformProcess) -> Callable[..., None]:
    """Changes what a platform of the sandbox lists: `order("generic", remove=["1001"])`."""

    def post(protocol: str, **changes: Any) -> None:
        answer = fresh_sandbox.post(f"/control/{protocol}/catalogue", changes)
        assert answer.ok, answer.text

    return post


@pytest.fixture
def misbehave(fresh_sandbox: PlatformProcess, monkeypatch: pytest.MonkeyPatch) -> Misbehave:
    """Makes the sandbox misbehave while a block lasts, in which nobody waits long for an answer.

    `with misbehave("hizi", "getGameList", "html", times=1): …`
    """

    @contextmanager
    def misbehaving(platform: str, call: str, kind: str, **more: Any) -> Iterator[None]:
        fault = {"platform": platform, "call": call, "kind": kind, **more}
        answer = fresh_sandbox.post("/control/faults", fault)
        assert answer.status_code == 201, answer.text
        with monkeypatch.context() as patch:
            if kind in {"slow", "late"}:
                patch.setattr(connections, "Http", partial(Http, read_seconds=0.4, attempts=1))
            yield
        fresh_sandbox.delete("/control/faults")

    return misbehaving
