"""Switching many rows in the admin: previewed, done as previewed, and said what others did meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.admin.selections import LIFETIME
from catalog.models import Currency, Game, Lobby, OperatorCurrency, Vendor
from operators.models import AuditEntry
from tests.admin.house import House
from tests.wallet.world import Seat

LIST = reverse("admin:catalog_game_changelist")


def ours(house: House) -> str:
    return f"operator__id__exact={house.operator.pk}"


def preview(client: Client, house: House, to: str, *rows: Any, model: Any = Game) -> Any:
    """Choose rows, or all that the filter finds, and answer the page that shows what would be done."""
    address = f"{reverse(f'admin:catalog_{model.__name__.lower()}_changelist')}?{ours(house)}"
    everything = {"select_across": "1", "_selected_action": [model.objects.filter(operator=house.operator)[0].pk]}
    chosen = {"_selected_action": [row.pk for row in rows]} if rows else everything
    return client.post(address, {"action": f"switch_selected_{to}", "index": "0", **chosen})


def do(client: Client, page: Any, **other: str) -> Any:
    """Press the preview's button."""
    data = {"selection": page.context["sealed"], "to": page.context["word"]} | other
    return client.post(page.context["target"], data)


def switches(house: House) -> dict[str, bool]:
    return dict(Game.objects.filter(operator=house.operator).values_list("game_ref", "enabled"))


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_preview_shows_what_it_touches_and_does_nothing(boss: Client, house: House, seat: Seat) -> None:
    vendor = Vendor.objects.create(operator=house.operator, vendor_ref="a1", title="Aurora")
    house.add_game("201", vendor=vendor, thumbnails={"s": "https://cdn.example/201.png"})
    house.add_game("202", vendor=vendor, enabled=False)
    house.post("bet", seat, "1.00")
    page = preview(boss, house, "off")
    touched, play = page.context["touched"], page.context["play"]
    assert (len(touched.changing), len(touched.already)) == (2, 1)
    assert (play.sessions, play.rounds) == (1, 1)
    assert [str(row) for row, _picture in page.context["examples"]] == ["Game 200", "Game 201"]
    assert page.context["selection"].described == f"all with operator__id__exact: {house.operator.pk}"
    assert "https://cdn.example" in page.headers["Content-Security-Policy"]
    assert switches(house) == {"200": True, "201": True, "202": False}


def test_all_that_the_filters_find_are_switched_and_the_trail_names_the_filter(boss: Client, house: House) -> None:
    house.add_game("201")
    House()
    page = preview(boss, house, "off")
    answer = do(boss, page)
    assert answer.headers["Location"] == f"{LIST}?{ours(house)}"
    assert said(answer) == ["Switched off: 2 games."]
    assert switches(house) == {"200": False, "201": False}
    entry = AuditEntry.objects.get(action="switch_game_many")
    assert (entry.by, entry.details["chosen"]) == ("staff:boss", f"all with operator: {house.operator}")
    assert Game.objects.exclude(operator=house.operator).filter(enabled=False).count() == 0


def test_choice_is_described_by_all_filters_and_the_search(boss: Client, house: House) -> None:
    vendor = Vendor.objects.create(operator=house.operator, vendor_ref="a1", title="Aurora")
    game = house.add_game("storm", vendor=vendor, rtp=96, enabled=False)
    House()
    query = (
        f"{ours(house)}&vendor__id__exact={vendor.pk}&enabled__exact=0&rtp_from=95&listing__exact=listed&q=storm&o=1"
    )
    data = {"action": "switch_selected_on", "index": "0", "_selected_action": [game.pk]}
    page = boss.post(f"{LIST}?{query}", data)
    assert page.context["selection"].described == (
        f"one by one from those with “storm” in the search; operator: {house.operator}; vendor: Aurora; "
        "offered by us: no; RTP from: 95; listing: Listed"
    )


def test_only_what_is_selected_is_switched(boss: Client, house: House) -> None:
    chosen = [house.add_game("201"), house.add_game("202")]
    do(boss, preview(boss, house, "off", *chosen))
    assert switches(house) == {"200": True, "201": False, "202": False}
    do(boss, preview(boss, house, "on", chosen[0]))
    assert switches(house) == {"200": True, "201": True, "202": False}


def test_what_came_after_the_preview_is_left_alone_and_what_others_did_is_told(boss: Client, house: House) -> None:
    others, off = house.add_game("201"), house.add_game("202", enabled=False)
    page = preview(boss, house, "off")
    house.add_game("203")
    Game.objects.filter(pk=others.pk).update(enabled=False)
    Game.objects.filter(pk=off.pk).update(enabled=True)
    assert said(do(boss, page)) == [
        "Switched off: 1 game.",
        "1 of them had been switched off by somebody else meanwhile.",
        "1 that stood off in the preview have been switched on meanwhile, and stay so.",
    ]
    assert switches(house) == {"200": False, "201": False, "202": True, "203": True}


@pytest.mark.parametrize("fault", ["changed", "for_on", "another_persons", "empty", "other_rows"])
def test_preview_that_is_not_this_persons_and_this_acts_does_nothing(
    boss: Client, staff: Callable[..., Client], house: House, fault: str
) -> None:
    client = staff("catalog.view_game", "catalog.change_game") if fault == "another_persons" else boss
    vendor = Vendor.objects.create(operator=house.operator, vendor_ref="Aurora")
    page = preview(boss, house, "off") if fault != "other_rows" else preview(boss, house, "off", vendor, model=Vendor)
    sealed = page.context["sealed"]
    wrong = {"changed": {"selection": f"{sealed[:-1]}_"}, "for_on": {"to": "on"}, "empty": {"selection": ""}}
    data = {"selection": sealed, "to": "off"} | wrong.get(fault, {})
    answer = client.post(reverse("admin:catalog_game_switch_many"), data)
    assert answer.headers["Location"] == f"{LIST}?"
    assert "Choose again." in said(answer)[0]
    assert switches(house) == {"200": True}


def test_preview_that_is_too_old_does_nothing(boss: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    page = preview(boss, house, "off")
    later = signing.time.time() + (LIFETIME + timedelta(seconds=2)).total_seconds()  # type: ignore[attr-defined]
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert "too old" in said(do(boss, page))[0]
    assert switches(house) == {"200": True}


def test_staff_who_may_only_look_neither_previews_nor_switches(
    boss: Client, staff: Callable[..., Client], house: House
) -> None:
    client = staff("catalog.view_game")
    assert "sealed" not in preview(client, house, "off", house.game).context
    sealed = preview(boss, house, "off").context["sealed"]
    answer = client.post(reverse("admin:catalog_game_switch_many"), {"selection": sealed, "to": "off"})
    assert answer.status_code == 403
    assert switches(house) == {"200": True}


def test_switch_of_rows_that_others_hold_is_told_and_changes_nothing(boss: Client, house: House) -> None:
    page = preview(boss, house, "off")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$;"
            " CREATE TRIGGER refuse BEFORE UPDATE ON catalog_game FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )
    assert said(do(boss, page)) == ["Somebody else, or a synchronisation, holds some of them. Nothing was switched."]
    assert switches(house) == {"200": True}


def test_selection_that_stands_so_already_offers_no_button(boss: Client, house: House) -> None:
    page = preview(boss, house, "on").content.decode()
    assert "All of them are on already." in page
    assert 'type="submit"' not in page.split('id="act-form"')[1].split("</form>")[0]


def test_vendors_are_previewed_with_their_games_and_lobbies(boss: Client, house: House, seat: Seat) -> None:
    vendor = Vendor.objects.create(operator=house.operator, vendor_ref="Aurora")
    Game.objects.filter(pk=house.game.pk).update(vendor=vendor)
    Lobby.objects.create(operator=house.operator, lobby_ref="live", vendor=vendor)
    house.seat(lobby_ref="live")
    page = preview(boss, house, "off", vendor, model=Vendor)
    touched = page.context["touched"]
    assert (touched.games, touched.lobbies, page.context["play"].sessions) == (1, 1, 2)
    do(boss, page)
    vendor.refresh_from_db()
    assert not vendor.enabled


def test_lobbies_and_currencies_are_switched_in_bulk(boss: Client, house: House) -> None:
    currency, _ = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro", "is_iso": True})
    rows: list[Any] = [
        house.add_lobby("live"),
        OperatorCurrency.objects.create(operator=house.operator, currency=currency),
    ]
    for row in rows:
        do(boss, preview(boss, house, "off", row, model=type(row)))
        row.refresh_from_db()
        assert not row.enabled


def test_preview_asks_as_often_for_many_as_for_few(boss: Client, house: House) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            preview(boss, house, "off")
        return len(asked)

    preview(boss, house, "off")
    few = count_queries()
    for number in range(30):
        vendor = Vendor.objects.create(operator=house.operator, vendor_ref=f"v{number}")
        house.add_game(f"g{number}", vendor=vendor)
    assert count_queries() == few
