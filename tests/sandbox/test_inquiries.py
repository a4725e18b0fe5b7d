"""Business reports, limits and hand histories, over HTTP."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

from sandbox.journal import Journal
from sandbox.platform.access import sign_list
from tests.sandbox.platform_process import PlatformProcess
from tests.sandbox.test_journal import OK, cancel, describe, play
from tests.sandbox.test_server_launch import play_path

# Computed with sha1sum over resource, operator id and secret.
SIGNATURES = {
    "businessReport": "ce1e2ca8c76e1adc8c0ad5f943aa9aaa6d09db8e",
    "ggrLimits": "2833844123aaae6316140d9e1ea2434ff55a85fa",
    "balanceLimits": "7dfbfb2d20b006a5f9688e70c11e02cd54010d56",
    "handHistory": "be01abfdcadd2f286f5649c5ede9d02f106b2a3b",
}
PATHS = {name: f"/api/generic/{name}" for name in SIGNATURES} | {"handHistory": "/api/generic/handHistory/1/h-1"}
SLOTS_GAME, SLOTS_VENDOR = 1015, "driftpine"
LIVE_GAME, LIVE_VENDOR = 1069, "aurelialive"
pytestmark = pytest.mark.live


@pytest.fixture
def journal(platform: PlatformProcess) -> Iterator[Journal]:
    """The platform's journal, as another process writes into it."""
    journal = Journal(platform.data)
    yield journal
    journal.flush()
    journal.close()


def ask(platform: PlatformProcess, resource: str, rest: str = "", **headers: str) -> requests.Response:
    signed = {"X-Operator-Id": "examplecasino", "X-Authorization": SIGNATURES[resource]}
    return platform.get(f"/api/generic/{resource}{rest}", headers=signed | headers)


def report(platform: PlatformProcess, day: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(platform, "businessReport", f"?date={day}").json()
    return rows


@pytest.mark.parametrize("resource", SIGNATURES)
def test_signature_is_each_resources_own(platform: PlatformProcess, resource: str) -> None:
    assert sign_list(resource, "examplecasino", "secret_key") == SIGNATURES[resource]
    others = [signature for name, signature in SIGNATURES.items() if name != resource]
    for signature in [*others, "", SIGNATURES[resource].upper()]:
        headers = {"X-Operator-Id": "examplecasino", "X-Authorization": signature, "X-Vendor-Id": SLOTS_VENDOR}
        assert platform.get(PATHS[resource], headers=headers).status_code == 403


@pytest.mark.parametrize("query", ["", "?date=", "?date=03.05.2021", "?date=2021-13-01", "?date=20210503"])
def test_report_needs_a_day(platform: PlatformProcess, query: str) -> None:
    assert ask(platform, "businessReport", query).status_code == 400


@pytest.mark.parametrize("day", ["2001-01-01", "9999-12-31", "0001-01-01"])
def test_day_without_play_is_an_empty_array(platform: PlatformProcess, day: str) -> None:
    answer = ask(platform, "businessReport", f"?date={day}")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.text == "[]"


def test_report_adds_up_what_was_played_by_vendor_and_currency(platform: PlatformProcess, journal: Journal) -> None:
    day = {"transaction_timestamp": "2021-05-04 10:00:00"}
    free = day | {"context": {"reason": "PROMO-FREESPIN"}}
    play(journal, 101, "BET", "6.10", **day)
    play(journal, 102, "WIN", "3.30", **day)
    play(journal, 103, "WIN", "0", **day)
    play(journal, 104, "BET", "1.00", **day)
    play(journal, 105, "REFUND", "1.00", **day)
    play(journal, 106, "BET", "0.00", **free)
    play(journal, 107, "WIN", "0.40", **free)
    play(journal, 108, "BET", "77.00", **day)
    cancel(journal, 108)
    play(journal, 109, "WIN", "99.00", **day)
    cancel(journal, 109)
    play(journal, 110, "BET", "200", currency_code="USD", **day)
    play(journal, 111, "BET", "0.10", game_id=LIVE_GAME, **day)
    journal.flush()
    nothing = {"freespins_sum": 0, "freespins_count": 0, "jackpots_count": 0, "jackpots_sum": 0}
    named = {"entity_name": "examplecasino", "date": "2021-05-04"}
    assert report(platform, "2021-05-04") == [
        named
        | nothing
        | {"vendor": LIVE_VENDOR, "currency_code": "EUR", "bets_sum": 0.1, "bets_count": 1}
        | {"wins_count": 0, "wins_sum": 0, "gross_gaming_revenue": "0.10"},
        named
        | nothing
        | {"vendor": SLOTS_VENDOR, "currency_code": "EUR", "bets_sum": 6.1, "bets_count": 2}
        | {"wins_count": 2, "wins_sum": 3.7, "freespins_sum": 0.4, "freespins_count": 1}
        | {"gross_gaming_revenue": "2.40"},
        named
        | nothing
        | {"vendor": SLOTS_VENDOR, "currency_code": "USD", "bets_sum": 200, "bets_count": 1}
        | {"wins_count": 0, "wins_sum": 0, "gross_gaming_revenue": "200.00"},
    ]


def test_reports_row_is_written_as_in_the_document(platform: PlatformProcess, journal: Journal) -> None:
    day = {"transaction_timestamp": "2021-05-05 10:00:00"}
    play(journal, 121, "BET", "6.10", **day)
    play(journal, 122, "WIN", "3.30", **day)
    journal.flush()
    assert ask(platform, "businessReport", "?date=2021-05-05").text == (
        '[{"entity_name":"examplecasino","vendor":"driftpine","currency_code":"EUR","bets_sum":6.1,"bets_count":1,'
        '"wins_count":1,"wins_sum":3.3,"freespins_sum":0,"freespins_count":0,"jackpots_count":0,"jackpots_sum":0,'
        '"gross_gaming_revenue":"2.80","date":"2021-05-05"}]'
    )


def test_spin_on_a_game_page_is_in_todays_report_and_has_a_history(platform: PlatformProcess, alice: str) -> None:
    page = play_path(platform, alice)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    before = {row["currency_code"]: row for row in report(platform, today) if row["vendor"] == SLOTS_VENDOR}
    spun = platform.post(f"{page}/spins", {"stake": "1.00"}).json()
    after = {row["currency_code"]: row for row in report(platform, today) if row["vendor"] == SLOTS_VENDOR}
    assert spun["report"]["status"] == "played"
    assert after["EUR"]["bets_count"] - before.get("EUR", {"bets_count": 0})["bets_count"] == 1
    bet = next(call for call in spun["state"]["calls"] if call["label"].startswith("BET"))
    history = f"/{bet['transaction_id']}/sb-{bet['round_id']}"
    answer = ask(platform, "handHistory", history, **{"X-Vendor-Id": SLOTS_VENDOR}).json()
    assert {name: answer[name] for name in ("success", "type")} == {"success": True, "type": "url"}
    assert answer["data"].startswith(f"{platform.url}/rounds{history}/")
    shown = requests.get(answer["data"], timeout=10)
    assert shown.status_code == 200
    assert bet["transaction_id"] in shown.text
    assert "acknowledged" in shown.text


def test_history_of_a_live_game_is_the_hand_as_it_was_played(platform: PlatformProcess, journal: Journal) -> None:
    table = {"game_id": LIVE_GAME, "round_id": 31, "context": {"reason": "SPIN", "history_id": "hand-31"}}
    play(journal, 131, "BET", "3.00", transaction_timestamp="2021-05-06 10:00:00", **table)
    play(journal, 132, "BET", "5.00", transaction_timestamp="2021-05-06 10:00:01", **table)
    play(journal, 133, "WIN", "6.00", transaction_timestamp="2021-05-06 10:00:09", **table)
    play(journal, 134, "BET", "8.00", transaction_timestamp="2021-05-06 10:00:01", **table | {"user_id": "bob"})
    journal.flush()
    answer = ask(platform, "handHistory", "/132/hand-31", **{"X-Vendor-Id": LIVE_VENDOR})
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "type": "json",
        "data": {
            "id": "hand-31",
            "startedAt": "2021-05-06T10:00:00.000Z",
            "settledAt": "2021-05-06T10:00:09.000Z",
            "status": "Resolved",
            "gameType": "baccarat",
            "roundId": "31",
            "table": {"id": "1069", "name": "Fearless Baccarat"},
            "participants": [
                {
                    "casinoId": "examplecasino",
                    "playerId": "alice",
                    "currency": "EUR",
                    "bets": [
                        describe_bet("BET", 3, 0, "10:00:00", "131"),
                        describe_bet("BET", 5, 0, "10:00:01", "132"),
                        describe_bet("WIN", 0, 6, "10:00:09", "133"),
                    ],
                    "playMode": "RealMoney",
                }
            ],
        },
    }


def describe_bet(kind: str, stake: int, payout: int, time: str, transaction_id: str) -> dict[str, object]:
    return {
        "code": f"baccarat_{kind}",
        "stake": stake,
        "payout": payout,
        "placedOn": f"2021-05-06T{time}.000Z",
        "description": kind,
        "transactionId": transaction_id,
    }


def test_canceled_hand_says_so(platform: PlatformProcess, journal: Journal) -> None:
    table = {"game_id": LIVE_GAME, "round_id": 41, "context": {"reason": "SPIN", "history_id": "hand-41"}}
    play(journal, 141, "BET", "3.00", transaction_timestamp="2021-05-06 10:00:00", **table)
    cancel(journal, 141)
    journal.flush()
    hand = ask(platform, "handHistory", "/141/hand-41", **{"X-Vendor-Id": LIVE_VENDOR}).json()["data"]
    assert hand["status"] == "Cancelled"
    assert [bet["description"] for bet in hand["participants"][0]["bets"]] == ["BET canceled"]


def test_history_is_kept_from_whoever_names_another_vendor_or_id(platform: PlatformProcess, journal: Journal) -> None:
    play(journal, 151, "BET", "3.00", context={"history_id": "h-151"})
    journal.note("other", "changebalance", describe(152, "BET", "1.00", context={"history_id": "h-152"}), OK)
    journal.flush()
    right = {"X-Vendor-Id": SLOTS_VENDOR}
    assert ask(platform, "handHistory", "/151/h-151", **right).status_code == 200
    assert ask(platform, "handHistory", "/151/h-151").status_code == 400
    assert ask(platform, "handHistory", "/151/h-151", **{"X-Vendor-Id": LIVE_VENDOR}).status_code == 404
    for path in ("/151/h-152", "/152/h-152", "/151x/h-151", "/99999999999999999999/h-151", "/-151/h-151", "/²/h-151"):
        assert ask(platform, "handHistory", path, **right).status_code == 404, path


def test_page_of_a_round_opens_with_its_key_only(platform: PlatformProcess, journal: Journal) -> None:
    play(journal, 161, "BET", "3.00", user_id="<b>", context={"history_id": "h-161"})
    journal.flush()
    address = ask(platform, "handHistory", "/161/h-161", **{"X-Vendor-Id": SLOTS_VENDOR}).json()["data"]
    shown = requests.get(address, timeout=10)
    assert shown.headers["Content-Type"].startswith("text/html")
    assert "&lt;b&gt;" in shown.text
    assert re.search(r"<td>BET</td><td>3.00</td><td>161</td>", shown.text)
    for wrong in (address[:-1] + "x", address.replace("/161/", "/162/"), address.replace("h-161", "h-162")):
        assert requests.get(wrong, timeout=10).status_code == 404


@pytest.fixture
def _limits_as_at_the_start(platform: PlatformProcess) -> Iterator[None]:
    yield
    platform.post("/control/generic/limits", {"reset": True})


@pytest.mark.usefixtures("_limits_as_at_the_start")
def test_limits_that_are_off_say_only_that(platform: PlatformProcess) -> None:
    platform.post("/control/generic/limits", {"ggr_limit": None, "balance": None})
    assert ask(platform, "ggrLimits").text == '{"enabled":false}'
    assert ask(platform, "balanceLimits", "?currencies=GBP,EUR").text == '{"enabled":false}'


@pytest.mark.usefixtures("_limits_as_at_the_start")
def test_limits_are_used_up_by_the_months_play(platform: PlatformProcess, journal: Journal) -> None:
    now = {"transaction_timestamp": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"}
    play(journal, 170, "BET", "100000.00", **now)
    journal.flush()
    used = ask(platform, "ggrLimits").json()["current_usage"]
    left = ask(platform, "balanceLimits", "?currencies=EUR").json()["currencies"]["EUR"]["available_balance"]
    play(journal, 171, "BET", "91.92", **now)
    journal.flush()
    assert Decimal(str(ask(platform, "ggrLimits").json()["current_usage"])) - Decimal(str(used)) == Decimal("91.92")
    then = ask(platform, "balanceLimits", "?currencies=EUR").json()["currencies"]["EUR"]["available_balance"]
    assert Decimal(str(left)) - Decimal(str(then)) == Decimal("91.92")


@pytest.mark.usefixtures("_limits_as_at_the_start")
def test_balance_is_one_pot_told_in_each_currency_that_is_asked_for(platform: PlatformProcess) -> None:
    left = Decimal(str(ask(platform, "balanceLimits").json()["available_balance"]))
    spent = Decimal("107881.02") - left
    platform.post("/control/generic/limits", {"balance": str(Decimal("107881.02") + spent)})
    assert ask(platform, "balanceLimits", "?currencies=GBP,EUR,XYZ").json() == {
        "enabled": True,
        "currency": "USD",
        "available_balance": 107881.02,
        "currencies": {"GBP": {"available_balance": 86347.97}, "EUR": {"available_balance": 99164.23}},
        "limit_exceeded": False,
    }
    platform.post("/control/generic/limits", {"balance": str(spent)})
    assert ask(platform, "balanceLimits").json()["limit_exceeded"] is True
    assert ask(platform, "balanceLimits", "?currencies=EUR;GBP").status_code == 400
