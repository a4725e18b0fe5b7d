"""Tags and featured games, made and put on games by services that leave a trace."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.models import FeaturedGame, Game, Tag
from catalog.services import featured
from catalog.services.featured import OrderChanged, TooManyFeatured, feature_games, order_featured_games
from catalog.services.tags import OtherCasinos, change_tag, make_tag, remove_tag, set_tags, tag_games, untag_games
from operators.models import AuditEntry
from tests.admin.house import House

BY = "staff:anna"


@pytest.fixture
def house(db: None) -> House:
    return House()


def make(house: House, name: str = "Live casino", **facts: Any) -> Tag:
    return make_tag(casino=house.casino, slug=name.lower().replace(" ", "-"), name=name, by=BY, **facts)


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


def featured_refs(house: House) -> list[str]:
    rows = FeaturedGame.objects.filter(casino=house.casino).order_by("position")
    return list(rows.values_list("game__game_ref", flat=True))


def test_tag_is_made_with_tidy_player_groups(house: House) -> None:
    tag = make(house, player_groups=["vip", " gold ", "", "vip"])
    assert (tag.slug, tag.name, tag.player_groups) == ("live-casino", "Live casino", ["gold", "vip"])
    assert last_entry().details == {"slug": "live-casino", "name": "Live casino", "player_groups": ["gold", "vip"]}


def test_second_tag_of_the_same_slug_is_refused_at_one_casino_and_taken_at_another(house: House) -> None:
    make(house)
    with pytest.raises(ValidationError):
        make(house)
    make(House())
    assert Tag.objects.filter(slug="live-casino").count() == 2


def test_tag_is_renamed_and_given_groups(house: House) -> None:
    tag = change_tag(tag=make(house), name="Live", player_groups=["vip"], by=BY)
    assert last_entry().details == {
        "name": {"from": "Live casino", "to": "Live"},
        "player_groups": {"from": [], "to": ["vip"]},
    }
    assert Tag.objects.get(pk=tag.pk).name == "Live"


def test_tag_is_put_on_games_that_lack_it_and_taken_off_those_that_have_it(house: House) -> None:
    tag, games = make(house), [house.game, house.add_game("201"), house.add_game("202")]
    games[0].tags.add(tag)
    ids = [game.pk for game in games]
    assert tag_games(tag=tag, ids=ids, described="three", by=BY) == ids[1:]
    assert set(tag.games.values_list("pk", flat=True)) == set(ids)
    assert last_entry().details == {"tag": tag.slug, "chosen": "three", "changed": 2, "ids": f"{ids[1]}-{ids[2]}"}
    assert untag_games(tag=tag, ids=ids[:2], described="two", by=BY) == ids[:2]
    assert list(tag.games.values_list("pk", flat=True)) == [ids[2]]
    assert (last_entry().action, last_entry().details["changed"]) == ("untag_games", 2)


def test_one_game_is_given_exactly_these_tags(house: House) -> None:
    tags = [make(house, name) for name in ("New", "Live", "Gone")]
    house.game.tags.set(tags[1:])
    before = last_entry().pk
    set_tags(game=house.game, tags=tags[:2], by=BY)
    assert set(house.game.tags.values_list("slug", flat=True)) == {"new", "live"}
    entries = AuditEntry.objects.filter(pk__gt=before).order_by("pk").values_list("action", "details__tag")
    assert list(entries) == [("tag_games", "new"), ("untag_games", "gone")]


def test_game_is_given_no_tag_of_another_casino_and_keeps_its_own(house: House) -> None:
    own, others = make(house), [make(house, "New"), make(House())]
    house.game.tags.add(own)
    with pytest.raises(OtherCasinos):
        set_tags(game=house.game, tags=others, by=BY)
    assert list(house.game.tags.values_list("pk", flat=True)) == [own.pk]


def test_tag_of_one_casino_goes_on_no_game_of_another(house: House) -> None:
    tag, other = make(house), House()
    with pytest.raises(OtherCasinos):
        tag_games(tag=tag, ids=[house.game.pk, other.game.pk], described="two", by=BY)
    assert not tag.games.exists()


def test_removed_tag_is_off_its_games_and_the_trail_says_which(house: House) -> None:
    tag = make(house)
    house.game.tags.add(tag)
    assert remove_tag(tag=tag, by=BY) == 1
    assert not Tag.objects.filter(pk=tag.pk).exists()
    assert not house.game.tags.exists()
    assert last_entry().details["games"] == str(house.game.pk)


def test_games_are_featured_after_those_that_were_by_title(house: House) -> None:
    feature_games(casino=house.casino, ids=[house.game.pk], by=BY)
    more = [house.add_game("202").pk, house.add_game("201").pk, house.game.pk]
    assert feature_games(casino=house.casino, ids=more, by=BY) == [more[1], more[0]]
    assert featured_refs(house) == ["200", "201", "202"]
    assert last_entry().details == {"added": f"{more[0]}-{more[1]}", "featured": 3}


def test_games_of_another_casino_are_not_featured(house: House) -> None:
    with pytest.raises(ValidationError):
        feature_games(casino=house.casino, ids=[house.game.pk, House().game.pk], by=BY)
    assert featured_refs(house) == []


def test_more_games_than_anybody_arranges_are_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(featured, "MOST_FEATURED", 2)
    feature_games(casino=house.casino, ids=[house.game.pk, house.add_game("201").pk], by=BY)
    with pytest.raises(TooManyFeatured):
        feature_games(casino=house.casino, ids=[house.add_game("202").pk], by=BY)
    assert featured_refs(house) == ["200", "201"]


def test_order_is_changed_and_what_is_left_out_is_featured_no_longer(house: House) -> None:
    ids = [house.game.pk, house.add_game("201").pk, house.add_game("202").pk]
    feature_games(casino=house.casino, ids=ids, by=BY)
    order_featured_games(casino=house.casino, shown=ids, ordered=[ids[2], ids[0]], by=BY)
    assert featured_refs(house) == ["202", "200"]
    assert last_entry().details == {"from": ids, "to": [ids[2], ids[0]]}
    assert Game.objects.filter(pk=ids[1]).exists()


def test_order_that_somebody_else_changed_meanwhile_is_refused(house: House) -> None:
    ids = [house.game.pk, house.add_game("201").pk]
    feature_games(casino=house.casino, ids=ids, by=BY)
    order_featured_games(casino=house.casino, shown=ids, ordered=ids[::-1], by="staff:olga")
    with pytest.raises(OrderChanged):
        order_featured_games(casino=house.casino, shown=ids, ordered=ids[:1], by=BY)
    assert featured_refs(house) == ["201", "200"]


@pytest.mark.parametrize("twice", [True, False])
def test_order_that_names_a_game_twice_or_a_stranger_is_refused(house: House, twice: bool) -> None:
    feature_games(casino=house.casino, ids=[house.game.pk], by=BY)
    ordered = [house.game.pk, house.game.pk if twice else house.add_game("201").pk]
    with pytest.raises(ValidationError):
        order_featured_games(casino=house.casino, shown=[house.game.pk], ordered=ordered, by=BY)
    assert featured_refs(house) == ["200"]
