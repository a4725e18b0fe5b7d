import re
import sqlite3
from collections import Counter
from collections.abc import Iterator

import pytest
import requests

from sandbox.hizi.games import MULTIPLIERS
from tests.sandbox.hizi_caller import get, headers_for, refusal
from tests.sandbox.platform_process import PlatformProcess

CATALOGUE = "/control/hizi/catalogue"
NOTHING_CHANGED = {"removed": [], "renamed": {}, "rtp": {}, "added": 0}


@pytest.fixture
def changeable(platform: PlatformProcess) -> Iterator[PlatformProcess]:
    """The platform, whose games are put back afterwards."""
    yield platform
    platform.post(CATALOGUE, {"reset": True})


@pytest.mark.live
def test_the_two_lists_overlap_only_in_part(platform: PlatformProcess) -> None:
    answer = get(platform, "getGameList")
    assert answer.headers["Content-Type"].startswith("application/json")
    lists = answer.json()
    assert list(lists) == ["gameList", "extendedGameList"]
    old, extended = lists["gameList"], lists["extendedGameList"]
    assert (len(old), len(extended), len(old.keys() & extended.keys()), len(old | extended)) == (29, 33, 22, 40)


@pytest.mark.live
def test_games_are_those_of_document_000_and_of_five_studios(platform: PlatformProcess) -> None:
    lists = get(platform, "getGameList").json()
    old, extended = lists["gameList"], lists["extendedGameList"]
    assert old["27ac1acbefb9496baec0192289f144b9"] == "Testgame 1"
    assert "27ac1acbefb9496baec0192289f144b9" not in extended
    assert extended["0220f223d0754509bb2ad025d0efd719"] == {
        "name": "fbc207ffee11469a8010f7a6be00160f",
        "studio": "hizi.io Games",
    }
    assert extended["game-bells"] == {"name": "Bells", "studio": "hizi.io Games"}
    assert (old["game-fruits"], extended["game-fruits"]["name"]) == ("Fruits HTML5", "Fruits")
    assert Counter(row["studio"] for row in extended.values()) == {
        "hizi.io Games": 7,
        "Glühwerk": 7,
        "Copper Kettle": 6,
        "Paper Crane": 6,
        "Second Harvest": 7,
    }


@pytest.mark.live
def test_codes_are_hashes_and_slugs(platform: PlatformProcess) -> None:
    lists = get(platform, "getGameList").json()
    codes = lists["gameList"] | lists["extendedGameList"]
    hashes = [code for code in codes if re.fullmatch("[0-9a-f]{32}", code)]
    slugs = [code for code in codes if re.fullmatch("game-[a-z-]+", code)]
    assert (len(hashes), len(slugs)) == (25, 15)


@pytest.mark.live
def test_currencies_have_whole_multipliers(platform: PlatformProcess) -> None:
    assert get(platform, "getCurrencyList").json() == {
        "currencyList": {
            "EUR": 1,
            "USD": 1,
            "GBP": 1,
            "PLN": 5,
            "RON": 5,
            "SEK": 10,
            "NOK": 10,
            "CZK": 25,
            "JPY": 100,
            "HUF": 300,
            "IDR": 10000,
            "GOLD": 500,
        }
    }


@pytest.mark.live
def test_bells_in_euro_is_configured_as_in_document_000(platform: PlatformProcess) -> None:
    answer = get(platform, "getGameConfiguration", gameCode="game-bells", currency="EUR")
    assert answer.json() == {
        "config": {
            "stakes": [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
            "currency": "EUR",
            "currencyMultiplier": 1,
            "expectedRtp": 96.19,
            "oneHundredXOdds": 5522,
            "maxWinOdds": 103680,
            "maxPayout": 1000,
            "maxPayoutOdds": 2488327800,
            "maxExposure": 10000000,
            "calculatedMaxExposure": 10000000,
            "operator": "sandbox-hizi",
        },
        "gameCode": "game-bells",
    }
    assert '"expectedRtp":96.19,' in answer.text


@pytest.mark.live
def test_every_configuration_agrees_with_itself(platform: PlatformProcess) -> None:
    lists = get(platform, "getGameList").json()
    for number, code in enumerate(lists["gameList"] | lists["extendedGameList"]):
        currency = [each for each in MULTIPLIERS if each != "IDR"][number % 11]
        config = get(platform, "getGameConfiguration", gameCode=code, currency=currency).json()["config"]
        multiplier = MULTIPLIERS[currency]
        assert (config["currency"], config["currencyMultiplier"]) == (currency, multiplier)
        assert config["calculatedMaxExposure"] == config["stakes"][-1] * config["maxPayout"] * multiplier
        assert config["calculatedMaxExposure"] <= config["maxExposure"] == 10_000_000 * multiplier
        assert config["stakes"] == sorted(config["stakes"])
        assert config["oneHundredXOdds"] < config["maxWinOdds"] < config["maxPayoutOdds"]


@pytest.mark.live
def test_game_that_is_not_offered_in_a_currency_is_refused_there_alone(platform: PlatformProcess) -> None:
    there = get(platform, "getGameConfiguration", gameCode="game-fruits", currency="IDR")
    assert refusal(there) == (404, {"errorCode": "GAME_NOT_AVAILABLE_IN_CURRENCY"})
    assert get(platform, "getGameConfiguration", gameCode="game-fruits", currency="PLN").status_code == 200
    assert get(platform, "getGameConfiguration", gameCode="game-bells", currency="IDR").status_code == 200


@pytest.mark.live
@pytest.mark.parametrize(
    ("code", "currency", "expected"),
    [
        ("game-bell", "EUR", "UNKNOWN_GAME"),
        ("", "EUR", "UNKNOWN_GAME"),
        ("game-bells", "eur", "UNKNOWN_CURRENCY"),
        ("game-bells", "", "UNKNOWN_CURRENCY"),
    ],
)
def test_unknown_game_or_currency_is_refused(
    platform: PlatformProcess, code: str, currency: str, expected: str
) -> None:
    answer = get(platform, "getGameConfiguration", gameCode=code, currency=currency)
    assert refusal(answer) == (404, {"errorCode": expected})


@pytest.mark.live
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/hizi", 404, "UNKNOWN_CALL"),
        ("GET", "/hizi/backoffice/getGameCriticalFiles", 404, "UNKNOWN_CALL"),
        ("GET", "/hizi/backoffice/getGameList/", 404, "UNKNOWN_CALL"),
        ("POST", "/hizi/backoffice/getGameList", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/hizi/backoffice/getStats", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_not_there_is_refused_in_the_words_of_hizi(
    platform: PlatformProcess, method: str, path: str, status: int, code: str
) -> None:
    answer = requests.request(method, platform.url + path, headers=headers_for(), timeout=10)
    assert refusal(answer) == (status, {"errorCode": code})


@pytest.mark.live
def test_fault_inside_is_told_in_the_words_of_hizi(platform: PlatformProcess) -> None:
    with sqlite3.connect(platform.data / "hizi.sqlite3") as database:
        database.execute("ALTER TABLE changes RENAME TO away")
        database.commit()
        try:
            answer = get(platform, "getGameList")
        finally:
            database.execute("ALTER TABLE away RENAME TO changes")
    database.close()
    assert refusal(answer) == (500, {"errorCode": "INTERNAL_ERROR"})
    assert get(platform, "getGameList").status_code == 200


@pytest.mark.live
def test_removed_game_is_gone_from_both_lists_until_it_is_restored(changeable: PlatformProcess) -> None:
    changed = changeable.post(CATALOGUE, {"remove": ["game-bells"]})
    assert changed.json() == NOTHING_CHANGED | {"removed": ["game-bells"]}
    lists = get(changeable, "getGameList").json()
    assert [("game-bells" in rows) for rows in lists.values()] == [False, False]
    gone = get(changeable, "getGameConfiguration", gameCode="game-bells", currency="EUR")
    assert refusal(gone) == (404, {"errorCode": "UNKNOWN_GAME"})

    assert changeable.post(CATALOGUE, {"restore": ["game-bells"]}).json() == NOTHING_CHANGED
    assert get(changeable, "getGameList").json()["gameList"]["game-bells"] == "Bells"


@pytest.mark.live
def test_game_is_renamed_where_it_is_listed(changeable: PlatformProcess) -> None:
    changeable.post(
        CATALOGUE, {"rename": {"game-bells": "Bells & Whistles", "27ac1acbefb9496baec0192289f144b9": "One"}}
    )
    lists = get(changeable, "getGameList").json()
    assert lists["extendedGameList"]["game-bells"] == {"name": "Bells & Whistles", "studio": "hizi.io Games"}
    assert lists["gameList"]["game-bells"] == "Bells & Whistles"
    assert lists["gameList"]["27ac1acbefb9496baec0192289f144b9"] == "One"
    assert "27ac1acbefb9496baec0192289f144b9" not in lists["extendedGameList"]


@pytest.mark.live
def test_rtp_is_changed_digit_by_digit(changeable: PlatformProcess) -> None:
    changeable.post(CATALOGUE, {"rtp": {"game-bells": "96.10"}})
    answer = get(changeable, "getGameConfiguration", gameCode="game-bells", currency="PLN")
    assert '"expectedRtp":96.10,' in answer.text


@pytest.mark.live
def test_games_are_added_to_those_added_before(changeable: PlatformProcess) -> None:
    changeable.post(CATALOGUE, {"add": 2})
    assert changeable.post(CATALOGUE, {"add": 1, "remove": ["game-added-00001"]}).json() == NOTHING_CHANGED | {
        "removed": ["game-added-00001"],
        "added": 3,
    }
    added = [code for code in get(changeable, "getGameList").json()["extendedGameList"] if "added" in code]
    assert added == ["game-added-00002", "game-added-00003"]
    config = get(changeable, "getGameConfiguration", gameCode="game-added-00003", currency="EUR")
    assert config.json()["gameCode"] == "game-added-00003"


@pytest.mark.live
def test_reset_puts_everything_back_before_the_rest_of_an_order(changeable: PlatformProcess) -> None:
    changeable.post(CATALOGUE, {"add": 5, "remove": ["game-bells"], "rtp": {"game-fruits": "90.00"}})
    assert changeable.post(CATALOGUE, {"reset": True, "add": 1}).json() == NOTHING_CHANGED | {"added": 1}
    assert changeable.get(CATALOGUE).json() == NOTHING_CHANGED | {"added": 1}


@pytest.mark.live
@pytest.mark.parametrize(
    "order",
    [
        {"remove": ["game-none"]},
        {"rename": {"game-added-00001": "x"}},
        {"rtp": {"game-bells": "much"}},
        {"rtp": {"game-bells": "NaN"}},
        {"add": -1},
        {"countries": {"hizi.io Games": {"restricted": ["DE"]}}},
    ],
)
def test_order_that_cannot_be_done_is_refused_and_changes_nothing(
    platform: PlatformProcess, order: dict[str, object]
) -> None:
    assert platform.post(CATALOGUE, order).status_code == 400
    assert platform.get(CATALOGUE).json() == NOTHING_CHANGED
