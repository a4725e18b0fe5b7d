from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import requests

from sandbox.hizi.plays import list_plays
from tests.sandbox.hizi_caller import get, headers_for, post, refusal
from tests.sandbox.platform_process import PlatformProcess

DAYS = {"dateFrom": "2020-09-18", "dateToIncluding": "2020-09-20"}
SUMS = ("games", "bet", "win", "betInEuro", "winInEuro")
GROUPS = ("operator", "game", "currency", "stake", "mode", "environment", "language")


def records(platform: PlatformProcess, *groups: str, call: str = "getStats", **more: Any) -> list[dict[str, Any]]:
    answer = post(platform, call, {"groupBy": groups, "filterBy": DAYS} | more)
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["records"]
    rows: list[dict[str, Any]] = answer.json()["records"]
    return rows


def add_up(rows: Iterable[dict[str, Any]]) -> dict[str, Decimal]:
    kept = list(rows)
    return {name: sum((Decimal(row[name]) for row in kept), Decimal(0)) for name in SUMS}


def rtp_of(row: dict[str, Any]) -> float:
    return float((Decimal(row["win"]) / Decimal(row["bet"]) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.live
def test_sample_of_document_000_is_answered_in_its_form(platform: PlatformProcess) -> None:
    rows = records(platform, "operator", "currency")
    assert rows[0] == {
        "DAY": "2020-09-18",
        "currency": "GBP",
        "games": 252,
        "player": 2,
        "bet": "5200.00",
        "win": "3876.60",
        "betInEuro": "6098.96",
        "winInEuro": "4546.78",
        "RTP": 74.55,
    }
    assert list(rows[0]) == ["DAY", "currency", "games", "player", *SUMS[1:], "RTP"]
    assert sorted({row["DAY"] for row in rows}) == ["2020-09-18", "2020-09-19", "2020-09-20"]


@pytest.mark.live
def test_totals_are_the_sums_of_the_days(platform: PlatformProcess) -> None:
    days, totals = records(platform, "currency"), records(platform, "currency", showTotals=True)
    assert all("DAY" not in row for row in totals)
    for total in totals:
        assert add_up(row for row in days if row["currency"] == total["currency"]) == add_up([total])


@pytest.mark.live
@pytest.mark.parametrize("group", [*GROUPS[1:]])
def test_grouping_by_anything_adds_up_to_the_same(platform: PlatformProcess, group: str) -> None:
    (whole,) = records(platform, showTotals=True)
    parts = records(platform, group, showTotals=True)
    assert len({row[group] for row in parts}) == len(parts) > 1
    assert add_up(parts) == add_up([whole])
    assert [row["RTP"] for row in parts] == [rtp_of(row) for row in parts]


@pytest.mark.live
def test_one_may_group_by_all_at_once_and_has_no_operator_column(platform: PlatformProcess) -> None:
    rows = records(platform, *GROUPS)
    assert list(rows[0])[:8] == ["DAY", "game", "currency", "stake", "mode", "environment", "language", "games"]
    assert all("operator" not in row for row in rows)
    for row in rows:
        if row["player"] == 1:
            assert Decimal(row["bet"]) == Decimal(row["games"] * row["stake"]) / 100


@pytest.mark.live
def test_player_counts_each_player_once(platform: PlatformProcess) -> None:
    (whole,) = records(platform, showTotals=True)
    days = records(platform)
    assert [row["player"] for row in days] == [11, 15, 10]
    assert whole["player"] == 23


@pytest.mark.live
def test_one_players_figures_are_part_of_all(platform: PlatformProcess) -> None:
    (whole,) = records(platform, showTotals=True)
    one_by_one = [
        row for number in range(30) for row in records(platform, showTotals=True, playerId=f"hizi-player-{number:02}")
    ]
    assert {row["player"] for row in one_by_one} == {1}
    assert len(one_by_one) == whole["player"]
    assert add_up(one_by_one) == add_up([whole])
    assert records(platform, playerId="nobody") == []


@pytest.mark.live
def test_last_day_is_included_and_either_end_may_be_open(platform: PlatformProcess) -> None:
    (day,) = records(platform, filterBy={"dateFrom": "2020-09-20", "dateToIncluding": "2020-09-20"})
    assert day == records(platform)[-1]
    until = records(platform, filterBy={"dateToIncluding": "2020-09-20"})
    assert [row["DAY"] for row in until][:2] == ["2020-09-01", "2020-09-02"]
    assert until[-1] == day
    today = datetime.now(UTC).date()
    since = records(platform, filterBy={"dateFrom": (today - timedelta(days=3)).isoformat()})
    assert since[0]["DAY"] == (today - timedelta(days=3)).isoformat()


@pytest.mark.live
def test_nothing_was_played_in_the_future(platform: PlatformProcess) -> None:
    now = datetime.now(UTC)
    filter_by = {"dateFrom": now.date().isoformat(), "dateToIncluding": "2099-12-31"}
    rows = records(platform, filterBy=filter_by, showTotals=True)
    latest = datetime.now(UTC)
    so_far = {sum(play.games for play in list_plays("money", now.date()) if play.at <= at) for at in (now, latest)}
    assert sum(row["games"] for row in rows) in so_far


@pytest.mark.live
def test_coins_without_a_rate_are_worth_no_euro(platform: PlatformProcess) -> None:
    totals = records(platform, "currency", showTotals=True, filterBy={"dateToIncluding": "2020-10-31"})
    (gold,) = [row for row in totals if row["currency"] == "GOLD"]
    (euro,) = [row for row in totals if row["currency"] == "EUR"]
    assert (gold["betInEuro"], gold["winInEuro"]) == ("0.00", "0.00")
    assert Decimal(gold["bet"]) > 0
    assert (euro["betInEuro"], euro["winInEuro"]) == (euro["bet"], euro["win"])
    assert len(totals) == 12


@pytest.mark.live
def test_tickets_are_counted_apart(platform: PlatformProcess) -> None:
    rows = records(platform, "currency", call="getTicketStats")
    assert rows[0] == {
        "DAY": "2020-09-18",
        "currency": "GBP",
        "games": 460,
        "player": 2,
        "bet": "6813.50",
        "win": "4285.68",
        "betInEuro": "7991.41",
        "winInEuro": "5026.58",
        "RTP": 62.9,
    }
    totals = records(platform, "currency", call="getTicketStats", showTotals=True)
    assert add_up(rows) == add_up(totals)


@pytest.mark.live
@pytest.mark.parametrize("group", ["mode", "environment", "language"])
def test_tickets_cannot_be_grouped_by_all_that_stats_can(platform: PlatformProcess, group: str) -> None:
    answer = post(platform, "getTicketStats", {"groupBy": ["currency", group]})
    assert refusal(answer) == (400, {"errorCode": "INVALID_GROUP_BY"})


@pytest.mark.live
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "INVALID_PARAMETER"),
        ({"groupBy": "currency"}, "INVALID_PARAMETER"),
        ({"groupBy": ["day"]}, "INVALID_GROUP_BY"),
        ({"groupBy": ["Currency"]}, "INVALID_GROUP_BY"),
        ({"groupBy": [], "filterBy": {"dateFrom": "2020-9-1"}}, "INVALID_PARAMETER"),
        ({"groupBy": [], "filterBy": {"dateFrom": "2020-09-31"}}, "INVALID_PARAMETER"),
        ({"groupBy": [], "filterBy": {"dateTo": "2020-09-30"}}, "INVALID_PARAMETER"),
        ({"groupBy": [], "filterBy": {"dateFrom": "2020-09-02", "dateToIncluding": "2020-09-01"}}, "INVALID_PARAMETER"),
        ({"groupBy": [], "showTotals": "yes"}, "INVALID_PARAMETER"),
        ({"groupBy": [], "playerId": 7}, "INVALID_PARAMETER"),
        ({"groupBy": [], "orderBy": "DAY"}, "INVALID_PARAMETER"),
    ],
)
def test_what_cannot_be_asked_is_refused(platform: PlatformProcess, content: dict[str, Any], code: str) -> None:
    assert refusal(post(platform, "getStats", content)) == (400, {"errorCode": code})


@pytest.mark.live
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"groupBy=currency"])
def test_body_that_is_not_json_is_refused(platform: PlatformProcess, body: bytes) -> None:
    address = f"{platform.url}/hizi/backoffice/getStats"
    answer = requests.post(address, data=body, headers=headers_for(), timeout=10)
    assert refusal(answer) == (400, {"errorCode": "INVALID_JSON"})


@pytest.mark.live
def test_games_that_were_played_are_known(platform: PlatformProcess) -> None:
    lists = get(platform, "getGameList").json()
    known = lists["gameList"] | lists["extendedGameList"]
    assert {row["game"] for row in records(platform, "game", showTotals=True)} <= known.keys()
