"""The sandbox platform as a process of its own, on a free port, for tests that talk to it over HTTP."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.sandbox.reference_wallet import ReferenceWallet

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


@dataclass(frozen=True)
class PlatformProcess:
    """A running platform and the wallet it plays against."""

    url: str
    wallet: ReferenceWallet
    process: "subprocess.Popen[str]"

    def get(self, path: str, **options: object) -> requests.Response:
        return requests.get(self.url + path, timeout=10, **options)  # type: ignore[arg-type]


def environment_for(wallet_url: str, wallet: ReferenceWallet) -> dict[str, str]:
    return {
        "SANDBOX_WALLET_URL": wallet_url,
        "SANDBOX_BACKOFFICE_URL": "http://127.0.0.1:9",
        "SANDBOX_OPERATOR_ID": wallet.operator_id,
        "SANDBOX_SECRET_KEY": wallet.secrets_accepted[0],
        "SANDBOX_API_KEY": "not used here",
    }


@contextlib.contextmanager
def run_platform(
    wallet: ReferenceWallet, environment: Mapping[str, str], demo: Path = Path("no-such-demo.json")
) -> Iterator[PlatformProcess]:
    """`python -m sandbox` while the block lasts."""
    port = find_free_port()
    command = [sys.executable, "-m", "sandbox", "--demo", str(demo)]
    settings = os.environ | dict(environment) | {"SANDBOX_PORT": str(port)}
    with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_up(url, process)
            yield PlatformProcess(url, wallet, process)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(url: str, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{url}/health", timeout=1)
            return
        time.sleep(0.05)
    raise AssertionError(f"the platform did not start (exit code {process.poll()})")
