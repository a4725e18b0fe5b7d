import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.gmag.rounds import find_round, list_rounds, settle_late
from tests.sandbox.gmag_caller import ask, body_for, read_page, read_records, write, yesterday
from tests.sandbox.platform_process import PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet

SETTINGS = "/control/gmag/settings"
LATE, TICK = timedelta(hours=1), timedelta(milliseconds=1)
ALWAYS = {
    "playerId",
    "brandId",
    "providerCode",
    "sessionId",
    "roundId",
    "roundType",
    "roundStatus",
    "gameCode",
    "currency",
    "bets",
    "wins",
    "balanceEnd",
    "startTime",
    "endTime",
    "createdAt",
    "gameType",
}
SOMETIMES = {
    "platform",
    "cancels",
    "transIn",
    "transOut",
    "bonusBalanceEnd",
    "rake",
    "jpc",
    "jpw",
    "jpDetails",
    "additionalData",
    "detailUrl",
}
AMOUNTS = ("bets", "wins", "cancels", "transIn", "transOut", "balanceEnd", "bonusBalanceEnd", "rake", "jpc", "jpw")


@pytest.fixture
def settings(platform: PlatformProcess) -> Iterator[PlatformProcess]:
    """The platform, whose gmag settings are put back afterwards."""
    yield platform
    platform.post(SETTINGS, {"largest_size": 10_000, "failing": False})


def read_evening(platform: PlatformProcess) -> list[dict[str, Any]]:
    """All that yesterday's busiest two hours have, amounts as Decimals."""
    starts = [yesterday(20) + timedelta(minutes=20 * number) for number in range(6)]
    answers = [ask(platform, body_for(start, 20, showAll=1)) for start in starts]
    return [record for each in answers for record in json.loads(each.text, parse_float=Decimal)["records"]]


def read_one(platform: PlatformProcess, round_id: str, start: datetime) -> dict[str, Any]:
    (record,) = read_records(platform, body_for(start, 1, roundId=round_id, showAll=1))
    return record


@pytest.mark.live
def test_page_has_the_form_of_document_003(platform: PlatformProcess) -> None:
    page = read_page(platform, body_for(yesterday(20)))
    assert list(page) == ["requestId", "error", "message", "total", "current", "size", "pages", "records"]
    assert (page["requestId"], page["message"], page["current"]) == ("request1", "SUCCESS", 1)
    assert (page["size"], page["pages"], page["total"]) == (5000, 1, len(page["records"]))


@pytest.mark.live
def test_round_has_the_fields_of_document_003(platform: PlatformProcess) -> None:
    records = read_evening(platform)
    assert {name for record in records for name in record} == ALWAYS | SOMETIMES
    assert all(record.keys() >= ALWAYS for record in records)
    sparse = [record for record in records if record["providerCode"] == "evo" and record["roundStatus"] == "end"]
    assert all(record.keys() - {"additionalData"} == ALWAYS for record in sparse)
    assert all(isinstance(record["brandId"], int) for record in records)
    assert {record["roundType"] for record in records} == {"normal", "freegame", "bonusgame"}
    assert {record["roundStatus"] for record in records} == {"end", "cancel"}


@pytest.mark.live
def test_amounts_are_numbers_with_four_decimals(platform: PlatformProcess) -> None:
    text = ask(platform, body_for(yesterday(20))).text
    found = re.findall(rf'"({"|".join(AMOUNTS)})":([^,}}]+)', text)
    assert {name for name, _ in found} == set(AMOUNTS)
    assert [amount for _, amount in found if not re.fullmatch(r"\d+\.\d{4}", amount)] == []


@pytest.mark.live
def test_rounds_are_found_by_their_end_from_start_to_before_the_end(platform: PlatformProcess) -> None:
    start = yesterday(20)
    records = read_records(platform, body_for(start, 5))
    ends = [record["endTime"] for record in records]
    assert ends == sorted(ends)
    assert write(start) <= ends[0] < ends[-1] < write(start + timedelta(minutes=5))
    assert all(record["startTime"] < record["endTime"] <= record["createdAt"] for record in records)
    assert any(record["startTime"] < write(start) for record in records)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", end) for end in ends)


@pytest.mark.live
def test_windows_side_by_side_have_what_one_over_both_has(platform: PlatformProcess) -> None:
    start = yesterday(20)
    halves = [read_records(platform, body_for(start + timedelta(minutes=each), 10)) for each in (0, 10)]
    assert halves[0] + halves[1] == read_records(platform, body_for(start, 20))


@pytest.mark.live
def test_some_hundreds_of_rounds_end_in_an_hour_of_the_day_and_none_at_four(platform: PlatformProcess) -> None:
    records = read_evening(platform)
    assert 6 * 120 <= len(records) <= 14 * 120
    assert len({record["roundId"] for record in records}) == len(records)
    assert read_page(platform, body_for(yesterday(4), 29)) == {
        "requestId": "request1",
        "error": "0",
        "message": "SUCCESS",
        "total": 0,
        "current": 1,
        "size": 5000,
        "pages": 0,
        "records": [],
    }


@pytest.mark.live
def test_sub_brands_rounds_are_shown_when_asked_for(platform: PlatformProcess) -> None:
    own = read_records(platform, body_for(yesterday(20)))
    all_brands = read_records(platform, body_for(yesterday(20), showAll=1))
    assert {record["brandId"] for record in own} == {1001}
    assert {record["brandId"] for record in all_brands} == {1001, 100101}
    assert [record for record in all_brands if record["brandId"] == 1001] == own
    assert read_records(platform, body_for(yesterday(20), showAll=0)) == own


@pytest.mark.live
@pytest.mark.parametrize("name", ["roundId", "playerId", "providerCode", "currency", "gameCode"])
def test_rounds_are_filtered(platform: PlatformProcess, name: str) -> None:
    records = read_records(platform, body_for(yesterday(20)))
    wanted = records[-1][name]
    expected = [record for record in records if record[name] == wanted]
    assert read_records(platform, body_for(yesterday(20)) | {name: wanted}) == expected
    assert len(expected) < len(records)
    assert read_records(platform, body_for(yesterday(20)) | {name: "nothing"}) == []


@pytest.mark.live
def test_money_of_a_round_adds_up(platform: PlatformProcess) -> None:
    records = read_evening(platform)
    for record in records:
        if record["roundStatus"] == "cancel":
            assert (record["cancels"], record["wins"]) == (record["bets"], 0)
            assert record.get("transOut") == record.get("transIn")
        if record["roundType"] != "normal":
            assert (record["bets"], record["gameType"]) == (0, "slots")
            assert record["wins"] > 0
    moved = [each for each in records if each["providerCode"] == "kpk" and "additionalData" not in each]
    assert all(each["transIn"] - each["bets"] + each["wins"] + each["cancels"] == each["transOut"] for each in moved)
    assert len(moved) > 50


@pytest.mark.live
def test_jackpots_have_five_decimals_beside_sums_of_four(platform: PlatformProcess) -> None:
    records = read_evening(platform)
    lists = [record for record in records if isinstance(record.get("jpDetails"), list)]
    texts = [record for record in records if isinstance(record.get("jpDetails"), str)]
    assert {record["providerCode"] for record in lists} == {"pt"}
    assert {record["providerCode"] for record in texts} == {"jdb"}
    rounded = 0
    for record in lists:
        exact = sum(jackpot["contribution"] for jackpot in record["jpDetails"])
        assert all(jackpot["contribution"].as_tuple().exponent == -5 for jackpot in record["jpDetails"])
        assert record["jpc"] == exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)
        assert record["jpw"] <= record["wins"]
        rounded += record["jpc"] != exact
    assert rounded > 0
    for record in texts:
        assert list(json.loads(record["jpDetails"])[0]) == ["id", "contribution", "win"]
        assert '"contribution":0.' in record["jpDetails"]


@pytest.mark.live
def test_some_round_ids_are_longer_than_64_characters(platform: PlatformProcess) -> None:
    records = read_evening(platform)
    assert {len(record["roundId"]) for record in records} == {12, 78}
    long = next(record for record in records if len(record["roundId"]) == 78)
    ended_at = datetime.strptime(long["endTime"], "%Y-%m-%d %H:%M:%S.%f").replace(second=0, tzinfo=UTC)
    assert read_one(platform, long["roundId"], ended_at)["playerId"] == long["playerId"]


def test_round_is_found_by_its_id() -> None:
    minute = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
    rounds = list_rounds(minute, 1001)
    assert len(rounds) > 3
    assert [find_round(each.round_id, 1001) for each in rounds] == list(rounds)
    assert [find_round(text, 1001) for text in ("", "nothing", "299186409999", "x299186400004")] == [None] * 4


def test_one_round_in_a_hundred_wins_more_an_hour_after_its_end() -> None:
    start = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)
    rounds = [each for number in range(300) for each in list_rounds(start + timedelta(minutes=number), 1001)]
    soon = [settle_late(each, datetime.fromisoformat(f"{each.end_time}+00:00") + LATE - TICK) for each in rounds]
    assert soon == rounds

    later = [settle_late(each, datetime.fromisoformat(f"{each.end_time}+00:00") + LATE) for each in rounds]
    changed = [(old, new) for old, new in zip(rounds, later, strict=True) if old != new]
    assert 0.005 < len(changed) / len(rounds) < 0.02
    for old, new in changed:
        assert new.wins > old.wins
        assert new.balance_end - old.balance_end == new.wins - old.wins
        assert (new.round_id, new.end_time, new.created_at) == (old.round_id, old.end_time, old.created_at)


@pytest.mark.live
def test_page_is_smaller_than_asked_for_where_the_platform_says_so(settings: PlatformProcess) -> None:
    start = yesterday(15)
    added = settings.post("/control/gmag/rounds", {"endTime": write(start), "count": 1200, "playerId": "paged"})
    ids = added.json()["roundIds"]
    assert len(set(ids)) == 1200
    body = body_for(start, 1, playerId="paged", size=10_000)
    whole = read_page(settings, body)
    assert (whole["total"], whole["pages"], whole["size"]) == (1200, 1, 10_000)
    assert [record["roundId"] for record in whole["records"]] == ids

    settings.post(SETTINGS, {"largest_size": 500})
    pages = [read_page(settings, body | {"page": number}) for number in (1, 2, 3, 4)]
    facts = [(page["total"], page["pages"], page["size"], page["current"], len(page["records"])) for page in pages]
    assert facts == [(1200, 3, 500, number, count) for number, count in ((1, 500), (2, 500), (3, 200), (4, 0))]
    assert [record for page in pages for record in page["records"]] == whole["records"]
    assert read_page(settings, body | {"size": 7})["size"] == 7


@pytest.mark.live
def test_added_round_is_as_it_was_ordered(platform: PlatformProcess) -> None:
    start = yesterday(14)
    order = {
        "endTime": f"{write(start)}.250",
        "roundId": "my-round",
        "playerId": "somebody",
        "providerCode": "new",
        "gameCode": "newest",
        "currency": "KIDR",
        "bets": "12.3456",
        "wins": "0.5",
    }
    assert platform.post("/control/gmag/rounds", order).json() == {"roundIds": ["my-round"]}
    answer = ask(platform, body_for(start, 1, providerCode="new"))
    (record,) = answer.json()["records"]
    assert '"bets":12.3456,"wins":0.5000,"cancels":0.0000,' in answer.text
    assert record.pop("sessionId")
    assert record == {
        "playerId": "somebody",
        "brandId": 1001,
        "providerCode": "new",
        "roundId": "my-round",
        "roundType": "normal",
        "roundStatus": "end",
        "gameCode": "newest",
        "currency": "KIDR",
        "platform": "web",
        "bets": 12.3456,
        "wins": 0.5,
        "cancels": 0.0,
        "balanceEnd": 988.1544,
        "startTime": write(start - timedelta(seconds=1)) + ".250",
        "endTime": write(start) + ".250",
        "createdAt": write(start) + ".250",
        "gameType": "slots",
    }

    platform.post("/control/gmag/rounds", order | {"wins": "9.0000"})
    assert [each["wins"] for each in read_records(platform, body_for(start, 1, providerCode="new"))] == [9.0]


@pytest.mark.live
def test_round_that_is_changed_is_told_of_anew_in_its_old_place(platform: PlatformProcess) -> None:
    start = yesterday(13)
    before = next(each for each in read_records(platform, body_for(start, 5)) if "additionalData" not in each)
    ended_at = datetime.strptime(before["endTime"], "%Y-%m-%d %H:%M:%S.%f").replace(second=0, tzinfo=UTC)
    window = ended_at.replace(microsecond=0)

    answer = platform.post("/control/gmag/change", {"roundId": before["roundId"]})
    after = read_one(platform, before["roundId"], window)
    assert answer.json() == after
    changed = {name for name in after if after.get(name) != before.get(name)}
    assert changed == {"wins", "balanceEnd", "additionalData"}
    assert Decimal(str(after["wins"])) == Decimal(str(before["wins"])) + 1

    platform.post("/control/gmag/change", {"roundId": before["roundId"]})
    assert Decimal(str(read_one(platform, before["roundId"], window)["wins"])) == Decimal(str(before["wins"])) + 2
    platform.post("/control/gmag/change", {"roundId": before["roundId"], "wins": "7.5000"})
    assert read_one(platform, before["roundId"], window)["wins"] == 7.5


@pytest.mark.live
@pytest.mark.parametrize(
    ("path", "order", "status"),
    [
        ("change", {"roundId": "nothing"}, 404),
        ("change", {}, 400),
        ("change", {"roundId": "299186400004", "wins": "Infinity"}, 400),
        ("rounds", {}, 400),
        ("rounds", {"endTime": "yesterday"}, 400),
        ("rounds", {"endTime": "2026-11-19 20:00:00", "count": 2, "roundId": "one"}, 400),
        ("rounds", {"endTime": "2026-11-19 20:00:00", "bets": "-1"}, 400),
        ("rounds", {"endTime": "2026-11-19 20:00:00", "bet": "1"}, 400),
        ("rounds", {"endTime": "9999-12-31 23:59:59.999", "count": 2}, 400),
        ("rounds", {"endTime": "0001-01-01 00:00:00"}, 400),
    ],
)
def test_order_that_cannot_be_done_is_refused(
    platform: PlatformProcess, path: str, order: dict[str, object], status: int
) -> None:
    assert platform.post(f"/control/gmag/{path}", order).status_code == status


@pytest.mark.live
def test_rounds_are_added_by_json_only(platform: PlatformProcess) -> None:
    answer = requests.post(f"{platform.url}/control/gmag/rounds", data={"endTime": "2026-11-19 20:00:00"}, timeout=10)
    assert answer.status_code == 415


@pytest.mark.live
def test_what_the_control_api_did_outlives_a_restart(tmp_path: Path) -> None:
    wallet = ReferenceWallet()
    environment = environment_for("http://127.0.0.1:9", wallet) | {"SANDBOX_DATA": str(tmp_path)}
    start = yesterday(16)
    with run_platform(wallet, environment) as first:
        first.post("/control/gmag/rounds", {"endTime": write(start), "roundId": "kept"})
        first.post("/control/gmag/change", {"roundId": "kept", "wins": "3.2500"})
        first.post("/control/hizi/catalogue", {"remove": ["game-bells"], "add": 2})
        before = read_records(first, body_for(start, 29, showAll=1))
    with run_platform(wallet, environment) as second:
        assert read_one(second, "kept", start)["wins"] == 3.25
        assert read_records(second, body_for(start, 29, showAll=1)) == before
        changes = second.get("/control/hizi/catalogue").json()
    assert changes == {"removed": ["game-bells"], "renamed": {}, "rtp": {}, "added": 2}
