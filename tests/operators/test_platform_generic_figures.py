"""What we make of document 001's business report and limits."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Http, Malformed, PlatformFailure
from operators.platforms.generic import (
    BalanceLimits,
    Client,
    Config,
    GgrLimits,
    ReportRow,
    parse_balance_limits,
    parse_business_report,
    parse_ggr_limits,
)
from tests.operators.platform_stub import Answer, Stub

REPORT = "/api/generic/businessReport"
BALANCE_LIMITS = "/api/generic/balanceLimits"
GGR_LIMITS = "/api/generic/ggrLimits"
DAY = date(2021, 5, 3)


def client_of(stub: Stub) -> Client:
    http = Http(private_hosts_allowed=True, backoff_seconds=0.01)
    return Client(Config(stub.url, "examplecasino", "secret_key", http), lambda _: None)


def only_row(**more: Any) -> ReportRow:
    facts = {"vendor": "netent", "currency_code": "EUR", "bets_sum": 1, "wins_sum": 0}
    (row,) = parse_business_report([{**facts, **more}], DAY).rows
    return row


# As the document prints it.
ANSWER_REPORT = """[
  {
    "entity_name": "operatorName",
    "vendor": "slotsXX",
    "currency_code": "EUR",
    "bets_sum": 6.1,
    "bets_count": 1,
    "wins_count": 0,
    "wins_sum": 3.3,
    "freespins_sum": 0,
    "freespins_count": 0,
    "jackpots_count": 0,
    "jackpots_sum": 0,
    "gross_gaming_revenue": "2.80",
    "date": "2021-05-03"
  },
  {
    "entity_name": "operatorName",
    "vendor": "netent",
    "currency_code": "EUR",
    "bets_sum": 1.2,
    "bets_count": 7,
    "wins_count": 0,
    "wins_sum": 0.31,
    "freespins_sum": 0,
    "freespins_count": 0,
    "jackpots_count": 0,
    "jackpots_sum": 0,
    "gross_gaming_revenue": "0.89",
    "date": "2021-05-03"
  }
]"""


def test_the_documents_own_report_is_read(stub: Stub) -> None:
    stub.lay(f"{REPORT}?date=2021-05-03", Answer(body=ANSWER_REPORT.encode()))
    report = client_of(stub).business_report(DAY)
    nothing: dict[str, Any] = {
        "freespins_sum": Decimal(0),
        "freespins_count": 0,
        "jackpots_sum": Decimal(0),
        "jackpots_count": 0,
    }
    first = ReportRow(
        "slotsXX", "EUR", DAY, Decimal("6.1"), Decimal("3.3"), "operatorName", 1, 0, **nothing,
        gross_gaming_revenue=Decimal("2.80"),
    )  # fmt: skip
    second = ReportRow(
        "netent", "EUR", DAY, Decimal("1.2"), Decimal("0.31"), "operatorName", 7, 0, **nothing,
        gross_gaming_revenue=Decimal("0.89"),
    )  # fmt: skip
    assert (report.rows, report.unreadable) == ((first, second), ())
    assert report.rows[0].raw["gross_gaming_revenue"] == "2.80"
    ((path, headers, _),) = stub.asked
    assert path == f"{REPORT}?date=2021-05-03"
    assert headers["X-Authorization"] == "ce1e2ca8c76e1adc8c0ad5f943aa9aaa6d09db8e"


def test_wins_may_have_a_sum_and_no_count() -> None:
    row = only_row(wins_count=0, wins_sum=Decimal("3.3"))
    assert (row.wins_count, row.wins_sum) == (0, Decimal("3.3"))


def test_the_platforms_revenue_stands_beside_ours() -> None:
    row = only_row(bets_sum=Decimal("6.1"), wins_sum=Decimal("3.3"), gross_gaming_revenue="2.30")
    assert (row.gross_gaming_revenue, row.own_gross_gaming_revenue) == (Decimal("2.30"), Decimal("2.8"))
    assert row.difference == Decimal("-0.50")


@pytest.mark.parametrize("given", [None, "", "much", True])
def test_a_revenue_that_is_no_number_has_no_difference(given: object) -> None:
    row = only_row(gross_gaming_revenue=given)
    assert (row.gross_gaming_revenue, row.difference, row.own_gross_gaming_revenue) == (None, None, Decimal(1))


def test_a_sum_stays_exact_from_the_wire_on(stub: Stub) -> None:
    body = b'[{"vendor": "a", "currency_code": "BTC", "bets_sum": 0.10000000000000000001, "wins_sum": "0.1"}]'
    stub.lay(REPORT, Answer(body=body))
    assert client_of(stub).business_report(DAY).rows[0].own_gross_gaming_revenue == Decimal("1E-20")


def test_a_row_without_a_day_is_of_the_day_asked_for() -> None:
    assert (only_row().report_date, only_row(date="2021-05-02").report_date) == (DAY, date(2021, 5, 2))


def test_what_a_row_leaves_out_is_not_taken_for_nothing() -> None:
    row = only_row()
    assert (row.bets_count, row.freespins_sum, row.jackpots_count) == (None, None, None)


@pytest.mark.parametrize(
    "fault", [{"vendor": ""}, {"currency_code": None}, {"bets_sum": None}, {"wins_sum": "NaN"}, {"bets_sum": True}]
)
def test_a_row_without_what_names_or_sums_it_is_kept_as_unreadable(fault: dict[str, object]) -> None:
    raw = {"vendor": "netent", "currency_code": "EUR", "bets_sum": 1, "wins_sum": 0, **fault}
    report = parse_business_report([raw, 5], DAY)
    assert (report.rows, report.unreadable) == ((), (raw, 5))


@pytest.mark.parametrize("answer", [None, {}, {"rows": []}, "none"])
def test_a_report_that_is_no_list_is_malformed(answer: object) -> None:
    with pytest.raises(Malformed):
        parse_business_report(answer, DAY)


# As the document prints them, save for the remark behind `false`, which is not JSON.
ANSWER_UNLIMITED = '{\n    "enabled": false\n}'
ANSWER_BALANCE = """{
    "enabled": true,
    "currency": "USD",
    "available_balance": 107881.02,
    "currencies": {
        "GBP": {
            "available_balance": 86347.97
        },
        "EUR": {
            "available_balance": 99164.23
        }
    },
    "limit_exceeded": false
}"""
ANSWER_GGR = """{
    "enabled": true,
    "currency": "EUR",
    "limit": 1111111,
    "current_usage": 0,
    "percentage_usage": 0
}"""
POT = BalanceLimits(
    enabled=True,
    currency_code="USD",
    available_balance=Decimal("107881.02"),
    in_other_currencies={"GBP": Decimal("86347.97"), "EUR": Decimal("99164.23")},
)


def test_the_documents_own_balance_limits_are_one_pot_told_in_three_currencies(stub: Stub) -> None:
    stub.lay(f"{BALANCE_LIMITS}?currencies=GBP,EUR", Answer(body=ANSWER_BALANCE.encode()))
    assert client_of(stub).balance_limits(["GBP", "EUR"]) == POT
    ((path, headers, _),) = stub.asked
    assert path == f"{BALANCE_LIMITS}?currencies=GBP,EUR"
    assert headers["X-Authorization"] == "7dfbfb2d20b006a5f9688e70c11e02cd54010d56"


def test_balance_limits_are_asked_for_without_currencies_too(stub: Stub) -> None:
    stub.lay(
        BALANCE_LIMITS,
        Answer(body=b'{"enabled": true, "currency": "USD", "available_balance": -5.5, "limit_exceeded": true}'),
    )
    limits = client_of(stub).balance_limits()
    assert limits == BalanceLimits(True, "USD", Decimal("-5.5"), {}, limit_exceeded=True)
    assert stub.asked[0][0] == BALANCE_LIMITS


def test_an_account_may_be_not_limited(stub: Stub) -> None:
    stub.lay(BALANCE_LIMITS, Answer(body=ANSWER_UNLIMITED.encode()))
    stub.lay(GGR_LIMITS, Answer(body=ANSWER_UNLIMITED.encode()))
    assert client_of(stub).balance_limits() == BalanceLimits(enabled=False)
    assert client_of(stub).ggr_limits() == GgrLimits(enabled=False)


@pytest.mark.parametrize("path", [BALANCE_LIMITS, GGR_LIMITS])
def test_the_documents_remark_behind_a_value_is_not_json(stub: Stub, path: str) -> None:
    stub.lay(path, Answer(body=b'{\n    "enabled": false // Not limited\n}'))
    client = client_of(stub)
    with pytest.raises(Malformed, match="the answer is not JSON"):
        client.balance_limits() if path == BALANCE_LIMITS else client.ggr_limits()


def test_the_documents_own_revenue_limits_are_read(stub: Stub) -> None:
    stub.lay(GGR_LIMITS, Answer(body=ANSWER_GGR.encode()))
    assert client_of(stub).ggr_limits() == GgrLimits(True, "EUR", Decimal(1111111), Decimal(0), Decimal(0))
    assert stub.asked[0][1]["X-Authorization"] == "2833844123aaae6316140d9e1ea2434ff55a85fa"


def test_the_newer_limits_are_preferred(stub: Stub) -> None:
    stub.lay(BALANCE_LIMITS, Answer(body=ANSWER_BALANCE.encode()))
    assert client_of(stub).get_limits(["GBP"]) == POT
    assert [path for path, _, _ in stub.asked] == [f"{BALANCE_LIMITS}?currencies=GBP"]


@pytest.mark.parametrize("status", [404, 405, 410])
def test_a_platform_that_has_only_the_older_limits_is_asked_for_them(stub: Stub, status: int) -> None:
    stub.lay(BALANCE_LIMITS, Answer(status))
    stub.lay(GGR_LIMITS, Answer(body=ANSWER_GGR.encode()))
    assert client_of(stub).get_limits() == GgrLimits(True, "EUR", Decimal(1111111), Decimal(0), Decimal(0))


@pytest.mark.parametrize(("status", "body"), [(403, b""), (500, b""), (200, b"<html>")])
def test_a_platform_that_refuses_or_fails_is_not_asked_for_the_older_limits(
    stub: Stub, status: int, body: bytes
) -> None:
    stub.lay(BALANCE_LIMITS, Answer(status, body))
    with pytest.raises(PlatformFailure):
        client_of(stub).get_limits()
    assert {path for path, _, _ in stub.asked} == {BALANCE_LIMITS}


@pytest.mark.parametrize("parse", [parse_balance_limits, parse_ggr_limits])
@pytest.mark.parametrize("answer", [None, {}, [], {"enabled": "maybe"}, {"enabled": None}, {"enabled": True}])
def test_limits_that_do_not_say_what_they_are_are_malformed(parse: Callable[[Any], Any], answer: object) -> None:
    with pytest.raises(Malformed):
        parse(answer)
