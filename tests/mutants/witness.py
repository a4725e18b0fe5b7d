"""What pytest is given to run one mutant, or to learn which tests run which lines."""

import sys
import threading
import time
from collections import defaultdict
from collections.abc import Generator, Iterable
from types import FrameType
from typing import Any

import pytest


class Witness:
    """Keeps the first failure, and runs only the tests that are wanted, in their order; all where none are named."""

    def __init__(self, wanted: Iterable[str] = ()) -> None:
        self.ranks = {test: rank for rank, test in enumerate(wanted)}
        self.killer = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.ranks:
            items[:] = sorted((item for item in items if item.nodeid in self.ranks), key=self._place)

    def _place(self, item: pytest.Item) -> tuple[bool, int]:
        """Last what commits rows, since the others may count all that there is."""
        return "committed_db" in getattr(item, "fixturenames", ()), self.ranks[item.nodeid]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.killer = self.killer or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.killer = self.killer or f"{report.nodeid} cannot be imported"


class Tracer(Witness):
    """Notes the lines of some files that each test runs, and how long it takes."""

    def __init__(self, files: dict[str, str]) -> None:
        super().__init__()
        self.files = files
        self.lines: dict[str, set[int]] = defaultdict(set)
        self.runs: list[dict[str, Any]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.lines.clear()
        started = time.monotonic()
        sys.settrace(self._enter)
        threading.settrace(self._enter)
        try:
            return (yield)
        finally:
            threading.settrace(None)
            sys.settrace(None)
            lines = {name: sorted(found) for name, found in self.lines.items()}
            self.runs.append({"test": item.nodeid, "seconds": time.monotonic() - started, "lines": lines})

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        name = self.files.get(frame.f_code.co_filename)
        if name is None:
            return None
        found = self.lines[name]

        def note(inner: FrameType, _event: str, _argument: object) -> Any:
            found.add(inner.f_lineno)
            return note

        return note(frame, "", None)
