"""The list of games with its filters, a game's page, and the games that no platform lists."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import (
    Change,
    Currency,
    FeaturedGame,
    Game,
    GameConfiguration,
    OperatorCurrency,
    RunState,
    SyncRun,
    Tag,
    Vendor,
)
from operators.models import AuditEntry
from tests.admin.house import House
from tests.wallet.world import Seat

LIST = reverse("admin:catalog_game_changelist")


@pytest.fixture
def shelf(house: House) -> House:
    """A casino with one game for each filter, and one that fits none."""
    vendor = Vendor.objects.create(
        operator=house.operator,
        vendor_ref="a1",
        title="Aurora",
        prohibited_countries=["TR"],
        restricted_countries=["CA-QC"],
    )
    tag = Tag.objects.create(casino=house.casino, slug="live", name="Live")
    house.add_game("vendor", vendor=vendor)
    house.add_game("type", game_type="slot", subtype="megaways", platform="mobile")
    house.add_game("able", fun_mode=True, campaigns=True, free_rounds=True)
    house.add_game("rtp", rtp=Decimal("96.5"), created_date=date(2024, 5, 1))
    house.add_game("tagged").tags.add(tag)
    FeaturedGame.objects.create(casino=house.casino, game=house.add_game("featured"))
    house.add_game("ours", custom_title="Storms", custom_thumbnail_url="https://cdn.example/x.png")
    house.add_game("off", enabled=False, platform_enabled=False)
    house.add_game("unmapped", listing="unmapped")
    return house


def find(client: Client, house: House, **query: Any) -> list[str]:
    answer = client.get(LIST, {"operator__id__exact": house.operator.pk} | query)
    return sorted(game.game_ref for game in answer.context["cl"].result_list)


def vendor_key(house: House) -> int:
    return Vendor.objects.get(operator=house.operator).pk


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"vendor_name": "auro"}, ["vendor"]),
        ({"country": "tr"}, ["vendor"]),
        ({"country": "CA-QC"}, ["vendor"]),
        ({"country": "CA"}, []),
        ({"game_type": "slot"}, ["type"]),
        ({"subtype": "megaways"}, ["type"]),
        ({"platform": "mobile"}, ["type"]),
        ({"fun_mode__exact": "1"}, ["able"]),
        ({"campaigns__exact": "1"}, ["able"]),
        ({"free_rounds__exact": "1"}, ["able"]),
        ({"rtp_from": "96", "rtp_to": "97"}, ["rtp"]),
        ({"rtp_from": "96.51"}, []),
        ({"created_date_from": "2024-05-01", "created_date_to": "2024-05-31"}, ["rtp"]),
        ({"featured": "no", "q": "featured"}, []),
        ({"presented": "title"}, ["ours"]),
        ({"presented": "picture"}, ["ours"]),
        ({"enabled__exact": "0"}, ["off"]),
        ({"platform_enabled__exact": "0"}, ["off"]),
        ({"listing__exact": "unmapped"}, ["unmapped"]),
        ({"q": "storm"}, ["ours"]),
    ],
)
def test_games_are_narrowed(boss: Client, shelf: House, query: dict[str, str], found: list[str]) -> None:
    assert find(boss, shelf, **query) == found


def test_games_are_narrowed_by_vendor_tag_featured_and_casino(boss: Client, shelf: House) -> None:
    tag = Tag.objects.get(casino=shelf.casino)
    assert find(boss, shelf, vendor__id__exact=vendor_key(shelf)) == ["vendor"]
    assert find(boss, shelf, tag=tag.pk) == ["tagged"]
    assert "tagged" not in find(boss, shelf, tag="none")
    assert find(boss, shelf, featured=shelf.casino.slug) == ["featured"]
    assert len(find(boss, shelf, operator__casino__id__exact=shelf.casino.pk)) == 10
    assert find(boss, shelf, operator__casino__id__exact=House().casino.pk) == []


@pytest.mark.parametrize(
    "query", [{"rtp_from": "x"}, {"created_date_from": "x"}, {"tag": "x"}, {"tag": "9" * 30}, {"featured": "x"}]
)
def test_filter_that_makes_no_sense_is_no_fault(boss: Client, shelf: House, query: dict[str, str]) -> None:
    assert boss.get(LIST, query).status_code in {200, 302}


def test_tags_are_read_at_once_for_all_games(boss: Client, shelf: House) -> None:
    page = boss.get(LIST, {"operator__id__exact": shelf.operator.pk}).content.decode()
    assert "Live" in page


def test_games_page_tells_everything(boss: Client, shelf: House) -> None:
    game = Game.objects.get(operator=shelf.operator, game_ref="vendor")
    Game.objects.filter(pk=game.pk).update(
        description={"en": "A storm", "de": "Ein Sturm"}, raw='{"id": "vendor", "rtp": 96.10}', custom_title="Our storm"
    )
    run = SyncRun.objects.create(
        operator=shelf.operator,
        by="celery",
        started_at=timezone.now(),
        heartbeat_at=timezone.now(),
        ended_at=timezone.now(),
        state=RunState.APPLIED,
    )
    Change.objects.create(
        run=run,
        operator=shelf.operator,
        at=timezone.now(),
        subject="game",
        ref="vendor",
        kind="renamed",
        before={"title": "Old storm"},
        after={"title": "Storm"},
    )
    page = boss.get(reverse("admin:catalog_game_change", args=[game.pk])).content.decode()
    for told in ("A storm", "Ein Sturm", "96.10", "Our storm", "Türkiye", "Canada: CA-QC", "Renamed", "Old storm"):
        assert told in page, told


def test_changes_that_a_preview_only_found_are_not_in_a_games_history(boss: Client, house: House) -> None:
    now = timezone.now()
    run = SyncRun.objects.create(
        operator=house.operator, by="x", started_at=now, heartbeat_at=now, ended_at=now, state=RunState.PREVIEWED
    )
    Change.objects.create(run=run, operator=house.operator, at=now, subject="game", ref="200", kind="gone")
    page = boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])).content.decode()
    assert "No change since it came." in page


@pytest.mark.parametrize("multiplied", [1, 5])
def test_stakes_and_exposures_are_told_as_money_whether_the_platform_multiplied_them_or_not(
    boss: Client, house: House, multiplied: int
) -> None:
    Currency.objects.get_or_create(code="IDR", defaults={"is_iso": True})
    Currency.objects.filter(code="KIDR").delete()
    unit = Currency.objects.create(code="KIDR", base_code="IDR", unit_factor=1000)
    OperatorCurrency.objects.create(operator=house.operator, currency=unit, multiplier=5)
    row = GameConfiguration.objects.create(
        game=house.game,
        currency=unit,
        stakes=[10, 1000, 20],
        expected_rtp=Decimal("96.19"),
        one_hundred_x_odds=5522,
        max_win_odds=103680,
        max_payout=1000,
        max_exposure=2_000_000 * multiplied,
        calculated_max_exposure=1_000_000 * multiplied,
    )
    for name, key in (("game", house.game.pk), ("gameconfiguration", row.pk)):
        page = boss.get(reverse(f"admin:catalog_{name}_change", args=[key])).content.decode()
        assert "0.50 · 1.00 · 50.00" in page
        assert "500.00 to 50,000.00 IDR" in page
        assert "1 in 5,522" in page
        assert "1,000 &times; stake" in page
        assert '100,000.00 <span class="currency">KIDR</span>' in page


def test_configurations_own_multiplier_counts_before_the_operators(boss: Client, house: House) -> None:
    currency, _ = Currency.objects.get_or_create(code="PLN", defaults={"is_iso": True})
    OperatorCurrency.objects.create(operator=house.operator, currency=currency, multiplier=5)
    GameConfiguration.objects.create(game=house.game, currency=currency, stakes=[100], currency_multiplier=2)
    page = boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])).content.decode()
    assert '<td data-label="Stakes" class="figure">2.00</td>' in page


def test_game_is_given_a_title_and_picture_and_shown_with_the_platforms_to_stand_in(
    staff: Callable[..., Client], house: House
) -> None:
    client = staff("catalog.view_game", "catalog.change_game")
    Game.objects.filter(pk=house.game.pk).update(thumbnails={"s": "https://platform.example/200.png"})
    address = reverse("admin:catalog_game_present", args=[house.game.pk])
    picture = "https://cdn.example/ours.png"
    assert client.post(address, {"custom_title": "Storms", "custom_thumbnail_url": picture}).status_code == 302
    answer = client.get(reverse("admin:catalog_game_change", args=[house.game.pk]))
    page = answer.content.decode()
    assert f'src="{picture}"' in page
    assert 'data-fallback="https://platform.example/200.png"' in page
    policy = answer.headers["Content-Security-Policy"]
    assert "https://cdn.example" in policy
    assert "https://platform.example" in policy
    assert AuditEntry.objects.filter(action="present_game", by="staff:anna").count() == 1


def test_picture_that_is_not_https_is_told_at_its_field(boss: Client, house: House) -> None:
    address = reverse("admin:catalog_game_present", args=[house.game.pk])
    answer = boss.post(address, {"custom_title": "", "custom_thumbnail_url": "http://cdn.example/x.png"})
    assert answer.context["form"].errors == {"custom_thumbnail_url": ["Enter an address that begins with https://."]}


def test_unmapped_games_are_listed_with_what_was_played(boss: Client, house: House, seat: Seat) -> None:
    lobby = house.add_lobby("live")
    guest = house.seat(lobby_ref=lobby.lobby_ref)
    guest.game_ref = "never-listed"
    bet = house.post("bet", guest, "10.00")
    house.post("win", guest, "25.50", round_ref=bet.round_ref)
    house.post("bet", guest, "5.00")
    assert "1 game met in play that no platform lists." in " ".join(boss.get(LIST).content.decode().split())
    answer = boss.get(reverse("admin:catalog_game_unmapped"))
    ((game, played),) = answer.context["rows"]
    assert (game.game_ref, game.listing) == ("never-listed", "unmapped")
    (euros,) = played
    assert (euros.currency, euros.rounds, euros.players) == ("EUR", 2, 1)
    assert (euros.bets, euros.wins) == (Decimal("15.00"), Decimal("25.50"))


@pytest.mark.parametrize("name", ["catalog_game_unmapped", "catalog_game_lobby_preview", "catalog_game_changelist"])
def test_stranger_sees_no_catalogue(staff: Callable[..., Client], house: House, name: str) -> None:
    assert staff("wallet.view_player").get(reverse(f"admin:{name}")).status_code == 403
