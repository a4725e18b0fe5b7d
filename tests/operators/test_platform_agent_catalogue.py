"""Games and providers in replies that leave open, contradict or get wrong what document 004 says."""

from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Malformed
from operators.platforms.listings import Game, Vendor
from tests.operators.agent_client import laid, reply, well
from tests.operators.platform_stub import Stub


def only_game(stub: Stub, **row: Any) -> Game | None:
    listing = laid(stub, "games", well({"items": [{"id": "pg_1", **row}]})).list_games()
    (text,) = listing.texts
    return listing.read(text)


def list_vendors(stub: Stub, providers: list[Any], games: list[Any]) -> list[Vendor | None]:
    client = laid(stub, "providers", well({"items": providers}))
    laid(stub, "games", well({"items": games}))
    listing = client.list_vendors()
    return [listing.read(text) for text in listing.texts]


@pytest.mark.parametrize(
    ("rtp", "read"),
    [("0", None), ("0.00", None), (0, None), ("", None), (None, None), ("-1", None), ("96.1", Decimal("96.1"))],
)
def test_an_rtp_of_zero_is_unknown(stub: Stub, rtp: object, read: Decimal | None) -> None:
    game = only_game(stub, rtp=rtp)
    assert game is not None
    assert game.rtp == read


@pytest.mark.parametrize("category", [{"id": "live_casino", "label": "Live Casino"}, "live_casino"])
def test_a_games_category_is_an_object_or_a_text(stub: Stub, category: object) -> None:
    assert only_game(stub, category=category) == Game("pg_1", game_type="live_casino")


@pytest.mark.parametrize("name", ["id", "gameId"])
@pytest.mark.parametrize("value", [113, "113"])
def test_a_games_id_is_called_id_or_game_id_and_is_text(stub: Stub, name: str, value: object) -> None:
    listing = laid(stub, "games", well({"items": [{name: value}]})).list_games()
    assert listing.read(listing.texts[0]) == Game("113")


def test_a_prohibited_country_is_not_restricted_too_and_regions_stay(stub: Stub) -> None:
    provider = {
        "id": "pg",
        "restrictedCountries": ["SS", "sy", "ZA", "CA-ON"],
        "prohibitedCountries": ["SY", "UA-43", "SS", "UA-43"],
    }
    vendor = Vendor("pg", restricted_countries=("CA-ON", "ZA"), prohibited_countries=("SS", "SY", "UA-43"))
    assert only_game(stub, provider=provider) == Game("pg_1", vendor=vendor)


def test_a_country_that_is_named_twice_or_not_at_all_is_no_riddle(stub: Stub) -> None:
    vendor = Vendor("pg", restricted_countries=("AU", "DE"))
    provider = {"id": "pg", "restrictedCountries": ["de", " DE", "", None, "AU"]}
    assert only_game(stub, provider=provider) == Game("pg_1", vendor=vendor)


@pytest.mark.parametrize("countries", ["DE", {"0": "DE"}, 5, ["AU", "Germany"], ["DEU"], ["AU", 276], [["AU"]]])
@pytest.mark.parametrize("name", ["restrictedCountries", "prohibitedCountries"])
def test_countries_that_cannot_be_read_are_not_taken_for_none(stub: Stub, name: str, countries: object) -> None:
    provider = {"id": "pg", name: countries}
    assert only_game(stub, provider=provider) is None
    with pytest.raises(Malformed, match="a provider of games cannot be read"):
        list_vendors(stub, [{"id": "pg"}], [{"id": "pg_1", "provider": provider}])


@pytest.mark.parametrize("row", [None, 5, {}, {"id": ""}, {"id": None}, {"id": True}, {"id": "x" * 128}])
def test_a_game_without_a_usable_id_is_unreadable(stub: Stub, row: object) -> None:
    listing = laid(stub, "games", well({"items": [row, {"id": "pg_2"}]})).list_games()
    assert [listing.read(text) for text in listing.texts] == [None, Game("pg_2")]


def test_a_logos_address_that_no_column_holds_is_left_out(stub: Stub) -> None:
    logos = ["https://cdn.example/" + "x" * rest for rest in (980, 981)]
    vendors = list_vendors(stub, [{"id": str(number), "logoUrl": logo} for number, logo in enumerate(logos)], [])
    assert vendors == [Vendor("0", logo_url=logos[0]), Vendor("1")]


def test_a_games_text_is_no_measure_of_change(stub: Stub) -> None:
    """It counts who is playing."""
    rows = [{"id": "pg_1", "activePlayers": count} for count in (0, 17)]
    listing = laid(stub, "games", well({"items": rows})).list_games()
    assert listing.stable is False
    assert len(set(listing.texts)) == 2
    assert [listing.read(text) for text in listing.texts] == [Game("pg_1"), Game("pg_1")]


def test_vendors_are_the_providers_with_the_countries_of_their_games(stub: Stub) -> None:
    of_games = {"id": "pg", "name": "Old name", "restrictedCountries": ["ZA"], "prohibitedCountries": ["AU"]}
    also = {"id": "pg", "name": "Old name", "restrictedCountries": ["AU", "DE"], "prohibitedCountries": []}
    assert list_vendors(
        stub,
        [
            {"id": "pg", "name": "Pocket", "logoUrl": "https://a.example/pg.png", "active": True, "online": False},
            {"id": "pp", "active": False, "categories": [{"id": "slot", "label": "Slot"}]},
        ],
        [{"id": "pg_1", "provider": of_games}, {"id": "pg_2", "provider": also}, {"id": "pg_3", "provider": of_games}],
    ) == [
        Vendor(
            "pg",
            "Pocket",
            online=False,
            logo_url="https://a.example/pg.png",
            restricted_countries=("DE", "ZA"),
            prohibited_countries=("AU",),
        ),
        Vendor("pp", enabled=False, categories=({"id": "slot", "label": "Slot"},)),
    ]


def test_a_vendor_that_only_games_name_is_listed(stub: Stub) -> None:
    named = {"id": "evolution", "name": "Evolution", "prohibitedCountries": ["UA-43"]}
    assert list_vendors(stub, [], [{"id": "evolution_1", "provider": named}, {"id": "x", "provider": None}, 5]) == [
        Vendor("evolution", "Evolution", prohibited_countries=("UA-43",))
    ]


def test_the_same_vendors_have_the_same_texts(stub: Stub) -> None:
    rows = [
        {"id": f"pg_{number}", "provider": {"id": "pg", "restrictedCountries": countries}, "activePlayers": number}
        for number, countries in enumerate([["ZA", "DE"], ["DE"], ["BG"]])
    ]
    limits = [{"id": "slot", "betLimits": [{"id": "1", "info": {"min": 0.1}}]}]
    client = laid(stub, "providers", well({"items": [{"id": "pg", "categories": limits}]}))
    texts = []
    for games in (rows, rows[::-1]):
        laid(stub, "games", well({"items": games}))
        texts.append(client.list_vendors().texts)
    assert texts[0] == texts[1]
    assert b'"min":0.1' in texts[0][0]


def test_games_already_listed_are_not_asked_for_again_for_the_vendors(stub: Stub) -> None:
    client = laid(stub, "providers", well({"items": []}))
    laid(stub, "games", reply("games"))
    games = client.list_games()
    vendors = client.list_vendors(games=games)
    assert [vendor.title for vendor in map(vendors.read, vendors.texts) if vendor] == ["Evolution (new)"]
    assert [path for path, _, _ in stub.asked] == ["/games", "/providers"]
