"""`make run`, started for real on ports and in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from dev.options import PORTS
from dev.processes import free_port, is_free, wait_until
from dev.supervisor import DEATHS_A_MINUTE

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("run")]


class Run:
    """One `python -m dev.run` after the other in the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: str(free_port()) for name in PORTS}
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
        self.environment = kept | self.ports | {"VAR_DIR": str(folder)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "dev.run", *arguments]
        return subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def start(self) -> None:
        with (self.folder / "output").open("wb") as output:
            command = [sys.executable, "-m", "dev.run"]
            self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=output, stderr=output)
        process = self.process
        wait_until(lambda: "Ctrl-C stops everything." in self.output or process.poll() is not None, seconds=120)
        assert process.poll() is None, self.output

    def kept(self, name: str) -> str:
        """A setting as `demo.env` keeps it."""
        lines = (self.folder / "demo.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)[name]

    def family(self) -> list[psutil.Process]:
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("run"))
    yield run
    assert run.call("--clean").returncode == 0


@pytest.fixture
def run(founded: Run) -> Iterator[Run]:
    """The same folder for all tests: only the first start has a database to make."""
    yield founded
    if founded.process and founded.process.poll() is None:
        founded.end(signal.SIGTERM)


def test_run_comes_up_survives_a_kill_and_ends_cleanly(run: Run) -> None:
    run.start()
    demo = json.loads((run.folder / "demo.json").read_text())
    login = {"username": demo["admin"]["username"], "password": demo["admin"]["password"]}
    assert requests.get(f"{demo['wallet_url']}/ping", timeout=5).text == "PONG"
    assert log_in(demo["backoffice_url"], login) == f"{demo['backoffice_url']}/admin/"
    assert "\nfacts_readable 1.0" in read_figures(demo)
    assert urlsplit(run.kept("DATABASE_URL")).password != urlsplit(run.kept("MIGRATION_DATABASE_URL")).password
    for secret in ("demo.json", "demo.env", "credentials.json"):
        assert (run.folder / secret).stat().st_mode & 0o777 == 0o600

    second = run.call()
    assert (second.returncode, second.stdout) == (1, "")
    assert "another run of this clone is going on" in second.stderr

    family = run.family()
    assert len(family) >= 7
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    assert wait_until(lambda: not any(lives(process) for process in family), seconds=15)

    run.start()
    assert json.loads((run.folder / "demo.json").read_text()) == demo
    family = run.family()
    assert run.end(signal.SIGINT) == 0
    assert [process for process in family if lives(process)] == []
    assert [port for port in run.ports.values() if not is_free(int(port))] == []


def read_figures(demo: dict[str, Any]) -> str:
    shown = {"Authorization": f"Bearer {demo['metrics_token']}"}
    return requests.get(f"{demo['backoffice_url']}/metrics", headers=shown, timeout=5).text


def lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def log_in(backoffice_url: str, login: dict[str, str]) -> str:
    """Where the admin's login form leads."""
    page = f"{backoffice_url}/admin/login/"
    with requests.Session() as session:
        session.get(page, timeout=5)
        form = login | {"csrfmiddlewaretoken": session.cookies["csrftoken"], "next": "/admin/"}
        return session.post(page, data=form, headers={"Referer": page}, timeout=10).url


def find_beats(run: Run) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return [process for process in run.family() if lives(process) and "beat" in process.cmdline()]
    return []


def lives_anew(run: Run, dead: psutil.Process) -> bool:
    return [process for process in find_beats(run) if process != dead] != []


def test_a_process_that_dies_is_started_anew_and_one_that_does_so_all_the_time_takes_the_rest_along(run: Run) -> None:
    run.start()
    assert run.process
    others = set(psutil.Process(run.process.pid).children()).difference(find_beats(run))
    for _ in range(DEATHS_A_MINUTE):
        (beat,) = find_beats(run)
        beat.kill()
        assert wait_until(partial(lives_anew, run, beat), seconds=30)
    assert run.output.count("beat has ended by itself (code -9): starting it anew") == DEATHS_A_MINUTE
    assert [process for process in others if not lives(process)] == []
    family = run.family()

    find_beats(run)[0].kill()

    assert run.process.wait(30) == 1
    assert "make run: beat has ended by itself (code -9) for the 6th time within a minute" in run.output
    assert [process for process in family if lives(process)] == []
