"""The clock at the door, and one member of staff."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from tests.admin.house import hire

Wait = Callable[..., datetime]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Moves the clock that views and middleware read; called without a span it tells the time."""
    now = [datetime(2026, 11, 20, 12, 0, 10, tzinfo=UTC)]

    def wait(**span: float) -> datetime:
        now[0] += timedelta(**span)
        return now[0]

    monkeypatch.setattr("django.utils.timezone.now", wait)
    return wait


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Passwords are hashed in no time: what is slow on purpose is Django's, and not tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def anna(db: None) -> User:
    return hire("anna")


@pytest.fixture
def second_factor(settings: Settings) -> None:
    """Everybody has to prove a second factor."""
    settings.SECOND_FACTOR = True
