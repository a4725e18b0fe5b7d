"""Databases of addresses that a test may look addresses up in."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.geoblock.databases import CITIES, COUNTRIES, write_database


@pytest.fixture
def place_of_database(settings: Settings, tmp_path: Path) -> Path:
    """Where the database belongs; there is none yet."""
    settings.GEOIP_PATH = tmp_path / "geoip.mmdb"
    return tmp_path / "geoip.mmdb"


@pytest.fixture
def countries(place_of_database: Path) -> Path:
    return write_database(place_of_database, COUNTRIES)


@pytest.fixture
def cities(place_of_database: Path) -> Path:
    return write_database(place_of_database, CITIES, kind="Test-City")
