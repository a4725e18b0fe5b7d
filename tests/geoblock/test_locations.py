"""Where an address is: both shapes of database, files that come, go and break, and how the database stands."""

from datetime import timedelta
from pathlib import Path

import pytest

from geoblock.rules import Place, read_address
from geoblock.selectors.locations import find_database_standing, find_place
from tests.geoblock.databases import BUILT_AT, CITIES, country_record, write_database


def place_of(address: str) -> Place:
    return find_place(read_address(address))


def test_country_database_tells_the_country(countries: Path) -> None:
    assert place_of("203.0.113.7") == Place("DE")
    assert place_of("::ffff:203.0.113.7") == Place("DE")
    assert place_of("2001:db8::7") == Place("NL")


def test_city_database_tells_regions_with_their_country(cities: Path) -> None:
    assert place_of("203.0.113.7") == Place("CA", ("CA-QC",))
    assert place_of("203.0.113.200") == Place("CA", ("CA-ON",))
    assert place_of("198.51.100.7") == Place("FR", ("FR-IDF", "FR-75C"))
    assert place_of("192.0.2.7") == Place("US")


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "8.8.8.8", "fe80::1"])
def test_address_that_the_database_does_not_have_is_nowhere(countries: Path, address: str) -> None:
    assert place_of(address) == Place()


@pytest.mark.parametrize("record", [{}, {"country_code": 44}, {"country": {"names": {"en": "?"}}}, ["DE"], "DE"])
def test_record_without_a_country_is_nowhere(place_of_database: Path, record: object) -> None:
    write_database(place_of_database, {"203.0.113.0/24": record})
    assert place_of("203.0.113.7") == Place()


def test_replaced_database_is_taken_up_at_the_next_look(countries: Path) -> None:
    assert place_of("203.0.113.7") == Place("DE")
    write_database(countries, {"203.0.113.0/24": country_record("AT")})
    assert place_of("203.0.113.7") == Place("AT")
    countries.unlink()
    assert place_of("203.0.113.7") == Place()
    write_database(countries, CITIES)
    assert place_of("203.0.113.7") == Place("CA", ("CA-QC",))


def test_database_standing_tells_what_it_is_and_how_old(countries: Path) -> None:
    standing = find_database_standing(BUILT_AT + timedelta(days=60))
    assert (standing.path, standing.kind, standing.built_at, standing.age) == (
        countries,
        "Test-Country",
        BUILT_AT,
        timedelta(days=60),
    )
    assert (standing.tells_countries, standing.has_regions, standing.fault) == (True, False, "")


def test_standing_of_a_city_database_says_that_it_knows_regions(cities: Path) -> None:
    assert find_database_standing(BUILT_AT).has_regions is True


def test_database_older_than_60_days_is_at_fault(countries: Path) -> None:
    standing = find_database_standing(BUILT_AT + timedelta(days=61))
    assert (standing.tells_countries, standing.fault) == (True, "It is 61 days old.")


def test_missing_database_knows_nothing_and_says_so(place_of_database: Path) -> None:
    assert place_of("203.0.113.7") == Place()
    standing = find_database_standing(BUILT_AT)
    assert (standing.built_at, standing.tells_countries, standing.fault) == (None, False, "There is no such file.")


def test_broken_database_knows_nothing_and_says_so(place_of_database: Path) -> None:
    place_of_database.write_bytes(b"<html>Not found</html>")
    assert place_of("203.0.113.7") == Place()
    assert find_database_standing(BUILT_AT).fault.startswith("It cannot be read: ")


def test_database_with_damaged_records_knows_nothing_and_says_so(countries: Path) -> None:
    whole = countries.read_bytes()
    start = whole.index(b"country_code") - 2
    damaged = countries.with_name("damaged")
    damaged.write_bytes(whole[:start] + b"\xff" * 12 + whole[start + 12 :])
    damaged.replace(countries)
    assert place_of("203.0.113.7") == Place()
    assert find_database_standing(BUILT_AT).fault.startswith("It is damaged: ")


def test_database_of_something_else_is_at_fault(place_of_database: Path) -> None:
    write_database(place_of_database, {"203.0.113.0/24": {"autonomous_system_number": 64500}}, kind="Test-ASN")
    assert find_database_standing(BUILT_AT).fault == "It names no countries."
