"""hizi's statistics: what is asked for, and what we make of the rows."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Http, Malformed
from operators.platforms.hizi import Client, Config, StatsColumn, TicketColumn
from operators.platforms.hizi.statistics import StatsRecord, parse_records
from tests.operators.platform_stub import Answer, Stub

# The document's sample.
SAMPLE = b"""{"records": [
    {"DAY": "2020-09-18", "currency": "EUR", "games": 6526, "player": 3, "bet": "6526.00", "win": "6640.00",
     "betInEuro": "6526.00", "winInEuro": "6640.00", "RTP": 101.75},
    {"DAY": "2020-09-18", "currency": "GBP", "games": 2254, "player": 1, "bet": "2254.00", "win": "2298.00",
     "betInEuro": "2468.41", "winInEuro": "2516.60", "RTP": 101.95},
    {"DAY": "2020-09-18", "currency": "HUF", "games": 2222, "player": 1, "bet": "666600.00", "win": "686400.00",
     "betInEuro": "1848.28", "winInEuro": "1903.18", "RTP": 102.97}]}"""
ROW: dict[str, Any] = {"DAY": "2020-09-18", "bet": "10.00", "win": "9.00"}


def client_of(stub: Stub) -> Client:
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    http = Http(private_hosts_allowed=True, backoff_seconds=0.01)
    return Client(Config(stub.url, "lucky7", "secret_key", http, clock=lambda: noon), lambda _: None)


def only_record(row: Any, *columns: str, by_day: bool = True) -> StatsRecord:
    (record,) = parse_records({"records": [row]}, columns, {"operator": "lucky7"}, by_day=by_day)
    return record


def test_the_documents_own_query_is_sent_and_its_body_is_not_signed(stub: Stub) -> None:
    stub.lay_json("/backoffice/getStats", {"records": []})
    records = client_of(stub).get_stats(
        [StatsColumn.OPERATOR, StatsColumn.CURRENCY],
        date_from=date(2020, 9, 1),
        date_to_including=date(2020, 9, 20),
    )
    assert records == []
    assert json.loads(stub.bodies[0]) == {
        "groupBy": ["operator", "currency"],
        "filterBy": {"dateFrom": "2020-09-01", "dateToIncluding": "2020-09-20"},
        "showTotals": False,
    }
    ((_, headers, _),) = stub.asked
    assert headers["Content-Type"] == "application/json"
    assert headers["X-H-AUTH-SIG"] == "czQyR9TNYDP5ER6NI0Eu5LKucyAgfVsI1jG0DXHkPOY="


def test_totals_of_one_player_are_asked_for_without_dates(stub: Stub) -> None:
    stub.lay_json("/backoffice/getTicketStats", {"records": []})
    client_of(stub).get_ticket_stats([TicketColumn.GAME, TicketColumn.GAME], show_totals=True, player_ref="olga")
    assert json.loads(stub.bodies[0]) == {"groupBy": ["game"], "showTotals": True, "playerId": "olga"}


def test_each_call_has_the_columns_that_its_document_names() -> None:
    assert set(StatsColumn) == {"operator", "game", "currency", "stake", "mode", "environment", "language"}
    assert set(TicketColumn) == {"operator", "game", "currency", "stake"}


def test_the_documents_own_rows_are_read_with_the_missing_operator_filled_in(stub: Stub) -> None:
    stub.lay("/backoffice/getStats", Answer(body=SAMPLE))
    records = client_of(stub).get_stats([StatsColumn.OPERATOR, StatsColumn.CURRENCY])
    assert [dict(record.columns) for record in records] == [
        {"operator": "lucky7", "currency": "EUR"},
        {"operator": "lucky7", "currency": "GBP"},
        {"operator": "lucky7", "currency": "HUF"},
    ]
    gbp = records[1]
    assert (gbp.day, gbp.games, gbp.unique_players) == (date(2020, 9, 18), 2254, 1)
    assert (gbp.bet, gbp.win) == (Decimal("2254.00"), Decimal("2298.00"))
    assert (gbp.bet_in_euro, gbp.win_in_euro) == (Decimal("2468.41"), Decimal("2516.60"))
    assert [(record.rtp, record.platform_rtp) for record in records] == [
        (Decimal("101.75"), Decimal("101.75")),
        (Decimal("101.95"), Decimal("101.95")),
        (Decimal("102.97"), Decimal("102.97")),
    ]


def test_the_return_to_player_is_counted_anew_beside_the_platforms() -> None:
    record = only_record({**ROW, "bet": "3.00", "win": "2.00", "RTP": Decimal("99.9")})
    assert (record.rtp, record.platform_rtp) == (Decimal("66.67"), Decimal("99.9"))


def test_there_is_no_return_to_player_where_nothing_was_bet() -> None:
    assert only_record({**ROW, "bet": "0.00", "win": "2.00"}).rtp is None


def test_keys_are_read_without_regard_to_case() -> None:
    row = {"day": "2020-09-18", "CURRENCY": "EUR", "Bet": "1.00", "WIN": 2, "betineuro": "1.00", "Player": 7}
    record = only_record(row, "currency")
    assert (record.day, record.columns) == (date(2020, 9, 18), {"currency": "EUR"})
    assert (record.bet, record.win, record.bet_in_euro) == (Decimal(1), Decimal(2), Decimal(1))
    assert record.unique_players == 7


def test_totals_have_no_day() -> None:
    assert only_record({"bet": "1.00", "win": "0.00"}, by_day=False).day is None


def test_a_daily_row_without_a_day_is_malformed() -> None:
    with pytest.raises(Malformed):
        only_record({"bet": "1.00", "win": "0.00"})


def test_a_column_that_nobody_knows_of_is_none_and_a_number_is_text() -> None:
    assert only_record({**ROW, "stake": 50}, "game", "stake").columns == {"game": None, "stake": "50"}


def test_what_the_row_says_beyond_that_is_kept_as_it_came() -> None:
    assert only_record({**ROW, "tickets": 4}).raw["tickets"] == 4


@pytest.mark.parametrize("name", ["bet", "win"])
@pytest.mark.parametrize("amount", [None, "", "much", [1], True])
def test_a_row_without_its_amounts_is_malformed(name: str, amount: Any) -> None:
    with pytest.raises(Malformed):
        only_record({**ROW, name: amount})


@pytest.mark.parametrize("answer", [None, [], {}, {"records": {}}, {"records": [5]}])
def test_an_answer_without_rows_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        parse_records(answer, [], {}, by_day=True)
