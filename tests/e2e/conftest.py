"""One casino for all of these tests, served by real processes: wallet, back office and sandbox."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.e2e.live_casino import LiveCasino, found_casino
from tests.servers import backoffice_of, choose_options, environment_for, running, sandbox_of, wallet_of


@pytest.fixture(scope="session")
def served(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveCasino]:
    """The casino with its games, while the session lasts."""
    folder, options = tmp_path_factory.mktemp("servers"), choose_options(wallet_workers=2)
    environment = environment_for(options)
    with django_db_blocker.unblock():
        live = found_casino(options, environment, folder)
    servers = [wallet_of(options), backoffice_of(options), sandbox_of(options, live.demo)]
    with running(servers, environment, folder):
        code, said = live.run("manage.py", "sync_catalog", "--operator", live.operator.operator_ref)
        assert code == 0, said
        yield live


@pytest.fixture
def live(committed_db: None, served: LiveCasino) -> LiveCasino:
    """The casino; what a test does to it stays."""
    return served
