"""The sandbox platform as a process of its own, on a free port, for tests that talk to it over HTTP."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from sandbox.settings import Account
from tests.sandbox.reference_wallet import ReferenceWallet

ROOT = Path(__file__).parents[2]
# The accounts of the casino at the platforms; generic's is the reference wallet's own.
ACCOUNTS = {
    "hizi": Account("sandbox-hizi", "hizi-secret-0123456789"),
    "gmag": Account("1001", "gmag-secret-0123456789"),
    "agent": Account("sandbox-agent", "agent-key-0123456789"),
}
PATIENCE = 20.0


@dataclass(frozen=True)
class PlatformProcess:
    """A running sandbox, the wallet that it plays against, and its accounts by platform."""

    url: str
    wallet: ReferenceWallet
    process: "subprocess.Popen[str]"
    data: Path
    accounts: Mapping[str, Account]

    def get(self, path: str, **options: object) -> requests.Response:
        return requests.get(self.url + path, timeout=10, **options)  # type: ignore[arg-type]

    def post(self, path: str, content: object, **options: object) -> requests.Response:
        return requests.post(self.url + path, json=content, timeout=10, **options)  # type: ignore[arg-type]

    def delete(self, path: str) -> requests.Response:
        return requests.delete(self.url + path, timeout=10)


def environment_for(wallet_url: str, wallet: ReferenceWallet) -> dict[str, str]:
    accounts = {
        f"SANDBOX_{name.upper()}_{what}": text
        for name, account in ACCOUNTS.items()
        for what, text in (("OPERATOR_ID", account.operator_id), ("SECRET_KEY", account.secret_key))
    }
    return accounts | {
        "SANDBOX_WALLET_URL": wallet_url,
        "SANDBOX_BACKOFFICE_URL": "http://127.0.0.1:9",
        "SANDBOX_OPERATOR_ID": wallet.operator_id,
        "SANDBOX_SECRET_KEY": wallet.secrets_accepted[0],
        "SANDBOX_API_KEY": "not used here",
    }


@contextlib.contextmanager
def run_platform(
    wallet: ReferenceWallet,
    environment: Mapping[str, str],
    demo: Path = Path("no-such-demo.json"),
    options: Sequence[str] = (),
) -> Iterator[PlatformProcess]:
    """`python -m sandbox` while the block lasts, with a data folder of its own unless the environment names one."""
    port = find_free_port()
    command = [sys.executable, "-m", "sandbox", "--demo", str(demo), *options]
    with contextlib.ExitStack() as stack:
        data = environment.get("SANDBOX_DATA") or stack.enter_context(tempfile.TemporaryDirectory())
        settings = os.environ | dict(environment) | {"SANDBOX_PORT": str(port), "SANDBOX_DATA": data}
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
        stack.enter_context(process)
        stack.callback(end, process)
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url, process)
        generic = Account(wallet.operator_id, wallet.secrets_accepted[0])
        yield PlatformProcess(url, wallet, process, Path(data), {"generic": generic, **ACCOUNTS})


def end(process: "subprocess.Popen[str]") -> None:
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
