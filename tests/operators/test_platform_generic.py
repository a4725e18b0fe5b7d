"""What we say to a platform of document 001, and what we make of its lists."""

import json
from datetime import date
from typing import Any

import pytest

from operators.platforms.base import Http, PlatformFailure
from operators.platforms.generic import Client, Config, build_launch_url, read_game, read_lobby, sign
from operators.platforms.listings import Game, Lobby, Vendor
from tests.operators.platform_stub import Answer, Stub

GAMES = "/api/generic/games/list/all"
LOBBIES = "/api/generic/lobbies/list/all"
# Made with: printf %s gamesexamplecasinosecret_key | sha1sum
SIGNATURES = {
    "games": "f983f5b57f2b27ac2c8674a9be603d6a1042e79e",
    "lobbies": "08c5ff7ea69781a9688d42accd650aa754015aa0",
    "businessReport": "ce1e2ca8c76e1adc8c0ad5f943aa9aaa6d09db8e",
    "balanceLimits": "7dfbfb2d20b006a5f9688e70c11e02cd54010d56",
    "ggrLimits": "2833844123aaae6316140d9e1ea2434ff55a85fa",
    "handHistory": "be01abfdcadd2f286f5649c5ede9d02f106b2a3b",
}


def client_of(stub: Stub) -> Client:
    http = Http(private_hosts_allowed=True, backoff_seconds=0.01)
    return Client(Config(stub.url + "/", "examplecasino", "secret_key", http), lambda _: None)


def only_game(row: Any) -> Game:
    game = read_game(json.dumps(row).encode())
    assert game is not None
    return game


def games_of(stub: Stub) -> list[Game | None]:
    listing = client_of(stub).list_games()
    return [listing.read(text) for text in listing.texts]


@pytest.mark.parametrize(("resource", "signature"), SIGNATURES.items())
def test_signature_is_sha1_of_resource_operator_and_secret(resource: str, signature: str) -> None:
    assert sign(resource, "examplecasino", "secret_key") == signature


def test_requests_for_lists_are_signed(stub: Stub) -> None:
    stub.lay_json(GAMES, {"games": []})
    stub.lay_json(LOBBIES, {"lobbies": []})
    assert (client_of(stub).list_games().texts, client_of(stub).list_lobbies().texts) == ([], [])
    shown = [(path, headers["X-Operator-Id"], headers["X-Authorization"]) for path, headers, _ in stub.asked]
    assert shown == [
        (GAMES, "examplecasino", SIGNATURES["games"]),
        (LOBBIES, "examplecasino", SIGNATURES["lobbies"]),
    ]


# As the document prints it.
ANSWER_GAMES = """{
  "games": [
    {
      "id": 1,
      "title": "Apocalypse Slot",
      "platform": "desktop",
      "type": "slots",
      "enabled": 1,
      "fun_mode": 1,
      "vendor": "test1",
      "created_at": "2024-05-10",
      "details": {
        "description": {
          "en": "A dark knight rides a horse.",
          "ru": "Темный рыцарь скачет на лошади."
        }
      }
    }
  ]
}"""


def test_the_documents_own_game_is_read(stub: Stub) -> None:
    stub.lay(GAMES, Answer(body=ANSWER_GAMES.encode()))
    assert games_of(stub) == [
        Game(
            game_ref="1",
            title="Apocalypse Slot",
            vendor=Vendor("test1", "test1"),
            game_type="slots",
            platform="desktop",
            fun_mode=True,
            created_date=date(2024, 5, 10),
            description={"en": "A dark knight rides a horse.", "ru": "Темный рыцарь скачет на лошади."},
        )
    ]


# As the document prints it, the blank in the first address included.
ANSWER_LOBBIES = """{
    "lobbies": [
        {
            "lobby_id": "evolution_game_shows",
            "vendor": "evolution",
            "details": {
                "thumbnails": {
                    "300x300": "https://mediaapihost.com /359/evolution/300x300/evolution_game_shows.png"
                }
            }
        },
        {
            "lobby_id": "evolution_baccarat_sicbo",
            "vendor": "evolution",
            "details": {
                "thumbnails": {
                    "300x300": "https://mediaapihost.com/359/evolution/300x300/evolution_baccarat_sicbo.png"
                }
            }
        }
    ]
}"""


def test_the_documents_own_lobbies_are_read_without_their_blanks(stub: Stub) -> None:
    stub.lay(LOBBIES, Answer(body=ANSWER_LOBBIES.encode()))
    listing, pictures = client_of(stub).list_lobbies(), "https://mediaapihost.com/359/evolution/300x300"
    evolution = Vendor("evolution", "evolution")
    assert [listing.read(text) for text in listing.texts] == [
        Lobby("evolution_game_shows", evolution, {"300x300": f"{pictures}/evolution_game_shows.png"}),
        Lobby("evolution_baccarat_sicbo", evolution, {"300x300": f"{pictures}/evolution_baccarat_sicbo.png"}),
    ]


def test_each_row_keeps_its_own_text(stub: Stub) -> None:
    stub.lay(GAMES, Answer(body=b'{"games": [{"id": 1,  "later_key": 0.10}, null], "more": [1]}'))
    listing = client_of(stub).list_games()
    assert (listing.texts, listing.stable) == ([b'{"id": 1,  "later_key": 0.10}', b"null"], True)


def test_what_real_lists_carry_on_top_is_read() -> None:
    row = {
        "id": 7,
        "subtype": "video",
        "campaigns": 1,
        "details": {"thumbnails": {"300x300": " https://m.example/\n7 "}},
    }
    game = only_game(row)
    assert (game.subtype, game.campaigns, game.thumbnails) == ("video", True, {"300x300": "https://m.example/7"})


def test_a_game_may_say_nothing_but_its_id() -> None:
    assert only_game({"id": "113"}) == Game(game_ref="113")


def test_a_number_and_its_text_are_the_same_id() -> None:
    assert only_game({"id": 113}).game_ref == only_game({"id": "113"}).game_ref == "113"


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
    assert (game.title, game.vendor, game.game_type) == ("Ab" + "c" * 253, Vendor("north", "north"), "")


@pytest.mark.parametrize(
    "row", [None, 5, {}, {"id": ""}, {"id": None}, {"id": True}, {"id": 1.5}, {"id": "a|b"}, {"id": "x" * 128}]
)
def test_a_row_without_a_usable_id_cannot_be_read(row: object) -> None:
    assert read_game(json.dumps(row).encode()) is None
    assert read_lobby(json.dumps(row).replace('"id"', '"lobby_id"').encode()) is None


@pytest.mark.parametrize("answer", [None, [], {}, {"games": None}, {"games": {}}, {"error": "no"}])
def test_an_answer_without_a_list_is_malformed(answer: object, stub: Stub) -> None:
    stub.lay_json(GAMES, answer)
    with pytest.raises(PlatformFailure) as failure:
        client_of(stub).list_games()
    assert (failure.value.code, failure.value.permanent, failure.value.http_status) == ("BAD_REPLY", True, 200)


TOKEN = "IfpdCsglTNR4xuFH0ijZ"
HOME = "https://api-host.com/generic/games"
REAL = {"operator_id": "examplecasino", "mode": "real"}
PLAYER = {"token": TOKEN, "currency": "EUR", "language": "en", "home_url": HOME}
GAME_QUERY = (
    "operator_id=examplecasino&mode=real&game_id=37&token=IfpdCsglTNR4xuFH0ijZ&currency=EUR&language=en"
    "&home_url=https%3A%2F%2Fapi-host.com%2Fgeneric%2Fgames"
)
LOBBY_QUERY = (
    "operator_id=examplecasino&mode=real&lobby_id=portomaso&device=mobile&token=IfpdCsglTNR4xuFH0ijZ&currency=EUR"
    "&language=en&home_url=https%3A%2F%2Fapi-host.com%2Fgeneric%2Fgames"
)
EXTRAS = {"deposit_url": "https://a.b/?c=d&e f", "group": "vip", "clientName": "x+y"}
EXTRAS_QUERY = "deposit_url=https%3A%2F%2Fa.b%2F%3Fc%3Dd%26e%20f&group=vip&clientName=x%2By"
LAUNCHES = [
    ({**REAL, "game_id": "37", **PLAYER}, GAME_QUERY),
    ({**REAL, "lobby_id": "portomaso", "device": "mobile", **PLAYER}, LOBBY_QUERY),
    (
        {"operator_id": "examplecasino", "mode": "fun", "game_id": "37", "language": "en"},
        "operator_id=examplecasino&mode=fun&game_id=37&language=en",
    ),
    ({**REAL, "game_id": "37", **PLAYER, **EXTRAS}, f"{GAME_QUERY}&{EXTRAS_QUERY}"),
]


@pytest.mark.parametrize(("parameters", "query"), LAUNCHES, ids=["game", "lobby", "fun", "everything"])
def test_launch_addresses_are_the_documents(parameters: dict[str, str], query: str) -> None:
    assert build_launch_url("https://games.example/", parameters) == f"https://games.example/?{query}"


def test_a_launch_address_leaves_out_what_is_empty() -> None:
    url = build_launch_url("https://games.example", {"mode": "real", "group": "", "clientName": ""})
    assert url == "https://games.example/?mode=real"


def test_a_configuration_shows_no_secret() -> None:
    assert "secret_key" not in repr(Config("https://a.example", "lucky", "secret_key", Http()))
