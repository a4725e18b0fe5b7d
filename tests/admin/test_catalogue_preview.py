"""The lobby as the casino's site gets it for one visitor, and why a game is not in it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.admin import lobby_preview
from catalog.models import Currency, FeaturedGame, OperatorCurrency, Tag, Vendor
from tests.admin.house import House
from tests.wallet.casino_caller import call_for

PREVIEW = reverse("admin:catalog_game_lobby_preview")


@pytest.fixture
def shelf(house: House) -> House:
    """A casino with games that some visitors are not shown."""
    vendor = Vendor.objects.create(
        operator=house.operator, vendor_ref="a1", title="Aurora", prohibited_countries=["TR"]
    )
    for code in ("EUR", "USD"):
        currency, _ = Currency.objects.get_or_create(code=code, defaults={"is_iso": True})
        OperatorCurrency.objects.create(operator=house.operator, currency=currency, enabled=code == "EUR")
    house.add_game("barred", vendor=vendor)
    house.add_game("mobile", platform="mobile")
    house.add_game("off", enabled=False)
    tag = Tag.objects.create(casino=house.casino, slug="vip", name="VIP", player_groups=["vip"])
    house.add_game("vip").tags.add(tag)
    FeaturedGame.objects.create(casino=house.casino, game=house.add_game("zz"))
    house.add_lobby("live")
    return house


def look(client: Client, house: House, **query: Any) -> Any:
    return client.get(PREVIEW, {"casino": house.casino.slug} | query).context


def refs(context: Any) -> list[str]:
    return [game.game_ref for game, _picture in context["shown"].cards]


@pytest.mark.parametrize(
    ("visitor", "shown"),
    [
        ({}, ["zz", "200", "barred", "mobile", "vip"]),
        ({"country": "TR"}, ["zz", "200", "mobile", "vip"]),
        ({"device": "desktop"}, ["zz", "200", "barred", "vip"]),
        ({"currency": "EUR"}, ["zz", "200", "barred", "mobile", "vip"]),
        ({"currency": "USD"}, []),
        ({"group": "-"}, ["zz", "200", "barred", "mobile"]),
        ({"group": "vip"}, ["zz", "200", "barred", "mobile", "vip"]),
    ],
)
def test_visitor_is_shown_what_the_casino_api_answers(
    boss: Client, shelf: House, visitor: dict[str, str], shown: list[str]
) -> None:
    context = look(boss, shelf, **visitor)
    assert refs(context) == shown
    answer = ask_api(shelf, context["api_query"])
    assert [row["game_id"] for row in answer] == shown
    assert (context["shown"].total, context["shown"].listed) == (len(shown), 6)


def ask_api(house: House, query: str) -> list[dict[str, Any]]:
    """Ask the casino API with the query that the page shows."""
    answer = call_for(house.casino).get(f"games?{query}")
    assert answer.status == 200
    rows: list[dict[str, Any]] = answer.body["results"]
    return rows


def test_vendors_lobbies_and_what_keeps_games_out_are_counted(boss: Client, shelf: House) -> None:
    shown = look(boss, shelf, country="TR", device="desktop", group="-")["shown"]
    assert [(each["name"], each["count"]) for each in shown.vendors] == [(None, 2)]
    assert [lobby.lobby_ref for lobby in shown.lobbies] == ["live"]
    counts = dict(shown.kept_out)
    assert (counts["Our switch"], counts["Prohibited countries"], counts["Device"], counts["Player group"]) == (
        1,
        1,
        1,
        1,
    )


def test_game_that_is_missing_is_explained_check_by_check(boss: Client, shelf: House) -> None:
    explained = look(boss, shelf, country="TR", why="barred")["explained"]
    assert not explained.shown
    failed = [(verdict.name, verdict.remark) for verdict in explained.verdicts if not verdict.passed]
    assert failed == [("Prohibited countries", "Its vendor prohibits TR.")]
    assert len(explained.verdicts) > 5
    assert look(boss, shelf, why="barred")["explained"].shown


def test_one_of_several_games_that_fit_is_chosen_to_be_explained(boss: Client, shelf: House) -> None:
    context = look(boss, shelf, why="game")
    assert len(context["candidates"]) == 6
    assert "explained" not in context
    chosen = look(boss, shelf, why="game", game=context["candidates"][3].pk)
    assert chosen["explained"].game == context["candidates"][3]


def test_game_of_another_casino_is_not_found(boss: Client, shelf: House) -> None:
    House().add_game("elsewhere")
    assert look(boss, shelf, why="elsewhere")["candidates"] == []


@pytest.mark.parametrize("visitor", [{"region": "quebec"}, {"country": "DE", "region": "CA-QC"}, {"casino": "none"}])
def test_visitor_who_makes_no_sense_is_asked_for_again(boss: Client, shelf: House, visitor: dict[str, str]) -> None:
    context = look(boss, shelf, **visitor)
    assert "shown" not in context
    assert context["form"].errors


def test_lobby_is_paged_and_asks_as_often_for_many_as_for_few(
    boss: Client, shelf: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobby_preview, "CARDS_A_PAGE", 4)
    look(boss, shelf)
    with CaptureQueriesContext(connection) as few:
        assert refs(look(boss, shelf, page="2")) == ["vip"]
    monkeypatch.setattr(lobby_preview, "CARDS_A_PAGE", 60)
    for number in range(30):
        shelf.add_game(f"m{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(refs(look(boss, shelf))) == 35
    assert len(many) == len(few)
