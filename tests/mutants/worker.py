"""Runs tests on mutants, in a copy of the tree that is its own, as `python -m tests.mutants.worker`.

Jobs come in as lines of JSON, answers go out so. Each job has a process forked off this one, which has Django and the
rest loaded but none of ours, and a database copied from the migrated one, so that nothing is left of the job before.
"""

import gc
import importlib
import inspect
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from dev.pytest_plugin import prepare
from tests.mutants.witness import Tracer, Witness

TREE = Path.cwd()
OURS = ("config", "operators", "staff", "geoblock", "catalog", "wallet", "sandbox", "dev", "tests", "conftest")
# pytest has to import its plugins itself.
PLUGINS = ("pytest", "xdist", "hypothesis", "_hypothesis", "schemathesis", "anyio", "playwright")
QUIET = ["-q", "-p", "no:cacheprovider", "-m", "not live and not browser"]
# What takes longer to load, or to end, than most mutants live.
QUIET += [f"-pno:{name}" for name in ("schemathesis", "anyio", "hypothesispytest", "unraisableexception")]
LATE, NOT_TRIED = -1, -2
# Far above what the slowest takes on a busy machine: what comes to this end is no kill.
PATIENCE_SECONDS, LONG_PATIENCE_SECONDS = 600, 3600


def main() -> None:
    """Answer jobs until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with prepare():
        base = urlsplit(os.environ["DATABASE_URL"])
        os.environ["DATABASE_URL"] = at(base.geturl(), "mutants")
        for line in sys.stdin:
            job = json.loads(line)
            answer = ACTS[job["act"]](job, base.geturl())
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def observe(job: dict[str, Any], server: str) -> dict[str, Any]:
    """Make the database, run the tests on what is no mutant, and say what they run."""
    watched = {str(TREE / name): name for name in job["watched"]}
    made = in_a_fork(lambda: run([job["first"], "--reuse-db", "--create-db"], Witness()))
    if made["code"]:
        return made
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE pristine TEMPLATE test_mutants")
    tracer = Tracer(watched)

    def trace() -> dict[str, Any]:
        use_database()
        return run(job["tests"], tracer) | {"runs": tracer.runs, "modules": list(sys.modules)}

    answer = in_a_fork(trace, LONG_PATIENCE_SECONDS)
    for name in answer.pop("modules", []):
        if not name.startswith(OURS + PLUGINS):
            with suppress(Exception):
                importlib.import_module(name)
    return answer


def warm_up(_job: dict[str, Any], _server: str) -> dict[str, Any]:
    """Set Django up here, with all that is ours: from now on mutants are put into functions that are there."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    importlib.import_module("django").setup()
    for name in ("config.urls", "config.urls_wallet"):
        importlib.import_module(name)
    gc.freeze()
    return {}


def replace_functions(name: str, text: str) -> None:
    """Give the functions of a module that is there the code that another text of it makes."""
    module = importlib.import_module(name)

    def replace(code: CodeType) -> None:
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                with suppress(AttributeError):  # the body of a class, or what is inside a function
                    replace_function(module, inner)
                replace(inner)

    replace(compile(text, str(module.__file__), "exec"))


def replace_function(module: ModuleType, code: CodeType) -> None:
    """Replace a function's code, below its decorators; the whole function where it names fewer of what is around it.

    (One that calls `super()` names its class so.)
    """
    holder, _, name = code.co_qualname.rpartition(".")
    owner = attrgetter(holder)(module) if holder else module
    found = inspect.unwrap(getattr(owner, name))
    if code.co_freevars == found.__code__.co_freevars:
        found.__code__ = code
        return
    cells = dict(zip(found.__code__.co_freevars, found.__closure__ or (), strict=True))
    closure = tuple(cells[free] for free in code.co_freevars)
    made = FunctionType(code, found.__globals__, name, found.__defaults__, closure)
    made.__kwdefaults__ = found.__kwdefaults__
    setattr(owner, name, made)


def try_mutant(job: dict[str, Any], server: str) -> dict[str, Any]:
    """Run the tests on the mutant until one fails."""
    file, started = TREE / job["file"], time.monotonic()
    kept, times = file.read_bytes(), (file.stat().st_atime, file.stat().st_mtime)
    if file.suffix == ".sql" or not is_fresh(server):
        renew_database(server)
    file.write_text(job["text"])
    try:
        if file.suffix == ".sql":
            apply_sql(job["text"], server)
        answer = in_a_fork(lambda: run_mutant(job))
    except psycopg.Error as error:
        answer = {"code": 0, "killer": ""}  # an edit that PostgreSQL does not take is none
        print(error, flush=True)
    finally:
        file.write_bytes(kept)
        os.utime(file, times)
    return answer | {"seconds": time.monotonic() - started}


def is_fresh(server: str) -> bool:
    """Say whether the database is as it was copied: no function replaced, no casino left by a test that commits."""
    with psycopg.connect(at(server, "test_mutants"), autocommit=True) as connection:
        query = "SELECT NOT EXISTS (SELECT FROM operators_casino) AND obj_description(oid, 'pg_database') IS NULL"
        row = connection.execute(f"{query} FROM pg_database WHERE datname = current_database()").fetchone()
    return row == (True,)


def at(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def renew_database(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        while not dropped(connection):
            time.sleep(0.2)
        connection.execute("CREATE DATABASE test_mutants TEMPLATE pristine")


def dropped(connection: psycopg.Connection[Any]) -> bool:
    """Drop the database, unless PostgreSQL is tidying it up: that ends by itself, and by nobody else's hand."""
    try:
        connection.execute("DROP DATABASE IF EXISTS test_mutants WITH (FORCE)")
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def apply_sql(text: str, server: str) -> None:
    """Replace a function, and give it back the rights of its owner that a replacement takes away."""
    with psycopg.connect(at(server, "test_mutants"), autocommit=True) as connection:
        connection.execute("COMMENT ON DATABASE test_mutants IS 'a mutant'")
        connection.execute(text)
        if "FUNCTION" not in text[:400]:
            for file in sorted(TREE.glob("wallet/sql/*.sql")):
                connection.execute(file.read_text())
        connection.execute((TREE / "wallet/privileges/functions.sql").read_text())


def run_mutant(job: dict[str, Any]) -> dict[str, Any]:
    sys.dont_write_bytecode = True
    use_database()
    tests, name = job["tests"], job["file"].removesuffix(".py").replace("/", ".")
    if name in sys.modules:
        try:
            replace_functions(name, job["text"])
        except Exception:  # noqa: BLE001 - ours, and no kill
            traceback.print_exc()
            return {"code": NOT_TRIED, "killer": ""}
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    return run([*files, "-x"], Witness(tests if all("::" in test for test in tests) else ()))


def use_database() -> None:
    """Let pytest-django take the database as it is, without a look at its migrations."""
    import django.test.utils  # noqa: PLC0415 - only in the fork, once pytest has set Django up

    def setup_databases(*_arguments: object, **_options: object) -> list[object]:
        from django.conf import settings  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = "test_mutants"
        return []

    django.test.utils.setup_databases = setup_databases  # type: ignore[assignment]


def run(arguments: list[str], witness: Witness) -> dict[str, Any]:
    sys.modules.pop("dev.pytest_plugin")  # pytest warns of plugins that it did not import itself
    code = int(pytest.main([*QUIET, "--reuse-db", *arguments], plugins=[witness]))
    return {"code": code, "killer": witness.killer}


def in_a_fork(act: Callable[[], dict[str, Any]], patience: int = PATIENCE_SECONDS) -> dict[str, Any]:
    """What the act answers in a process of its own, which is ended if it takes too long."""
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setsid()
            os.close(told)
            signal.alarm(patience)
            answer = json.dumps(act())
            with os.fdopen(telling, "w") as out:
                out.write(answer)
            status = 0
        except BaseException:  # noqa: BLE001 - nobody else tells of it
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    os.close(telling)
    with os.fdopen(told) as answers:
        text = answers.read()
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not text and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return {"code": LATE, "killer": ""}
    return dict(json.loads(text)) if text else {"code": 1, "killer": f"the tests broke off: {status}"}


ACTS = {"observe": observe, "warm up": warm_up, "try": try_mutant}

if __name__ == "__main__":
    main()
