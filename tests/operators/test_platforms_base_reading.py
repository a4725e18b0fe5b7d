"""The readers of what platforms send."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.reading import read_count, read_countries, read_decimal, read_flag, read_time, read_web_address

DECIMALS = [
    (5, Decimal(5)),
    (-5, Decimal(-5)),
    (Decimal("0.10"), Decimal("0.10")),
    ("0.10", Decimal("0.10")),
    (" 12.5 ", Decimal("12.5")),
    ("-3.30", Decimal("-3.30")),
    ("+1", Decimal(1)),
    (10**30, Decimal(10**30)),
    (Decimal("1E+2"), Decimal(100)),
    (0.1, None),
    (True, None),
    (None, None),
    ("", None),
    ("NaN", None),
    ("Infinity", None),
    ("1e5", None),
    ("1_000", None),
    ("1,000", None),
    ("٣", None),
    ("1" * 41, None),
    (Decimal("NaN"), None),
    (Decimal("Infinity"), None),
    (Decimal("1E+999999"), None),
    (Decimal("1E-999999"), None),
    ([1], None),
]


@pytest.mark.parametrize(("value", "read"), DECIMALS)
def test_a_number_is_exact_or_none(value: Any, read: Decimal | None) -> None:
    assert read_decimal(value) == read


def test_the_zeros_at_a_numbers_end_are_kept() -> None:
    assert [str(read_decimal(value)) for value in ("0.10", Decimal("2.500"), 5)] == ["0.10", "2.500", "5"]


@pytest.mark.parametrize(
    ("value", "read"),
    [(0, 0), (7, 7), ("7", 7), (Decimal("7.0"), 7), (-1, None), ("7.5", None), (True, None), (None, None)],
)
def test_a_count_is_whole_and_not_negative(value: Any, read: int | None) -> None:
    assert read_count(value) == read


NOON = datetime(2021, 5, 26, 12, 0, tzinfo=UTC)
TIMES = [
    ("2021-05-26T12:00:00Z", NOON),
    ("2021-05-26t12:00:00z", NOON),
    ("2021-05-26 12:00:00", NOON),
    ("2021-05-26T12:00:00", NOON),
    ("2021-05-26T14:30:00+02:30", NOON),
    ("2021-05-26T07:00:00-0500", NOON),
    (" 2021-05-26T12:00:00Z ", NOON),
    ("2021-05-26 12:00:00.745", NOON.replace(microsecond=745_000)),
    ("2021-05-26T12:00:00.1Z", NOON.replace(microsecond=100_000)),
    ("2021-05-26T12:00:00.123456789Z", NOON.replace(microsecond=123_456)),
    ("2021-05-26T12:00:00.999999999Z", NOON.replace(microsecond=999_999)),
    ("0001-01-01T00:00:00Z", None),
    ("0001-01-01 00:00:00", None),
    ("0001-01-01T00:00:00+05:00", None),
    ("9999-12-31T23:59:59-05:00", None),
    ("2021-05-26", None),
    ("2021-05-26T12:00", None),
    ("2021-05-26T12:00:00.1234567890Z", None),
    ("2021-02-30T12:00:00Z", None),
    ("2021-05-26T25:00:00Z", None),
    ("20210526T120000Z", None),
    ("2021-W21-3", None),
    ("soon", None),
    ("", None),
    (1621998000, None),
    (None, None),
]


@pytest.mark.parametrize(("value", "read"), TIMES)
def test_a_moment_is_in_utc_or_none(value: Any, read: datetime | None) -> None:
    found = read_time(value)
    assert found == read
    assert found is None or found.tzinfo is UTC


def test_countries_are_codes_in_capitals_each_once_and_in_order() -> None:
    assert read_countries(["ua-43", "US", "de", " DE ", "GB-ENG", "FR-2A"]) == ("DE", "FR-2A", "GB-ENG", "UA-43", "US")


@pytest.mark.parametrize(
    "value", [None, "DE", {"DE": 1}, [], ["DEU", "D", "", 5, None, "DE-", "DE-ABCD", "D3", "DE,FR"]]
)
def test_what_is_no_country_is_left_out(value: Any) -> None:
    assert read_countries(value) == ()


@pytest.mark.parametrize("value", [1, "1", True, "true", "TRUE"])
def test_a_flag_is_set_by_what_means_yes(value: Any) -> None:
    assert read_flag(value) is True


@pytest.mark.parametrize("value", [0, "0", False, "false", None, "yes", 2, [], {}, [1]])
def test_a_flag_is_not_set_by_anything_else(value: Any) -> None:
    assert read_flag(value) is False


def test_a_web_address_loses_its_blanks_and_may_not_lead_elsewhere() -> None:
    assert read_web_address(" https://a.example/x y\n.png") == "https://a.example/xy.png"
    assert [read_web_address(text) for text in ("java script:alert(1)", "data:text/html,x", "https://", 5)] == [""] * 4
