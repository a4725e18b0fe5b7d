"""What the casino API tells of the catalogue to those who look for something, and for one visitor of the site."""

from typing import Any

import pytest

from catalog.models import Currency, FeaturedGame, Game, GameConfiguration, OperatorCurrency, Tag, Vendor
from catalog.selectors import Visitor, explain_game, explain_lobby, show_games, show_lobbies
from operators.models import Casino, Operator
from operators.services import suspend_operator
from tests.operators.making import NOW, STAFF, make_game, make_lobby, make_operator
from tests.wallet.casino_caller import Caller

pytestmark = pytest.mark.django_db


def make_vendor(operator: Operator, vendor_ref: str, **more: Any) -> Vendor:
    return Vendor.objects.create(operator=operator, vendor_ref=vendor_ref, **more)


def refs(site: Caller, query: str = "", path: str = "games", key: str = "game_id") -> list[str]:
    answer = site.get(f"{path}?{query}")
    assert answer.status == 200, answer.body
    return [row[key] for row in answer.body["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("vendor=pg", ["1"]),
        ("type=live", ["2"]),
        ("subtype=roulette", ["2"]),
        ("fun_mode=false", ["2"]),
        ("campaigns=true", ["1"]),
        ("free_rounds=1", ["3"]),
        ("tag=winter", ["1", "3"]),
        ("tag=WINTER", []),
        ("featured=true", ["3"]),
        ("featured=false", ["1", "2"]),
        ("enabled=true", ["1", "3"]),
        ("enabled=false", ["2"]),
        ("search=storm", ["1", "3"]),
        ("search=STORM+night", ["3"]),
        ("search=ice", ["3"]),
        ("search=nothing", []),
        ("search=2", ["2"]),
        ("type=slots&tag=winter&search=sea", ["1"]),
    ],
)
def test_games_are_found_by_what_they_are(site: Caller, operator: Operator, query: str, found: list[str]) -> None:
    winter = Tag.objects.create(casino=operator.casino, slug="winter", name="Winter")
    one = make_game(operator, "1", title="Storm at sea", vendor=make_vendor(operator, "pg"), campaigns=True)
    make_game(operator, "2", title="Wheel", game_type="live", subtype="roulette", fun_mode=False, enabled=False)
    three = make_game(operator, "3", title="Night", custom_title="Ice storm", free_rounds=True)
    FeaturedGame.objects.create(casino=operator.casino, game=three, position=1)
    for game in (one, three):
        game.tags.add(winter)
    assert refs(site, query) == found


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("id", ["c", "a", "d", "b", "e"]),
        ("newest", ["e", "b", "d", "a", "c"]),
        ("title", ["a", "b", "c", "d", "e"]),
        ("featured", ["d", "b", "a", "c", "e"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_an_order_holds_from_page_to_page(
    site: Caller, operator: Operator, order: str, expected: list[str], limit: int
) -> None:
    titles = {"c": "Gold", "a": "Amber", "d": "Opal", "b": "Gold", "e": "Zircon"}
    games = {ref: make_game(operator, ref, title=title) for ref, title in titles.items()}
    Game.objects.filter(pk=games["b"].pk).update(custom_title="Beryl")
    FeaturedGame.objects.create(casino=operator.casino, game=games["d"], position=1)
    FeaturedGame.objects.create(casino=operator.casino, game=games["b"], position=2)
    path, found = f"games?order={order}&limit={limit}", []
    while path:
        answer = site.get(path)
        found += [row["game_id"] for row in answer.body["results"]]
        path = answer.body["next"]
    assert found == expected


@pytest.mark.parametrize(("order", "other"), [("id", "title"), ("title", "id"), ("featured", "title")])
def test_a_cursor_of_another_order_is_refused(site: Caller, operator: Operator, order: str, other: str) -> None:
    for number in range(3):
        make_game(operator, str(number))
    following = site.get(f"games?limit=1&order={order}").body["next"]
    answer = site.get(following.replace(f"order={order}", f"order={other}"))
    assert (answer.status, list(answer.body["fields"])) == (400, ["cursor"])


def test_our_own_title_picture_tags_and_place_are_told(site: Caller, operator: Operator) -> None:
    game = make_game(
        operator,
        custom_title="Ice storm",
        custom_thumbnail_url="https://ours.example/ice.png",
        thumbnails={"300x300": "https://m.example/37.png"},
    )
    for slug in ("winter", "new"):
        game.tags.add(Tag.objects.create(casino=operator.casino, slug=slug, name=slug))
    FeaturedGame.objects.create(casino=operator.casino, game=game, position=7)
    (row,) = site.get("games").body["results"]
    assert (row["title"], row["thumbnail"]) == ("Ice storm", "https://ours.example/ice.png")
    assert (row["thumbnails"], row["tags"], row["featured"]) == (
        {"300x300": "https://m.example/37.png"},
        ["new", "winter"],
        7,
    )


def test_what_a_vendor_bars_in_a_country_or_region_is_left_out(site: Caller, operator: Operator) -> None:
    vendor = make_vendor(operator, "pg", restricted_countries=["ZA"], prohibited_countries=["AU", "UA-43"])
    make_game(operator, "1", vendor=vendor)
    make_game(operator, "2", vendor=None)
    make_lobby(operator, "pg-lobby")
    make_lobby(operator, "bare").__class__.objects.filter(lobby_ref="pg-lobby").update(vendor=vendor)
    found = {
        query: (refs(site, query), refs(site, query, "lobbies", "lobby_id"))
        for query in ("country=DE", "country=AU", "country=ZA", "country=UA", "region=UA-43", "country=UA&region=UA-43")
    }
    all_of_it, without = (["1", "2"], ["pg-lobby", "bare"]), (["2"], ["bare"])
    assert found == {
        "country=DE": all_of_it,
        "country=AU": without,
        "country=ZA": without,
        "country=UA": all_of_it,
        "region=UA-43": without,
        "country=UA&region=UA-43": without,
    }


def test_an_exception_of_the_operator_lifts_a_restriction_and_no_prohibition(site: Caller, operator: Operator) -> None:
    vendor = make_vendor(operator, "pg", restricted_countries=["ZA", "KE"], prohibited_countries=["KE"])
    make_game(operator, "1", vendor=vendor)
    assert (refs(site, "country=ZA"), refs(site, "country=KE")) == ([], [])
    operator.settings = {"restrictedCountriesAllowed": ["ZA", "KE"]}
    operator.save()
    assert (refs(site, "country=ZA"), refs(site, "country=KE")) == (["1"], [])


def test_a_device_is_shown_no_game_of_the_other(site: Caller, operator: Operator) -> None:
    for ref, platform in (("1", "desktop"), ("2", "mobile"), ("3", ""), ("4", "desktop,mobile")):
        make_game(operator, ref, platform=platform)
    assert refs(site, "device=mobile") == ["2", "3", "4"]
    assert refs(site, "device=desktop") == ["1", "3", "4"]


def test_a_currency_must_be_offered_and_have_stakes(site: Caller, operator: Operator, casino: Casino) -> None:
    euro, rupiah, zloty = (Currency.objects.get_or_create(code=code)[0] for code in ("EUR", "IDR", "PLN"))
    make_game(operator, "1")
    configured = make_game(operator, "2")
    GameConfiguration.objects.create(game=configured, currency=euro, stakes=[10])
    for currency, enabled in ((euro, True), (rupiah, True), (zloty, False)):
        OperatorCurrency.objects.create(operator=operator, currency=currency, enabled=enabled)
    make_game(make_operator(casino, operator_ref="any"), "3")
    assert refs(site, "currency=EUR") == ["1", "2", "3"]
    assert refs(site, "currency=IDR") == ["1", "3"]
    assert refs(site, "currency=PLN") == ["3"]
    assert refs(site, "currency=SEK") == ["3"]


def test_a_tag_with_groups_keeps_its_games_for_them(site: Caller, operator: Operator) -> None:
    tags = {
        slug: Tag.objects.create(casino=operator.casino, slug=slug, name=slug, player_groups=groups)
        for slug, groups in (("vip", ["gold", "black"]), ("staff", ["crew"]), ("new", []))
    }
    for ref, slugs in (("1", []), ("2", ["new"]), ("3", ["vip", "new"]), ("4", ["vip", "staff"])):
        make_game(operator, ref).tags.set([tags[slug] for slug in slugs])
    assert refs(site) == ["1", "2", "3", "4"]
    assert refs(site, "group=") == ["1", "2"]
    assert refs(site, "group=gold") == ["1", "2", "3", "4"]
    assert refs(site, "group=crew") == ["1", "2", "4"]


def test_vendors_are_told_with_their_countries_and_games(site: Caller, operator: Operator) -> None:
    vendor = make_vendor(
        operator, "pg", title="Pocket", logo_url="https://m.example/pg.png", prohibited_countries=["AU"]
    )
    make_vendor(operator, "quiet", enabled=False)
    make_vendor(operator, "gone", listing="gone", gone_at=NOW)
    make_game(operator, "1", vendor=vendor)
    make_game(operator, "2", vendor=vendor, enabled=False)
    Vendor.objects.filter(vendor_ref="Northwind").delete()
    told = {
        "operator_id": "lucky",
        "vendor_id": "pg",
        "title": "Pocket",
        "logo": "https://m.example/pg.png",
        "enabled": True,
        "games": 1,
        "restricted_countries": [],
        "prohibited_countries": ["AU"],
    }
    answer = site.get("vendors?enabled=true")
    assert answer.body == {"results": [told], "next": None}
    assert refs(site, "search=QUIE", "vendors", "vendor_id") == ["quiet"]
    assert refs(site, "", "vendors", "vendor_id") == ["pg", "quiet"]


@pytest.mark.parametrize("path", ["games", "lobbies", "vendors"])
def test_an_answer_that_is_known_is_not_sent_again(site: Caller, operator: Operator, path: str) -> None:
    make_game(operator, "1")
    make_lobby(operator)
    tag = site.get(path).headers["ETag"]
    assert site.get(path).headers["ETag"] == tag
    again = site.send("GET", path, content_type="application/json", **{"If-None-Match": tag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, None, tag)
    Game.objects.update(title="Nine Seas", enabled=False)
    Vendor.objects.update(enabled=False)
    fresh = site.send("GET", path, **{"If-None-Match": tag})
    assert (fresh.status, fresh.headers["ETag"] == tag) == (200, False)


@pytest.mark.parametrize("path", ["games", "lobbies", "vendors"])
def test_head_is_told_what_get_is(site: Caller, operator: Operator, path: str) -> None:
    make_game(operator, "1")
    tag = site.get(path).headers["ETag"]
    assert site.send("HEAD", path).headers["ETag"] == tag
    assert site.send("HEAD", path, **{"If-None-Match": f'"other", W/{tag}'}).status == 304


def test_a_visitor_is_shown_what_passes_every_check_featured_games_first(casino: Casino, operator: Operator) -> None:
    for ref, title in (("1", "Beryl"), ("2", "Amber"), ("3", "Coral")):
        make_game(operator, ref, title=title)
    make_game(operator, "4", enabled=False)
    make_lobby(operator, "b")
    make_lobby(operator, "a")
    FeaturedGame.objects.create(casino=casino, game=Game.objects.get(game_ref="3"), position=1)
    visitor = Visitor("DE", "DE-BE", "mobile", "EUR", "gold")
    assert [game.game_ref for game in show_games(casino, visitor)] == ["3", "2", "1"]
    assert [lobby.lobby_ref for lobby in show_lobbies(casino, visitor)] == ["a", "b"]


def test_each_check_says_why_a_game_is_not_shown(
    casino: Casino, operator: Operator, django_assert_num_queries: Any
) -> None:
    vendor = make_vendor(operator, "pg", enabled=False, prohibited_countries=["AU"], restricted_countries=["AU"])
    game = make_game(operator, vendor=vendor, platform="mobile", platform_enabled=False, enabled=False)
    game.tags.add(Tag.objects.create(casino=casino, slug="vip", name="VIP", player_groups=["gold"]))
    euro = Currency.objects.create(code="EUR")
    OperatorCurrency.objects.create(operator=operator, currency=euro)
    GameConfiguration.objects.create(game=game, currency=euro, stakes=[10])
    suspend_operator(operator=operator, by=STAFF)
    with django_assert_num_queries(1):
        verdicts = explain_game(game, Visitor("AU", "", "desktop", "SEK", "crew"))
    assert [(verdict.name, verdict.remark) for verdict in verdicts] == [
        ("Operator", "The operator account is not active."),
        ("Listing", ""),
        ("Our switch", "We have switched it off."),
        ("Our switch of the vendor", "We have switched its vendor off."),
        ("Vendor at the platform", ""),
        ("Platform's switch", "The platform has switched it off."),
        ("Prohibited countries", "Its vendor prohibits AU."),
        ("Restricted countries", "Its vendor restricts AU."),
        ("Device", "It is made for mobile alone."),
        ("Currency", "The operator account does not offer SEK."),
        ("Stakes", "It has no stakes in SEK."),
        ("Player group", "Its tags name groups, but not the group “crew”."),
    ]
    assert [verdict.passed for verdict in verdicts] == [not verdict.remark for verdict in verdicts]
    assert not show_games(casino, Visitor()).exists()


def test_a_lobby_is_explained_without_what_only_games_have(operator: Operator) -> None:
    verdicts = explain_lobby(make_lobby(operator), Visitor("DE", "", "desktop", "EUR", "crew"))
    assert [verdict.name for verdict in verdicts] == [
        "Operator",
        "Listing",
        "Our switch",
        "Our switch of the vendor",
        "Vendor at the platform",
        "Prohibited countries",
        "Restricted countries",
        "Currency",
    ]
    assert all(verdict.passed for verdict in verdicts)
