"""The casino API's games and lobbies."""

from datetime import date
from typing import Any

import pytest

from catalog.models import Game, Vendor
from catalog.services import switch_game, switch_vendor
from operators.models import Casino, Operator
from operators.services import suspend_operator, terminate_operator
from tests.operators.making import NOW, STAFF, make_game, make_lobby, make_operator
from tests.wallet.casino_caller import Caller
from wallet.serializers.casino_api import pack_cursor

pytestmark = pytest.mark.django_db


def refs(site: Caller, path: str = "games") -> list[str]:
    return [row["game_id"] for row in site.get(path).body["results"]]


def enabled(site: Caller, path: str = "games") -> list[bool]:
    return [row["enabled"] for row in site.get(path).body["results"]]


def test_a_game_is_told_as_its_platform_lists_it(site: Caller, operator: Operator) -> None:
    make_game(
        operator,
        "0037",
        subtype="video",
        platform="mobile",
        created_date=date(2024, 5, 10),
        description={"en": "A storm."},
        thumbnails={"300x300": "https://m.example/37.png"},
        free_rounds=True,
        rtp="96.1",
    )
    answer = site.get("games")
    row = {
        "operator_id": "lucky",
        "game_id": "0037",
        "title": "Seven Seas",
        "vendor": "Northwind",
        "type": "slots",
        "subtype": "video",
        "platform": "mobile",
        "enabled": True,
        "fun_mode": True,
        "campaigns": False,
        "free_rounds": True,
        "rtp": "96.1000",
        "created_on": "2024-05-10",
        "description": {"en": "A storm."},
        "thumbnail": "https://m.example/37.png",
        "thumbnails": {"300x300": "https://m.example/37.png"},
        "tags": [],
        "featured": None,
    }
    assert (answer.status, answer.body) == (200, {"results": [row], "next": None})


def test_a_lobby_is_told_as_its_platform_lists_it(site: Caller, operator: Operator) -> None:
    make_lobby(operator, thumbnails={"300x300": "https://m.example/l.png"})
    row = {
        "operator_id": "lucky",
        "lobby_id": "portomaso",
        "vendor": "Northwind",
        "enabled": True,
        "thumbnails": {"300x300": "https://m.example/l.png"},
    }
    assert site.get("lobbies").body == {"results": [row], "next": None}


def test_a_game_of_no_vendor_can_be_enabled(site: Caller, operator: Operator) -> None:
    make_game(operator, vendor=None)
    (row,) = site.get("games").body["results"]
    assert (row["vendor"], row["enabled"]) == (None, True)


def test_what_cannot_be_launched_is_not_enabled(site: Caller, operator: Operator) -> None:
    game = make_game(operator)
    make_lobby(operator)
    assert (enabled(site), enabled(site, "lobbies")) == ([True], [True])
    switch_game(game=game, enabled=False, by=STAFF)
    assert enabled(site) == [False]
    switch_game(game=game, enabled=True, by=STAFF)
    switch_vendor(vendor=Vendor.objects.get(), enabled=False, by=STAFF)
    assert (enabled(site), enabled(site, "lobbies")) == ([False], [False])
    switch_vendor(vendor=Vendor.objects.get(), enabled=True, by=STAFF)
    Game.objects.update(platform_enabled=False)
    assert enabled(site) == [False]
    Game.objects.update(platform_enabled=True)
    suspend_operator(operator=operator, by=STAFF)
    assert (enabled(site), enabled(site, "lobbies")) == ([False], [False])


def test_what_is_gone_unmapped_or_of_a_terminated_operator_is_not_listed(site: Caller, operator: Operator) -> None:
    make_game(operator, "1")
    make_game(operator, "2", listing="gone", gone_at=NOW)
    make_game(operator, "3", listing="unmapped")
    make_lobby(operator, listing="gone", gone_at=NOW)
    assert (refs(site), site.get("lobbies").body["results"]) == (["1"], [])
    terminate_operator(operator=operator, by=STAFF)
    assert refs(site) == []


def test_games_of_one_operator_can_be_asked_for(site: Caller, operator: Operator, casino: Casino) -> None:
    make_game(operator, "1")
    make_game(make_operator(casino, operator_ref="other"), "2")
    assert refs(site) == ["1", "2"]
    assert refs(site, "games?operator_id=other") == ["2"]
    assert refs(site, "games?operator_id=nobody") == []


@pytest.mark.parametrize("limit", [1, 4, 5, 9, 10, 500])
def test_games_come_page_by_page(site: Caller, operator: Operator, limit: int) -> None:
    for number in range(10):
        make_game(operator, str(number))
    path, pages = f"games?limit={limit}&operator_id=lucky", []
    while path:
        answer = site.get(path)
        pages.append([row["game_id"] for row in answer.body["results"]])
        path = answer.body["next"]
    assert [game_id for page in pages for game_id in page] == [str(number) for number in range(10)]
    assert {len(page) for page in pages[:-1]} <= {limit}


def test_a_page_holds_a_hundred_games_unless_asked_otherwise(
    site: Caller, operator: Operator, django_assert_num_queries: Any
) -> None:
    Game.objects.bulk_create(Game(operator=operator, game_ref=str(number)) for number in range(101))
    with django_assert_num_queries(2):  # the key, the games
        answer = site.get("games")
    assert (len(answer.body["results"]), answer.body["next"] is None) == (100, False)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("cursor=x", "cursor"),
        ("operator_id=a%00", "operator_id"),
        ("operator_id=", "operator_id"),
        ("vendr=northwind", "vendr"),
        ("enabled=perhaps", "enabled"),
        ("order=price", "order"),
        ("country=de", "country"),
        ("region=Quebec", "region"),
        ("country=DE&region=CA-QC", "region"),
        ("device=tv", "device"),
        ("currency=E", "currency"),
        ("format=xml", "format"),
    ],
)
def test_a_malformed_query_is_refused_by_its_name(site: Caller, query: str, field: str) -> None:
    answer = site.get(f"games?{query}")
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (400, "invalid", [field])


def test_a_cursor_beyond_all_numbers_is_an_empty_page(site: Caller, operator: Operator) -> None:
    make_game(operator)
    for number in (2**63 - 1, 2**80):
        assert site.get(f"games?cursor={pack_cursor({'pk': number})}").body == {"results": [], "next": None}


@pytest.mark.parametrize(
    ("order", "position"),
    [
        ("id", {"pk": "1"}),
        ("id", {"after": 1}),
        ("id", {}),
        ("newest", {"pk": 1, "operator_id": 1}),
        ("title", {"shown_title": 1, "pk": 1}),
        ("title", {"shown_title": "A\0", "pk": 1}),
        ("featured", {"featured_rank": "1", "shown_title": "A", "pk": 1}),
    ],
)
def test_a_cursor_that_none_of_our_pages_gave_is_refused(
    site: Caller, operator: Operator, order: str, position: dict[str, int | str]
) -> None:
    make_game(operator)
    answer = site.get(f"games?order={order}&cursor={pack_cursor(position)}")
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (400, "invalid", ["cursor"])
