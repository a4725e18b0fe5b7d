"""The catalogue's pages in a real browser: many games switched off, featured games dragged, the lobby looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from catalog.models import FeaturedGame, Game, Tag, Vendor
from operators.models import AuditEntry
from tests.admin.browser import Watch, ask, browsing, fits, make_chief, serving, sign_in
from tests.admin.house import House

pytestmark = pytest.mark.browser


@dataclass
class Desk:
    """A window with a member of staff logged in, a house with sixty games, and what went wrong in the window."""

    page: Page
    watch: Watch
    house: House
    address: str

    def open(self, place: str, width: int = 1440) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self.address + place)
        self.page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def desk(committed_db: None, address: str) -> Iterator[Desk]:
    house, username = stock(address), make_chief()
    with browsing() as browser:
        yield sit(browser, address, username, house)


def sit(browser: Browser, address: str, username: str, house: House) -> Desk:
    """Log in."""
    page, watch = sign_in(browser, address, username)
    return Desk(page, watch, house, address)


def stock(address: str) -> House:
    """A house with sixty games more, three of them featured, one kept for a group, some barred in Turkey."""
    house = House()
    vendor = Vendor.objects.create(
        operator=house.operator, vendor_ref="a1", title="Aurora", prohibited_countries=["TR"]
    )
    picture = {"s": f"{address}/static/backoffice/favicon.svg"}
    for number in range(10, 70):
        house.add_game(f"g{number}", vendor=vendor if number < 20 else None, thumbnails=picture)
    games = list(Game.objects.filter(operator=house.operator).order_by("game_ref"))
    for position, game in enumerate(games[-3:]):
        FeaturedGame.objects.create(casino=house.casino, game=game, position=position)
    tag = Tag.objects.create(casino=house.casino, slug="vip", name="VIP", player_groups=["vip"])
    games[30].tags.add(tag)
    return house


def featured_refs(house: House) -> list[str]:
    rows = FeaturedGame.objects.filter(casino=house.casino).order_by("position")
    return ask(lambda: list(rows.values_list("game__game_ref", flat=True)))


def count_games(house: House, *, enabled: bool) -> int:
    return ask(Game.objects.filter(operator=house.operator, enabled=enabled).count)


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """Drag to the upper edge of something, as fast as a hand does: the list looks where the pointer is now and then."""
    start, end = what.bounding_box(), onto.bounding_box()
    assert start is not None
    assert end is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + 20, y + (end["y"] + 4 - y) * step / 12)
        page.wait_for_timeout(30)
    page.mouse.up()


def test_all_games_that_a_filter_finds_are_previewed_and_switched_off(desk: Desk) -> None:
    page = desk.page
    desk.open(f"{reverse('admin:catalog_game_changelist')}?operator__id__exact={desk.house.operator.pk}")
    page.locator("#action-toggle").check()
    page.get_by_text("Select all 61 games").click()
    page.locator("select[name=action]").select_option("switch_selected_off")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name="Switch off 61 games?")).to_be_visible()
    expect(page.locator(".tile", has_text="Would be switched off")).to_contain_text("61")
    rows = page.locator("table.sheet tbody tr")
    expect(rows.filter(has_text="Aurora")).to_contain_text("10")
    assert page.locator(".cards .card").count() == 12
    assert page.locator(".cards img").first.evaluate("image => image.naturalWidth > 0")
    assert count_games(desk.house, enabled=False) == 0
    page.get_by_role("button", name="Switch off 61 games").click()
    expect(page.get_by_text("Switched off: 61 games.")).to_be_visible()
    assert count_games(desk.house, enabled=True) == 0
    entry = ask(AuditEntry.objects.filter(action="switch_game_many").order_by("-pk")[:1].get)
    assert entry.details["changed"] == 61
    assert desk.watch.faults == []


def test_featured_games_are_dragged_moved_by_keys_and_by_number(desk: Desk) -> None:
    page = desk.page
    desk.open(f"{reverse('admin:catalog_featuredgame_changelist')}?casino={desk.house.casino.slug}")
    rows = page.locator("ol.order li")
    drag(page, rows.nth(2).locator(".grip"), rows.nth(0))
    expect(rows.nth(0)).to_contain_text("Game g69")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert featured_refs(desk.house) == ["g67", "g68", "g69"]
    page.get_by_role("button", name="Save the order").click()
    expect(page.get_by_text("The order is saved.")).to_be_visible()
    assert featured_refs(desk.house) == ["g69", "g67", "g68"]

    page.get_by_role("button", name="Game g68 up").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_contain_text("Game g68")
    page.get_by_label("Place for Game g69").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The order is saved.")).to_be_visible()
    assert featured_refs(desk.house) == ["g68", "g67", "g69"]
    assert desk.watch.faults == []


def test_game_is_found_as_one_types_and_featured(desk: Desk) -> None:
    page = desk.page
    desk.open(f"{reverse('admin:catalog_featuredgame_changelist')}?casino={desk.house.casino.slug}")
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("game g1")
    page.locator(".select2-results__option", has_text="Game g11").click()
    page.get_by_role("button", name="Add").click()
    expect(page.locator("ol.order li")).to_have_count(4)
    assert featured_refs(desk.house) == ["g67", "g68", "g69", "g11"]
    assert desk.watch.faults == []


def test_lobby_is_looked_at_as_a_visitor_and_a_missing_game_explained(desk: Desk) -> None:
    page = desk.page
    desk.open(f"{reverse('admin:catalog_game_lobby_preview')}?casino={desk.house.casino.slug}")
    shown = page.locator(".tile", has_text="Games shown").locator("strong")
    expect(shown).to_have_text("61")
    expect(page.locator(".card").first).to_contain_text("Game g67")
    page.locator("select[name=country] + .select2").click()
    page.locator(".select2-search__field").fill("Türk")
    page.locator(".select2-results__option", has_text="Türkiye").click()
    page.get_by_label("Player group").select_option("-")
    page.get_by_role("button", name="Show the lobby").click()
    expect(shown).to_have_text("50")
    assert page.locator(".card img").first.evaluate("image => image.naturalWidth > 0")
    page.get_by_label("A part of its title, or its id").fill("g15")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("“Game g15” is not shown.")).to_be_visible()
    failed = page.locator("#why tr", has_text="failed")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("Its vendor prohibits TR.")
    expect(shown).to_have_text("50")
    assert desk.watch.faults == []


@pytest.mark.parametrize("width", [1440, 390])
def test_catalogues_pages_fit_and_break_no_rule(desk: Desk, width: int) -> None:
    house = desk.house
    game, vendor = house.game.pk, ask(lambda: Vendor.objects.get(operator=house.operator).pk)
    tag = ask(lambda: Tag.objects.get(casino=house.casino).pk)
    ours = f"?operator__id__exact={house.operator.pk}"
    places = [
        reverse("admin:catalog_game_changelist") + ours,
        reverse("admin:catalog_game_change", args=[game]),
        reverse("admin:catalog_game_present", args=[game]),
        reverse("admin:catalog_game_unmapped"),
        reverse("admin:catalog_vendor_changelist") + ours,
        reverse("admin:catalog_vendor_change", args=[vendor]),
        reverse("admin:catalog_lobby_changelist") + ours,
        reverse("admin:catalog_tag_changelist"),
        reverse("admin:catalog_tag_change", args=[tag]),
        reverse("admin:catalog_tag_add"),
        reverse("admin:catalog_featuredgame_changelist") + f"?casino={house.casino.slug}",
        reverse("admin:catalog_game_lobby_preview") + f"?casino={house.casino.slug}",
        reverse("admin:catalog_currency_changelist"),
        reverse("admin:catalog_currency_add"),
        reverse("admin:catalog_operatorcurrency_changelist"),
        reverse("admin:catalog_gameconfiguration_changelist"),
    ]
    for place in places:
        desk.open(place, width)
        assert fits(desk.page), place
    assert desk.watch.faults == []
