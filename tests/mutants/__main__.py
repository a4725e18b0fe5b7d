"""`make mutants`: run the tests on every mutant, and print which test noticed it, or that none did."""

import argparse
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.mutants.edits import Edit
from tests.mutants.explained import EXPLAINED
from tests.mutants.python_edits import list_edits
from tests.mutants.selection import FEW_TESTS, FIRST, MOST_TESTS, NEAREST, SUITE, WATCHED
from tests.mutants.sql_edits_of_books import SQL_EDITS

ROOT = Path(__file__).parents[2]
NOWHERE = Path()
# What pytest ends with, or the worker: no test failed, none was found, the time was over, it could not be put in place.
NO_KILL = {0, 5, -1, -2}
# Somebody wants the end, or one of the workers came to one: no more mutants are begun.
STOPPED = threading.Event()


class WorkerDied(Exception):
    """With its last words."""


@dataclass
class Worker:
    """A process in a copy of the tree, that does one job after the other."""

    tree: Path
    process: "subprocess.Popen[str]" = field(init=False)

    @property
    def log(self) -> Path:
        return self.tree.with_suffix(".log")

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.worker"],
            cwd=self.tree,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            text=True,
        )

    def ask(self, **job: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise WorkerDied(self.log.read_text()[-3000:])
        return dict(json.loads(answer))

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


@dataclass
class Verdict:
    """What became of a mutant: the test that noticed it, or nothing."""

    edit: Edit
    killer: str
    seconds: float

    @property
    def told(self) -> str:
        if self.killer:
            return self.killer
        return f"explained: {EXPLAINED[self.edit.name]}" if self.edit.name in EXPLAINED else "SURVIVED"


class TestsFail(Exception):
    """The tests fail on what is no mutant: they can prove nothing."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--only", default="", help="mutants whose name this regular expression finds")
    parser.add_argument("--some", type=int, default=0, help="no more than so many, chosen by lot")
    parser.add_argument("--learned", type=Path, default=NOWHERE, help="keep here which test runs what, for another run")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started = time.monotonic()
    with copied_trees() as trees, ExitStack() as stack:
        tree = trees[0]
        edits = [*SQL_EDITS, *(found.edit for file in WATCHED for found in list_edits(tree, file))]
        lines = {found.edit: found.lines for file in WATCHED for found in list_edits(tree, file)}
        for edit in edits:
            edit.apply(tree)
        chosen = [edit for edit in edits if re.search(asked.only, edit.name)]
        chosen = random.sample(chosen, min(asked.some, len(chosen))) if asked.some else chosen
        workers = [Worker(tree) for tree in trees]
        for worker in workers:
            stack.callback(worker.stop)
        runs = learn(workers, watch=any(edit in lines for edit in chosen) and not asked.learned.is_file())
        if asked.learned.is_file():
            runs = json.loads(asked.learned.read_text())
        elif asked.learned != NOWHERE:
            asked.learned.write_text(json.dumps(runs))
        print(f"{len(chosen)} mutants, tests learned after {time.monotonic() - started:.0f} s", flush=True)
        jobs = [(edit, list(edit.tests) or choose_tests(edit, lines[edit], runs)) for edit in chosen]
        try_none(workers, jobs)
        # What is run on import is tried while the workers have not imported it.
        verdicts = try_all(workers, [job for job in jobs if is_import(job[0], lines)])
        in_threads([lambda worker=worker: worker.ask(act="warm up") for worker in workers])
        verdicts += try_all(workers, [job for job in jobs if not is_import(job[0], lines)])
    return tell(verdicts, {edit.name for edit in edits}, time.monotonic() - started, whole=len(chosen) == len(edits))


@contextmanager
def copied_trees() -> Iterator[list[Path]]:
    """Two copies of what git knows of or would take, so that nobody's checkout is touched."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = [Path(folder) / "first", Path(folder) / "second"]
        Path(folder).chmod(0o711)
        for name in listed.stdout.splitlines():
            for tree in trees:
                if (ROOT / name).is_file():
                    (tree / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, tree / name)
        yield trees


def learn(workers: Sequence[Worker], *, watch: bool) -> list[dict[str, Any]]:
    """Which lines each test runs, and how long it takes.

    :raises TestsFail:
    """
    answers: list[dict[str, Any]] = [{} for _ in workers]

    def ask(number: int) -> None:
        tests = SUITE[number] if watch else [FIRST]
        answers[number] = workers[number].ask(act="observe", watched=WATCHED, first=FIRST, tests=tests)

    in_threads([lambda number=number: ask(number) for number in range(len(workers))])
    for answer, worker in zip(answers, workers, strict=True):
        if answer["code"]:
            raise TestsFail(worker.log.read_text()[-5000:])
    return sorted((run for answer in answers for run in answer["runs"]), key=lambda run: float(run["seconds"]))


def is_import(edit: Edit, lines: dict[Edit, range | None]) -> bool:
    return edit in lines and lines[edit] is None


def choose_tests(edit: Edit, lines: range | None, runs: list[dict[str, Any]]) -> list[str]:
    """The tests that run the lines, the nearest first and of these the quickest; for what runs on import, all do."""
    near = {run["test"] for run in runs if any(name in run["test"] for name in NEAREST[edit.file])}
    if lines is None:
        found = [run["test"] for run in runs if run["test"] in near or edit.file in run["lines"]]
    else:
        found = [run["test"] for run in runs if set(lines) & set(run["lines"].get(edit.file, ()))]
    return sorted(found, key=lambda test: test not in near)[:MOST_TESTS]


def try_all(workers: Sequence[Worker], jobs: Sequence[tuple[Edit, list[str]]]) -> list[Verdict]:
    """Hand the mutants out to the workers, and tell each result as it comes."""
    waiting: SimpleQueue[tuple[Edit, list[str]]] = SimpleQueue()
    verdicts: list[Verdict] = []
    for job in jobs:
        waiting.put(job)

    def work(worker: Worker) -> None:
        while not STOPPED.is_set():
            try:
                edit, tests = waiting.get_nowait()
            except Empty:
                return
            verdict = try_one(worker, edit, tests)
            verdicts.append(verdict)
            print(f"{len(verdicts):4} {verdict.seconds:5.1f} s  {edit.name}\n              {verdict.told}", flush=True)

    in_threads([lambda worker=worker: work(worker) for worker in workers])
    return verdicts


def try_one(worker: Worker, edit: Edit, tests: list[str]) -> Verdict:
    """Most mutants die of the first few tests, which takes less time than to collect all of them."""
    seconds, text = 0.0, edit.apply(worker.tree)
    few = FEW_TESTS if "::" in "".join(tests) else 1
    for some in filter(None, (tests[:few], tests[few:])):
        answer = worker.ask(act="try", file=edit.file, text=text, tests=some)
        seconds += answer["seconds"]
        if answer["code"] not in NO_KILL:
            return Verdict(edit, answer["killer"] or f"pytest ended with {answer['code']}", seconds)
    return Verdict(edit, "", seconds)


def try_none(workers: Sequence[Worker], jobs: Sequence[tuple[Edit, list[str]]]) -> None:
    """Have the tests that are chosen by hand pass where nothing is broken; the others did as they were watched.

    :raises TestsFail:
    """
    tests = sorted({test for edit, chosen in jobs for test in edit.tests and chosen})
    file = WATCHED[0]

    def control(worker: Worker, some: list[str]) -> None:
        if some and (answer := worker.ask(act="try", file=file, text=(ROOT / file).read_text(), tests=some))["code"]:
            raise TestsFail(f"{answer['killer']}\n{worker.log.read_text()[-5000:]}")

    in_threads(
        [lambda number=n, worker=w: control(worker, tests[number :: len(workers)]) for n, w in enumerate(workers)]
    )


def in_threads(acts: Sequence[Any]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        try:
            for done in [pool.submit(act) for act in acts]:
                done.result()
        except BaseException:
            STOPPED.set()
            raise


def tell(verdicts: Sequence[Verdict], names: set[str], seconds: float, *, whole: bool) -> int:
    survivors = [verdict for verdict in verdicts if verdict.told == "SURVIVED"]
    explained = [verdict for verdict in verdicts if verdict.told.startswith("explained")]
    # An explanation of what is no mutant any more, or is noticed by now, is to be struck off.
    stale = sorted(set(EXPLAINED) - names) + [v.edit.name for v in verdicts if v.killer and v.edit.name in EXPLAINED]
    print(
        f"\n{len(verdicts)} mutants in {seconds / 60:.0f} minutes: {len(verdicts) - len(survivors) - len(explained)}"
        f" killed, {len(explained)} explained, {len(survivors)} survived"
    )
    for verdict in survivors:
        print(f"  SURVIVED  {verdict.edit.name}")
    for name in stale if whole else ():
        print(f"  explained for nothing  {name}")
    return 1 if survivors or (whole and stale) else 0


if __name__ == "__main__":
    sys.exit(main())
