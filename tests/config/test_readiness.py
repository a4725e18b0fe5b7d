"""Whether each door says that it can take traffic; what keeps one from it is in tests/wallet/test_upkeep.py."""

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

DOORS = ["config.urls", "config.urls_wallet"]


@pytest.mark.parametrize("urls", DOORS)
def test_both_doors_say_that_they_are_ready(client: Client, settings: Settings, urls: str) -> None:
    settings.ROOT_URLCONF = urls
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "faults": []})


def test_balancers_are_answered_without_tls(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/ready").status_code == 200
    assert client.get("/admin/").status_code == 301
