"""A played-in casino, and people at the admin: a superuser, and whoever a test hires."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.admin.house import House, hire
from tests.admin.witness import watching
from tests.wallet.world import Seat


@pytest.fixture(autouse=True)
def audit_trail_has_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test has a page of the admin write leaves an audit entry."""
    ask = Client.request

    def ask_watched(client: Client, **environ: Any) -> Any:
        if not environ["PATH_INFO"].startswith("/admin/"):
            return ask(client, **environ)
        with watching(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
            return ask(client, **environ)

    monkeypatch.setattr(Client, "request", ask_watched)


@pytest.fixture
def house(db: None) -> House:
    return House()


@pytest.fixture
def seat(house: House) -> Seat:
    """A player with 100.00 EUR at the game 200."""
    return house.seat()


@pytest.fixture
def boss(db: None) -> Client:
    """A superuser's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="correct horse"))
    return client


@pytest.fixture
def staff(db: None) -> Callable[..., Client]:
    """Makes the browser of a member of staff with the permissions named."""

    def log_in(*permissions: str) -> Client:
        client = Client()
        client.force_login(hire("anna", *permissions))
        return client

    return log_in
