"""How the pages write amounts, times, ages and texts."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from config.display import age, amount_text, block, count, ident, moment, money, pretty


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("1234567.5", "1,234,567.50"),
        ("-0.1", "-0.10"),
        ("12.34000000", "12.34"),
        ("12.34567890", "12.3456789"),
        ("0.00000001", "0.00000001"),
        ("9999999999999999.99", "9,999,999,999,999,999.99"),
    ],
)
def test_amount_has_thousands_separators_and_two_decimals_or_as_many_as_it_needs(amount: str, text: str) -> None:
    assert amount_text(Decimal(amount)) == text


@pytest.mark.parametrize(("amount", "text"), [("5", "+5.00"), ("-5", "-5.00"), ("0", "0.00")])
def test_signed_amount_shows_its_direction(amount: str, text: str) -> None:
    assert amount_text(Decimal(amount), signed=True) == text


def test_only_a_negative_amount_is_marked() -> None:
    assert 'class="money negative"' in money(Decimal("-0.01"), "EUR")
    assert 'class="money"' in money(Decimal(0), "EUR")
    assert "–" in money(None, "EUR")  # noqa: RUF001 - the dash for nothing


def test_time_is_written_in_utc_with_its_zone() -> None:
    at = datetime(2026, 11, 20, 1, 2, 3, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert moment(at) == '<time datetime="2026-11-19T19:17:03+00:00">2026-11-19 19:17:03 UTC</time>'


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=1, hours=1), "1 d 1 h"),
    ],
)
def test_age_is_written_in_its_two_largest_units(span: timedelta, text: str) -> None:
    assert age(span) == text


def test_count_has_thousands_separators() -> None:
    assert count(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("text", "laid_out"),
    [
        ('{"a":1.10}', '{\n  "a": 1.10\n}'),
        ('{"a":1E400,"b":-0}', '{\n  "a": 1E400,\n  "b": -0\n}'),
        ("not json", "not json"),
        ('{"a":', '{"a":'),
        ('"ü"', '"ü"'),
    ],
)
def test_json_is_laid_out_with_its_digits_as_they_were(text: str, laid_out: str) -> None:
    assert pretty(text) == laid_out


def test_text_that_nests_too_deep_is_left_as_it_is() -> None:
    deep = "[" * 100_000
    assert pretty(deep) == deep


def test_ids_and_texts_are_escaped() -> None:
    assert "&lt;b&gt;" in ident("<b>")
    assert "&lt;b&gt;" in block("<b>")


def test_admin_alone_lets_the_theme_make_functions_from_text(boss: Client, client: Client) -> None:
    for answer in (boss.get(reverse("admin:index")), client.get(reverse("admin:login"))):
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval';" in policy + ";"
        assert "style-src 'self' 'unsafe-inline';" in policy + ";"
    assert "unsafe-eval" not in client.get("/api/schema/").headers["Content-Security-Policy"]


def test_times_everywhere_are_sortable_and_name_their_zone(boss: Client) -> None:
    page = boss.get(reverse("admin:auth_user_changelist")).content.decode()
    assert f"{datetime.now(UTC):%Y-%m-%d %H:}" in page
    assert " UTC</time>" in page
