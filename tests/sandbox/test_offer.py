"""What generic lists, and what the control API changes of it, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.platform.catalogue import build_catalogue
from sandbox.platform.lists import encode_games
from tests.sandbox.platform_process import PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet
from tests.sandbox.test_server_launch import launch_path
from tests.sandbox.test_server_lists import GAMES, LOBBIES, SIGNED_GAMES, SIGNED_LOBBIES

CATALOGUE = "/control/generic/catalogue"
UNCHANGED = {"removed": [], "renamed": {}, "added": 0}
pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def _as_at_the_start(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "platform" in request.fixturenames:
        request.getfixturevalue("platform").post(CATALOGUE, {"reset": True})


def list_games(platform: PlatformProcess) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in platform.get(GAMES, headers=SIGNED_GAMES).json()["games"]}


def list_lobbies(platform: PlatformProcess) -> list[str]:
    return [row["lobby_id"] for row in platform.get(LOBBIES, headers=SIGNED_LOBBIES).json()["lobbies"]]


def test_removed_games_and_lobbies_are_gone_until_they_are_restored(platform: PlatformProcess) -> None:
    games, lobbies = list_games(platform), list_lobbies(platform)
    answer = platform.post(CATALOGUE, {"remove": [1015, "1001", "portomaso"]})
    assert answer.json() == UNCHANGED | {"removed": ["1001", "1015", "portomaso"]}
    assert games.keys() - list_games(platform).keys() == {1001, 1015}
    assert set(lobbies) - set(list_lobbies(platform)) == {"portomaso"}
    assert "There is no game “1015” here." in platform.get(launch_path()).text
    platform.post(CATALOGUE, {"restore": [1015, "portomaso"]})
    assert platform.get(CATALOGUE).json() == UNCHANGED | {"removed": ["1001"]}
    assert games.keys() - list_games(platform).keys() == {1001}
    assert list_lobbies(platform) == lobbies


def test_renamed_game_is_otherwise_the_same(platform: PlatformProcess) -> None:
    before = list_games(platform)
    assert platform.post(CATALOGUE, {"rename": {"1015": "Voyager"}}).json() == UNCHANGED | {
        "renamed": {"1015": "Voyager"}
    }
    assert list_games(platform) == before | {1015: before[1015] | {"title": "Voyager"}}


def test_added_games_come_after_the_others(platform: PlatformProcess) -> None:
    before = list_games(platform)
    platform.post(CATALOGUE, {"add": 2})
    platform.post(CATALOGUE, {"add": 1})
    after = list_games(platform)
    assert platform.get(CATALOGUE).json() == UNCHANGED | {"added": 3}
    assert list(after)[:3000] == list(before)
    assert len(after) == 3003
    assert platform.get("/health").json()["games"] == 3003
    assert platform.get(f"/thumbnails/300x300/{max(after)}.svg").status_code == 200


def test_reset_is_the_start_again_byte_for_byte(platform: PlatformProcess) -> None:
    before = platform.get(GAMES, headers=SIGNED_GAMES).content
    platform.post(CATALOGUE, {"remove": [1015], "rename": {"1001": "X"}, "add": 10})
    assert platform.get(GAMES, headers=SIGNED_GAMES).content != before
    assert platform.post(CATALOGUE, {"reset": True}).json() == UNCHANGED
    assert platform.get(GAMES, headers=SIGNED_GAMES).content == before


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"remove": [1]}, "There is no game or lobby 1 here."),
        ({"restore": ["nowhere"]}, "There is no game or lobby nowhere here."),
        ({"rename": {"portomaso": "X"}}, "There is no game portomaso here."),
        ({"add": 50_000}, "There can be at most 50000 games."),
        ({"add": -1}, "Expected `int` >= 0 - at `$.add`"),
        ({"rtp": {"1015": "96.10"}}, "Object contains unknown field `rtp`"),
        ({"rename": {"1015": ""}}, "Expected `str` of length >= 1 - at `$.rename[...]`"),
    ],
)
def test_order_that_cannot_be_done_changes_nothing(
    platform: PlatformProcess, order: dict[str, object], problem: str
) -> None:
    answer = platform.post(CATALOGUE, {"remove": [1001]} | order)
    assert answer.status_code == 400
    assert answer.json() == {"title": "Not an order", "description": problem}
    assert platform.get(CATALOGUE).json() == UNCHANGED


def test_table_that_is_open_stays_so_while_its_game_is_renamed(platform: PlatformProcess, alice: str) -> None:
    token = platform.wallet.launch(alice, "EUR", "1015")
    page = platform.get(launch_path(token=token), allow_redirects=False).headers["Location"]
    platform.post(CATALOGUE, {"rename": {"1015": "Voyager"}})
    assert "<h1>Voyager</h1>" in platform.get(page).text


@pytest.mark.parametrize(("options", "setting", "count"), [(["--games", "20000"], "5", 20_000), ([], "200", 200)])
def test_games_are_as_many_as_asked_for(options: list[str], setting: str, count: int) -> None:
    wallet = ReferenceWallet()
    environment = environment_for("http://127.0.0.1:9/wallet", wallet) | {"SANDBOX_GAMES": setting}
    with run_platform(wallet, environment, options=options) as sized:
        first, again = (sized.get(GAMES, headers=SIGNED_GAMES) for _ in range(2))
    assert len(first.json()["games"]) == count
    assert again.content == first.content


def test_list_is_encoded_once_for_a_catalogue_and_a_host() -> None:
    catalogue = build_catalogue(200)
    assert encode_games(catalogue, "http://a.example") is encode_games(catalogue, "http://a.example")
    assert encode_games(catalogue, "http://a.example") != encode_games(catalogue, "http://b.example")


def test_number_of_games_that_is_none_ends_it_at_once() -> None:
    with (
        pytest.raises(AssertionError, match="exit code 2"),
        run_platform(ReferenceWallet(), {}, options=["--games", "x"]),
    ):
        pass
