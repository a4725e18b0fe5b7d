"""Switching what we offer: single rows and thousands, with one entry in the audit trail, all or none."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Currency, Game, Lobby, OperatorCurrency, Vendor
from catalog.selectors.switching import Share, list_games_touched, preview_switch
from catalog.services.offers import RowsBusy, Switching, read_ranges, switch_currency, switch_rows, write_ranges
from operators.models import AuditEntry
from tests.admin.house import House
from tests.concurrency.at_once import at_once

BY = "staff:anna"


@pytest.fixture
def house(db: None) -> House:
    return House()


def switches(house: House) -> dict[str, bool]:
    return dict(Game.objects.filter(operator=house.operator).values_list("game_ref", "enabled"))


def test_rows_are_switched_together_with_one_audit_entry_that_names_the_choice(house: House) -> None:
    games = [house.game, house.add_game("201"), house.add_game("202", enabled=False), house.add_game("203")]
    done = switch_rows(Game, ids=[game.pk for game in games[1:]], enabled=False, described="type: slots", by=BY)
    assert (done.changed, done.already) == ([games[1].pk, games[3].pk], 1)
    assert switches(house) == {"200": True, "201": False, "202": False, "203": False}
    entry = AuditEntry.objects.get(action__startswith="switch_")
    assert (entry.by, entry.action, entry.subject) == (BY, "switch_game_many", "2 games: type: slots")
    assert entry.details == {
        "enabled": False,
        "chosen": "type: slots",
        "changed": 2,
        "already_so": 1,
        "ids": f"{games[1].pk},{games[3].pk}",
    }


def test_switch_that_changes_nothing_leaves_no_audit_entry(house: House) -> None:
    before = AuditEntry.objects.count()
    done = switch_rows(Game, ids=[house.game.pk], enabled=True, described="one by one", by=BY)
    assert (done.changed, done.already) == ([], 1)
    assert AuditEntry.objects.count() == before


def test_switch_of_rows_of_which_one_fails_changes_none(house: House) -> None:
    ids = [house.game.pk, house.add_game("201").pk]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$;"
            f" CREATE TRIGGER refuse BEFORE UPDATE ON catalog_game FOR EACH ROW WHEN (OLD.id = {ids[1]})"
            " EXECUTE FUNCTION pg_temp.refuse()"
        )
    with pytest.raises(RowsBusy):
        switch_rows(Game, ids=ids, enabled=False, described="two", by=BY)
    assert switches(house) == {"200": True, "201": True}
    assert not AuditEntry.objects.filter(action="switch_game_many").exists()


def test_twenty_thousand_games_are_previewed_and_switched_within_seconds(house: House) -> None:
    vendor = Vendor.objects.create(operator=house.operator, vendor_ref="Aurora")
    Game.objects.bulk_create(
        Game(operator=house.operator, game_ref=f"g{n}", title=f"Game {n}", vendor=vendor) for n in range(20_000)
    )
    began = time.monotonic()
    touched = preview_switch(Game.objects.filter(vendor=vendor), enabled=False)
    done = switch_rows(Game, ids=touched.changing, enabled=False, described="vendor: Aurora", by=BY)
    assert time.monotonic() - began < 10
    assert len(done.changed) == 20_000
    assert Game.objects.filter(vendor=vendor, enabled=True).count() == 0
    assert read_ranges(AuditEntry.objects.get(action="switch_game_many").details["ids"]) == done.changed


def test_preview_counts_by_operator_and_vendor_and_changes_nothing(house: House) -> None:
    aurora = Vendor.objects.create(operator=house.operator, vendor_ref="a1", title="Aurora")
    there = house.game.first_seen_at
    games = [
        house.add_game("201", vendor=aurora),
        house.add_game("202", vendor=aurora, enabled=False),
        house.add_game("203", vendor=aurora, listing="gone", gone_at=there),
        house.game,
    ]
    touched = preview_switch(Game.objects.filter(operator=house.operator), enabled=False)
    assert touched.changing == sorted(game.pk for game in games if game.enabled)
    assert (touched.already, touched.gone) == ([games[1].pk], 1)
    name = house.operator.name
    assert touched.shares == [Share(name, "", 1, 0), Share(name, "Aurora", 2, 1)]
    assert sum(switches(house).values()) == 3


def test_preview_of_vendors_counts_their_games_and_lobbies(house: House) -> None:
    vendors = [Vendor.objects.create(operator=house.operator, vendor_ref=name) for name in ("a", "b")]
    games = [house.add_game("201", vendor=vendors[0]), house.add_game("202", vendor=vendors[0])]
    house.add_game("203", vendor=vendors[1])
    Lobby.objects.create(operator=house.operator, lobby_ref="live", vendor=vendors[0])
    touched = preview_switch(Vendor.objects.filter(pk=vendors[0].pk), enabled=False)
    assert (touched.games, touched.lobbies) == (2, 1)
    assert {game.pk for game in list_games_touched(Vendor, touched.changing)} == {game.pk for game in games}
    assert touched.shares == [Share(house.operator.name, "", 1, 0)]


def test_lobbies_vendors_and_currencies_are_switched_in_bulk_too(house: House) -> None:
    currency, _ = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro", "is_iso": True})
    rows: list[Any] = [
        house.add_lobby("live"),
        Vendor.objects.create(operator=house.operator, vendor_ref="Aurora"),
        OperatorCurrency.objects.create(operator=house.operator, currency=currency),
    ]
    actions = ["switch_lobby_many", "switch_vendor_many", "switch_currency_many"]
    for row, action in zip(rows, actions, strict=True):
        assert switch_rows(type(row), ids=[row.pk], enabled=False, described="it", by=BY).changed == [row.pk]
        row.refresh_from_db()
        assert not row.enabled
        assert AuditEntry.objects.get(action=action).details["ids"] == str(row.pk)


def test_one_currency_of_an_operator_is_switched_and_audited(house: House) -> None:
    currency, _ = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro", "is_iso": True})
    offer = OperatorCurrency.objects.create(operator=house.operator, currency=currency)
    assert not switch_currency(currency=offer, enabled=False, by=BY).enabled
    entry = AuditEntry.objects.get(action="switch_currency")
    assert (entry.by, entry.details) == (BY, {"enabled": False})


def test_two_people_who_switch_the_same_games_change_each_of_them_once(committed_db: None) -> None:
    house = House()
    made = Game.objects.bulk_create(
        Game(operator=house.operator, game_ref=f"g{n}", title=f"Game {n}", game_type="slot" if n % 2 else "table")
        for n in range(300)
    )
    ids = [game.pk for game in made]

    def switch(chosen: list[int]) -> Callable[[], Switching]:
        return lambda: switch_rows(Game, ids=chosen, enabled=False, described="at once", by=BY)

    done = at_once([switch(ids), switch(ids[::-1]), switch(ids[100:]), switch(ids[200::-1])])
    changed = sorted(key for each in done for key in each.changed)
    assert changed == ids
    entries = AuditEntry.objects.filter(action="switch_game_many", details__chosen="at once")
    written = [key for entry in entries.order_by("pk") for key in read_ranges(entry.details["ids"])]
    assert sorted(key for key in written if key in set(ids)) == ids


@given(st.sets(st.integers(1, 60)))
def test_ids_are_read_as_they_were_written(ids: set[int]) -> None:
    assert read_ranges(write_ranges(ids)) == sorted(ids)


def test_ids_in_a_row_are_written_as_a_range() -> None:
    assert write_ranges([7, 1, 2, 3, 9, 8, 12]) == "1-3,7-9,12"
