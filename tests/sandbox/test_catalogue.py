import hashlib
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from sandbox.platform.catalogue import Catalogue, build_catalogue
from sandbox.platform.lists import encode_games, encode_lobbies
from sandbox.platform.thumbnails import draw_thumbnail, picture_game, picture_lobby


@pytest.fixture
def catalogue() -> Catalogue:
    return build_catalogue()


def test_catalogue_has_3000_games_of_60_vendors_and_40_lobbies(catalogue: Catalogue) -> None:
    assert len(catalogue.games) == 3000
    assert len({game.vendor for game in catalogue.games.values()}) == 60
    assert len(catalogue.lobbies) == 40
    assert {"portomaso", "live168"} <= catalogue.lobbies.keys()


def test_catalogue_is_the_same_on_every_machine_for_ever() -> None:
    games = hashlib.sha256(encode_games(build_catalogue(), "http://media.example")).hexdigest()
    lobbies = hashlib.sha256(encode_lobbies(build_catalogue(), "http://media.example")).hexdigest()
    assert (games, lobbies) == (
        "1f6d00b4e31671c9a9c300b41cee476fe05b1847a2fdc6a039aae8ddc79c30e1",
        "bd2ae27b6f2e1dd67dd714f3bf831ae8cc5cc01568356f189dd14ac532cf3e1e",
    )


def test_smaller_catalogue_is_the_beginning_of_the_usual_one(catalogue: Catalogue) -> None:
    small = build_catalogue(200)
    assert list(small.games.items()) == list(catalogue.games.items())[:200]
    assert small.lobbies.keys() < catalogue.lobbies.keys()
    assert all(small.list_lobby_games(lobby) for lobby in small.lobbies.values())


def test_larger_catalogue_goes_on_after_the_usual_one(catalogue: Catalogue) -> None:
    large = build_catalogue(20_000)
    assert list(large.games.items())[:3000] == list(catalogue.games.items())
    assert large.lobbies == catalogue.lobbies
    assert len({game.title for game in large.games.values()}) == len(large.games) == 20_000
    assert {game.vendor for game in large.games.values()} == {game.vendor for game in catalogue.games.values()}
    assert list(large.games) == sorted(large.games)
    assert max(large.games) == 100_733


def test_types_and_switches_are_mixed(catalogue: Catalogue) -> None:
    games = catalogue.games.values()
    assert Counter(game.type for game in games) == {
        "live": 300,
        "slots": 2053,
        "bingo": 45,
        "table": 307,
        "instant": 103,
        "scratch": 72,
        "lottery": 120,
    }
    assert Counter(game.enabled for game in games) == {True: 2904, False: 96}
    assert Counter(game.platform for game in games) == {"mobile": 1174, "desktop": 1826}
    assert not any(game.fun_mode for game in games if game.type == "live")


def test_no_title_comes_twice_and_ids_have_at_most_six_digits(catalogue: Catalogue) -> None:
    assert len({game.title for game in catalogue.games.values()}) == 3000
    assert (min(catalogue.games), max(catalogue.games)) == (1001, 15991)


def test_every_lobby_shows_some_games_of_its_vendor_and_none_that_is_off(catalogue: Catalogue) -> None:
    for lobby in catalogue.lobbies.values():
        games = catalogue.list_lobby_games(lobby)
        assert games, lobby.lobby_id
        assert {(game.vendor, game.enabled) for game in games} == {(lobby.vendor, True)}


@pytest.mark.parametrize("lobby_id", ["portomaso", "live168"])
def test_whole_vendor_lobby_shows_all_its_vendors_games(catalogue: Catalogue, lobby_id: str) -> None:
    shown = catalogue.list_lobby_games(catalogue.lobbies[lobby_id])
    assert shown == [game for game in catalogue.games.values() if game.vendor == lobby_id and game.enabled]


def test_search_finds_an_id_or_every_word_of_a_text(catalogue: Catalogue) -> None:
    assert [game.id for game in catalogue.search("1015", "")] == [1015]
    assert [game.title for game in catalogue.search("PIRATE voyager", "")] == ["Voyager & Pirate"]
    assert {game.type for game in catalogue.search("", "bingo")} == {"bingo"}
    assert catalogue.search("no such game", "") == []


def test_no_two_thumbnails_are_alike_and_each_is_svg(catalogue: Catalogue) -> None:
    pictures = [picture_game(game) for game in catalogue.games.values()]
    pictures += [picture_lobby(lobby) for lobby in catalogue.lobbies.values()]
    drawings = {draw_thumbnail(picture) for picture in pictures}
    assert len(drawings) == 3040
    roots = {ET.fromstring(drawing).tag for drawing in drawings}  # noqa: S314 (our own drawings)
    assert roots == {"{http://www.w3.org/2000/svg}svg"}
