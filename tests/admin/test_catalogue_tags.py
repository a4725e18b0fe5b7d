"""Tags and featured games in the admin: made, put on games in bulk, put in order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from catalog.models import FeaturedGame, Game, Tag
from operators.models import AuditEntry
from tests.admin.house import House

LIST = reverse("admin:catalog_game_changelist")
FEATURED = reverse("admin:catalog_featuredgame_changelist")


@pytest.fixture
def tag(house: House) -> Tag:
    return Tag.objects.create(casino=house.casino, slug="live", name="Live")


def choose(client: Client, act: str, *games: Game) -> Any:
    return client.post(LIST, {"action": act, "index": "0", "_selected_action": [game.pk for game in games]})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def featured_refs(house: House) -> list[str]:
    rows = FeaturedGame.objects.filter(casino=house.casino).order_by("position")
    return list(rows.values_list("game__game_ref", flat=True))


def feature(house: House, *games: Game) -> None:
    for position, game in enumerate(games):
        FeaturedGame.objects.create(casino=house.casino, game=game, position=position)


def test_tag_is_made_changed_and_removed(staff: Callable[..., Client], house: House) -> None:
    client = staff("catalog.view_tag", "catalog.add_tag", "catalog.change_tag")
    data = {"casino": house.casino.pk, "name": "Live casino", "slug": "", "player_groups": "vip\n\ngold "}
    assert client.post(reverse("admin:catalog_tag_add"), data).status_code == 302
    tag = Tag.objects.get(casino=house.casino)
    assert (tag.slug, tag.player_groups) == ("live-casino", ["gold", "vip"])
    change = reverse("admin:catalog_tag_rename", args=[tag.pk])
    assert "gold\nvip" in client.get(change).content.decode()
    assert client.post(change, {"name": "Live", "player_groups": ""}).status_code == 302
    tag.refresh_from_db()
    assert (tag.name, tag.slug, tag.player_groups) == ("Live", "live-casino", [])
    house.game.tags.add(tag)
    answer = client.post(reverse("admin:catalog_tag_remove", args=[tag.pk]))
    assert said(answer)[-1] == "The tag “Live” is removed from 1 game."
    assert not Tag.objects.filter(casino=house.casino).exists()
    actions = AuditEntry.objects.filter(by="staff:anna").order_by("-pk").values_list("action", flat=True)
    assert list(actions[:3])[::-1] == ["make_tag", "change_tag", "remove_tag"]


def test_tags_of_one_game_are_ticked_on_its_page(staff: Callable[..., Client], house: House, tag: Tag) -> None:
    client = staff("catalog.view_game", "catalog.change_game")
    new = Tag.objects.create(casino=house.casino, slug="new", name="New")
    Tag.objects.create(casino=House().casino, slug="theirs", name="Theirs")
    house.game.tags.add(tag)
    address = reverse("admin:catalog_game_choose_tags", args=[house.game.pk])
    page = client.get(address).content.decode()
    assert ("Live" in page, "New" in page, "Theirs" in page) == (True, True, False)
    assert client.post(address, {"tags": [new.pk]}).status_code == 302
    assert list(house.game.tags.values_list("slug", flat=True)) == ["new"]


def test_tag_whose_slug_is_taken_is_refused(boss: Client, house: House, tag: Tag) -> None:
    data = {"casino": house.casino.pk, "name": "Live again", "slug": "live", "player_groups": ""}
    answer = boss.post(reverse("admin:catalog_tag_add"), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Tag.objects.filter(casino=house.casino).count() == 1


def test_tag_is_put_on_many_games_and_taken_off_again(boss: Client, house: House, tag: Tag) -> None:
    games = [house.add_game("201"), house.add_game("202")]
    games[0].tags.add(tag)
    page = choose(boss, "tag_selected", *games)
    assert [(each.name, each.count) for each in page.context["having"]] == [("Live", 1)]
    data = {"selection": page.context["sealed"], "way": "put", "tag": tag.pk}
    assert said(boss.post(page.context["target"], data)) == ["“Live” is put on 1 of 2 games."]
    assert tag.games.count() == 2
    page = choose(boss, "untag_selected", *games)
    data = {"selection": page.context["sealed"], "way": "take", "tag": tag.pk}
    assert said(boss.post(page.context["target"], data)) == ["“Live” is taken off 2 of 2 games."]
    assert not tag.games.exists()


def test_tag_that_is_not_chosen_or_another_casinos_is_refused_and_the_choice_kept(
    boss: Client, house: House, tag: Tag
) -> None:
    stranger = Tag.objects.create(casino=House().casino, slug="live", name="Theirs")
    page = choose(boss, "tag_selected", house.game)
    assert list(page.context["form"].fields["tag"].queryset) == [tag]
    for key in ("", stranger.pk):
        data = {"selection": page.context["sealed"], "way": "put", "tag": key}
        again = boss.post(page.context["target"], data)
        assert list(again.context["form"].errors) == ["tag"]
        assert again.context["selection"].ids == [house.game.pk]
    assert not house.game.tags.exists()


def test_games_are_featured_from_the_list(boss: Client, house: House) -> None:
    games = [house.add_game("202"), house.add_game("201")]
    page = choose(boss, "feature_selected", *games)
    assert featured_refs(house) == []
    answer = boss.post(page.context["target"], {"selection": page.context["sealed"]})
    assert answer.headers["Location"] == f"{FEATURED}?casino={house.casino.slug}"
    assert featured_refs(house) == ["201", "202"]


def test_games_of_two_casinos_are_not_featured_together(boss: Client, house: House) -> None:
    page = choose(boss, "feature_selected", house.game, House().game)
    assert "They are games of 2 casinos" in page.content.decode()
    boss.post(page.context["target"], {"selection": page.context["sealed"]})
    assert not FeaturedGame.objects.exists()


def test_order_is_saved_as_the_page_stands_with_places_typed_in_and_games_ticked_off(
    boss: Client, house: House
) -> None:
    games = [house.game, *(house.add_game(str(number)) for number in (201, 202, 203))]
    feature(house, *games)
    address = f"{FEATURED}?casino={house.casino.slug}"
    shown = boss.get(address).context["shown"]
    keys = [game.pk for game in games]
    assert shown == ",".join(map(str, keys))
    data = {
        "shown": shown,
        "game": [keys[1], keys[0], keys[2], keys[3]],
        f"to-{keys[3]}": "1",
        f"to-{keys[0]}": "",
        "drop": [keys[2]],
    }
    assert said(boss.post(address, data)) == ["The order is saved. Featured no longer: 1."]
    assert featured_refs(house) == ["203", "201", "200"]


def test_order_that_somebody_changed_meanwhile_is_refused_and_said(boss: Client, house: House) -> None:
    games = [house.game, house.add_game("201")]
    feature(house, *games)
    address = f"{FEATURED}?casino={house.casino.slug}"
    shown = boss.get(address).context["shown"]
    FeaturedGame.objects.filter(game=games[0]).update(position=7)
    answer = boss.post(address, {"shown": shown, "game": [games[1].pk, games[0].pk], "drop": [games[1].pk]})
    assert "Somebody else has changed" in said(answer)[0]
    assert featured_refs(house) == ["201", "200"]


def test_game_is_found_and_added(boss: Client, house: House) -> None:
    feature(house, house.game)
    house.add_game("201")
    house.add_game("gone", listing="gone", gone_at=house.game.first_seen_at)
    search = reverse("admin:catalog_featuredgame_games")
    found = boss.get(search, {"casino": house.casino.slug, "term": "game"}).json()["results"]
    assert [each["text"].split(" (")[0] for each in found] == ["Game 201"]
    boss.post(f"{FEATURED}?casino={house.casino.slug}", {"add_game": "1", "add": found[0]["id"]})
    assert featured_refs(house) == ["200", "201"]


def test_staff_who_may_only_look_arranges_nothing(staff: Callable[..., Client], house: House, tag: Tag) -> None:
    client = staff("catalog.view_featuredgame", "catalog.view_game", "catalog.view_tag")
    feature(house, house.game)
    address = f"{FEATURED}?casino={house.casino.slug}"
    page = client.get(address)
    assert page.status_code == 200
    assert "Save the order" not in page.content.decode()
    assert client.post(address, {"shown": page.context["shown"], "drop": [house.game.pk]}).status_code == 403
    assert client.get(reverse("admin:catalog_featuredgame_games")).status_code == 403
    assert "sealed" not in choose(client, "tag_selected", house.game).context
    for name in ("tag_many", "feature_many"):
        assert client.post(reverse(f"admin:catalog_game_{name}"), {}).status_code == 403
    assert client.get(reverse("admin:catalog_tag_add")).status_code == 403
    assert client.post(reverse("admin:catalog_tag_remove", args=[tag.pk])).status_code == 403
    assert featured_refs(house) == ["200"]


def test_featured_games_are_read_in_the_same_number_of_queries(
    boss: Client, house: House, django_assert_num_queries: Any
) -> None:
    address = f"{FEATURED}?casino={house.casino.slug}"
    feature(house, house.game)
    boss.get(address)
    with django_assert_num_queries(4):
        boss.get(address)
    feature(house, *(house.add_game(f"g{number}") for number in range(20)))
    with django_assert_num_queries(4):
        boss.get(address)
