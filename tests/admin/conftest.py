"""A played-in casino, and people at the admin: a superuser, and whoever a test hires."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.admin.house import House, hire
from tests.wallet.world import Seat


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
