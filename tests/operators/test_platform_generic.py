"""What we say to a platform of document 001, and what we make of its lists."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from operators.platforms.base import Http, Malformed, PlatformFailure
from operators.platforms.generic import (
    Client,
    Config,
    Game,
    Listed,
    Lobby,
    build_launch_url,
    parse_games,
    parse_lobbies,
    sign,
)
from tests.operators.platform_stub import Answer, Stub, run_stub

GAMES = "/api/generic/games/list/all"
LOBBIES = "/api/generic/lobbies/list/all"


@pytest.fixture
def stub() -> Iterator[Stub]:
    with run_stub() as stub:
        yield stub


def client_of(stub: Stub) -> Client:
    return Client(
        Config(stub.url + "/", "examplecasino", "secret_key", Http(private_hosts_allowed=True)), lambda _: None
    )


def only_game(row: dict[str, Any]) -> Game:
    (game,) = parse_games({"games": [row]}).rows
    return game


@pytest.mark.parametrize(
    ("resource", "signature"),
    [
        ("games", "f983f5b57f2b27ac2c8674a9be603d6a1042e79e"),
        ("lobbies", "08c5ff7ea69781a9688d42accd650aa754015aa0"),
    ],
)
def test_signature_is_sha1_of_resource_operator_and_secret(resource: str, signature: str) -> None:
    assert sign(resource, "examplecasino", "secret_key") == signature


def test_requests_are_signed(stub: Stub) -> None:
    stub.lay_json(GAMES, {"games": []})
    stub.lay_json(LOBBIES, {"lobbies": []})
    with client_of(stub) as client:
        assert (client.list_games(), client.list_lobbies()) == (Listed((), 0), Listed((), 0))
    shown = [(path, headers["X-Operator-Id"], headers["X-Authorization"]) for path, headers, _ in stub.asked]
    assert shown == [
        (GAMES, "examplecasino", "f983f5b57f2b27ac2c8674a9be603d6a1042e79e"),
        (LOBBIES, "examplecasino", "08c5ff7ea69781a9688d42accd650aa754015aa0"),
    ]


def test_the_documents_own_game_is_read() -> None:
    row = {
        "id": 1,
        "title": "Apocalypse Slot",
        "platform": "desktop",
        "type": "slots",
        "enabled": 1,
        "fun_mode": 1,
        "vendor": "test1",
        "created_at": "2024-05-10",
        "details": {"description": {"en": "A dark knight rides a horse.", "ru": "Темный рыцарь скачет на лошади."}},
    }
    assert only_game(row) == Game(
        game_ref="1",
        title="Apocalypse Slot",
        vendor="test1",
        game_type="slots",
        platform="desktop",
        fun_mode=True,
        created_date=date(2024, 5, 10),
        description={"en": "A dark knight rides a horse.", "ru": "Темный рыцарь скачет на лошади."},
    )


def test_the_documents_own_lobbies_are_read_without_their_blanks() -> None:
    broken = "https://mediaapihost.com /359/evolution/300x300/evolution_game_shows.png"
    row = {"lobby_id": "evolution_game_shows", "vendor": "evolution", "details": {"thumbnails": {"300x300": broken}}}
    (lobby,) = parse_lobbies({"lobbies": [row]}).rows
    whole = "https://mediaapihost.com/359/evolution/300x300/evolution_game_shows.png"
    assert lobby == Lobby("evolution_game_shows", "evolution", {"300x300": whole})


def test_a_game_may_say_nothing_but_its_id() -> None:
    assert only_game({"id": "113"}) == Game(game_ref="113")


def test_a_number_and_its_text_are_the_same_id() -> None:
    listed = parse_games({"games": [{"id": 113, "title": "First"}, {"id": "113", "title": "Second"}]})
    assert [(game.game_ref, game.title) for game in listed.rows] == [("113", "Second")]


@pytest.mark.parametrize(
    ("given", "read"), [(1, True), (0, False), ("1", True), ("0", False), (True, True), (False, False), (None, False)]
)
def test_flags_come_as_numbers_texts_and_booleans(given: object, read: bool) -> None:
    assert only_game({"id": 1, "enabled": given}).enabled is read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("A text", {"und": "A text"}),
        ({"en": "A text", "de": 5, "fr": ""}, {"en": "A text"}),
        (None, {}),
        (["A text"], {}),
        ("", {}),
    ],
)
def test_a_description_is_a_text_or_a_map_by_language(given: object, read: dict[str, str]) -> None:
    assert only_game({"id": 1, "details": {"description": given}}).description == read


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://a.example/p.png", "//a.example/p.png", "https://", "http://[", 5, None]
)
def test_a_picture_that_is_no_web_address_is_left_out(address: object) -> None:
    assert only_game({"id": 1, "details": {"thumbnails": {"300x300": address}}}).thumbnails == {}


@pytest.mark.parametrize("created", ["2024-13-01", "soon", 20240510, None])
def test_a_date_that_is_none_is_left_out(created: object) -> None:
    assert only_game({"id": 1, "created_at": created}).created_date is None


def test_texts_are_cut_to_what_we_keep_and_cleaned() -> None:
    game = only_game({"id": 1, "title": "A\x00b" + "c" * 300, "vendor": " north\n", "type": 5})
    assert (game.title, game.vendor, game.game_type) == ("Ab" + "c" * 253, "north", "")


@pytest.mark.parametrize(
    "row", [None, 5, {}, {"id": ""}, {"id": None}, {"id": True}, {"id": 1.5}, {"id": "a|b"}, {"id": "x" * 128}]
)
def test_a_row_without_a_usable_id_is_counted_and_left_out(row: object) -> None:
    listed = parse_games({"games": [row, {"id": 2}]})
    assert ([game.game_ref for game in listed.rows], listed.unreadable) == (["2"], 1)


@pytest.mark.parametrize("answer", [None, [], {}, {"games": None}, {"games": {}}, {"error": "no"}])
def test_an_answer_without_a_list_is_malformed(answer: object, stub: Stub) -> None:
    with pytest.raises(Malformed):
        parse_games(answer)
    stub.lay(GAMES, Answer(body=json.dumps(answer).encode()))
    with client_of(stub) as client, pytest.raises(PlatformFailure) as failure:
        client.list_games()
    assert (failure.value.code, failure.value.permanent) == ("BAD_REPLY", True)


def test_a_launch_address_is_percent_encoded_and_leaves_out_what_is_empty() -> None:
    url = build_launch_url("https://games.example/", {"mode": "real", "home_url": "https://a.b/?c=d&e f", "group": ""})
    assert url == "https://games.example/?mode=real&home_url=https%3A%2F%2Fa.b%2F%3Fc%3Dd%26e%20f"


def test_a_configuration_shows_no_secret() -> None:
    assert "secret_key" not in repr(Config("https://a.example", "lucky", "secret_key", Http()))
