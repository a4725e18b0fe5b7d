"""Starts a real PostgreSQL and Redis of the tests' own, before Django reads its settings.

The tests themselves are the database's owner; the processes that they start connect as the application does.
Where DATABASE_URL or REDIS_URL is set, that server is used in place of an embedded one. With pytest-xdist the first
process starts them; each worker has its own database in the one (pytest-django) and its own number in the other.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dev.credentials import random_fernet_key, random_word
from dev.postgres import APPLICATION, Postgres, home_for
from dev.valkey import Valkey


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        early_config.add_cleanup(prepare().close)
    else:
        os.environ["REDIS_URL"] = numbered(os.environ["REDIS_URL"], 1 + int(worker.removeprefix("gw")))
    return (yield)


def prepare() -> ExitStack:
    """Set the environment of a production process on this machine, with servers where none is named."""
    os.environ |= {
        "ENV_FILE": os.devnull,
        "DEBUG": "false",
        "HTTPS_ONLY": "false",
        "SECOND_FACTOR": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": f"tests:{random_fernet_key()}",
        "LEDGER_DIGEST_KEYS": f"tests:{random_fernet_key()}",
    }
    with ExitStack() as servers:
        folder = Path(tempfile.mkdtemp(prefix="backoffice-tests-"))
        folder.chmod(0o711)
        servers.callback(shutil.rmtree, folder, ignore_errors=True)
        kept = {"LEDGER_DIGEST_PATH": "digests", "LEDGER_ARCHIVE_PATH": "archive", "METRICS_PATH": "metrics"}
        os.environ |= {name: str(folder / part) for name, part in kept.items()}
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(home_for(folder / "postgres"), random_word(), durable=False)
            servers.callback(shutil.rmtree, postgres.directory.parent, ignore_errors=True)
            servers.callback(postgres.stop)
            postgres.start()
            os.environ |= {"DATABASE_URL": postgres.url, "APPLICATION_ROLE": APPLICATION}
            os.environ["APPLICATION_PASSWORD"] = postgres.application_password
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(folder / "valkey", random_word(), durable=False)
            servers.callback(valkey.stop)
            valkey.start()
            os.environ["REDIS_URL"] = valkey.url
        return servers.pop_all()


def numbered(url: str, database: int) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()
