"""One casino, its wallet and its back office as processes of their own."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from dev.options import Options
from operators.models import Scope
from operators.services import create_api_key
from tests.servers import backoffice_of, choose_options, environment_for, running, wallet_of
from tests.wallet.platform import in_process
from tests.wallet.world import STAFF, World


@pytest.fixture(scope="session")
def founded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:
    """A casino that is there before the servers read their operators."""
    with django_db_blocker.unblock():
        return World(in_process(Client()))


@pytest.fixture(scope="session")
def wallet(founded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Options]:
    """Where the wallet is."""
    options = choose_options(wallet_workers=1)
    with running([wallet_of(options)], environment_for(options), tmp_path_factory.mktemp("wallet")):
        yield options


@pytest.fixture(scope="session")
def backoffice(founded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Options]:
    """Where the back office is."""
    options = choose_options(wallet_workers=1)
    with running([backoffice_of(options)], environment_for(options), tmp_path_factory.mktemp("backoffice")):
        yield options


@pytest.fixture
def world(founded: World, committed_db: None) -> World:
    """The casino; what a test does to it stays."""
    return founded


@pytest.fixture
def api_key(world: World) -> str:
    """A key that may do all there is."""
    return create_api_key(casino=world.casino, name="fuzz", scopes=Scope.values, by=STAFF).text
