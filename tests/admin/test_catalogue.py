"""Games, lobbies and vendors in the admin: shown with their pictures, switched on and off, fetched."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import Game, Vendor
from operators.models import AuditEntry
from tests.admin.house import House
from tests.wallet.world import Seat
from wallet.services.play import GameDisabled

LIST = reverse("admin:catalog_game_changelist")


def images_allowed(answer: Any) -> list[str]:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return str(policy["img-src"]).split()


def act(client: Client, row: Any, name: str) -> Any:
    return client.post(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{name}", args=[row.pk]))


def test_game_that_is_switched_off_takes_no_bet(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    client = staff("catalog.view_game", "catalog.change_game")
    house.post("bet", seat, "1.00")
    assert act(client, house.game, "switch_off").status_code == 302
    with pytest.raises(GameDisabled):
        house.post("bet", seat, "1.00")
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.by, entry.action, entry.details) == ("staff:anna", "switch_game", {"enabled": False})
    assert act(client, house.game, "switch_on").status_code == 302
    house.post("bet", seat, "1.00")


def test_lobby_and_vendor_are_switched(boss: Client, house: House) -> None:
    for row in (house.add_lobby("live"), Vendor.objects.create(operator=house.operator, vendor_ref="Aurora")):
        assert act(boss, row, "switch_off").status_code == 302
        row.refresh_from_db()
        assert not row.enabled
        assert act(boss, row, "switch_on").status_code == 302
        row.refresh_from_db()
        assert row.enabled


def test_staff_who_may_only_look_switches_nothing(staff: Callable[..., Client], house: House) -> None:
    assert act(staff("catalog.view_game"), house.game, "switch_off").status_code == 403
    house.game.refresh_from_db()
    assert house.game.enabled


def test_only_the_switch_that_would_change_something_is_offered(boss: Client, house: House) -> None:
    page = boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])).content.decode()
    off, on = (reverse(f"admin:catalog_game_{name}", args=[house.game.pk]) for name in ("switch_off", "switch_on"))
    assert (off in page, on in page) == (True, False)


def test_picture_loads_late_and_tells_the_platform_nothing(boss: Client, house: House) -> None:
    Game.objects.filter(pk=house.game.pk).update(thumbnails={"300x300": "https://cdn.example/a.png?x=1&y=2"})
    page = boss.get(LIST).content.decode()
    picture = page.split('class="thumbnail"')[1].split(">")[0]
    assert picture == ' src="https://cdn.example/a.png?x=1&amp;y=2" alt="" loading="lazy" referrerpolicy="no-referrer"'


def test_only_the_pictures_shown_are_let_through_the_policy(boss: Client, house: House) -> None:
    Game.objects.filter(pk=house.game.pk).update(thumbnails={"s": "https://cdn.example:8443/a.png"})
    house.add_game("201", thumbnails={"s": "http://img.example/b.png"})
    house.add_game("202", thumbnails={"s": "http://img.example/c.png"})
    row = boss.get(reverse("admin:catalog_game_change", args=[house.game.pk]))
    assert images_allowed(row) == ["'self'", "data:", "https://cdn.example:8443"]
    ours = {"operator__id__exact": house.operator.pk}
    assert images_allowed(boss.get(LIST, ours)) == ["'self'", "data:", "http://img.example", "https://cdn.example:8443"]
    assert images_allowed(boss.get(reverse("admin:index"))) == ["'self'", "data:"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "https://a.example; script-src *", "http://[::1", "//x", "", 7, None],
)
def test_address_that_is_no_web_address_is_no_picture(boss: Client, house: House, url: object) -> None:
    Game.objects.filter(pk=house.game.pk).update(thumbnails={"s": url})
    answer = boss.get(LIST, {"operator__id__exact": house.operator.pk})
    assert answer.status_code == 200
    assert images_allowed(answer) == ["'self'", "data:"]
    assert "<img" not in answer.content.decode().split('id="result_list"')[1]


def test_games_are_found_by_title_and_id_and_filtered(boss: Client, house: House) -> None:
    vendor = Vendor.objects.create(operator=house.operator, vendor_ref="Aurora Games")
    storms = house.add_game("777", vendor=vendor)
    Game.objects.filter(pk=storms.pk).update(title="Book of Storms")
    gone = house.add_game("13", listing="gone", gone_at=storms.first_seen_at)
    ours = {"operator__id__exact": house.operator.pk}

    def found(**query: Any) -> list[str]:
        return [game.game_ref for game in boss.get(LIST, ours | query).context["cl"].result_list]

    assert found(q="of storm") == ["777"]
    assert found(q="777") == ["777"]
    assert found(q="77") == []
    assert found(vendor_name="aurora") == ["777"]
    assert found(listing__exact="gone") == [gone.game_ref]
    assert found(enabled__exact="0") == []


def test_list_of_games_asks_as_often_for_many_as_for_few(
    boss: Client, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss.get(LIST)
    with django_assert_num_queries(14):
        boss.get(LIST)
    for number in range(20):
        house.add_game(f"g{number}", vendor=Vendor.objects.create(operator=house.operator, vendor_ref=f"v{number}"))
    with django_assert_num_queries(14):
        boss.get(LIST)
