"""The catalogue follows the platform's lists, and keeps our own switches."""

from datetime import date
from typing import Any

import pytest

from catalog.models import Game, Listing, Lobby, RunState, Vendor
from catalog.services import CatalogueNotOffered, switch_game, switch_lobby, switch_vendor
from operators.models import AuditEntry, Casino, Exchange, Operator, Protocol
from operators.services.exchanges import LOG
from tests.catalog.lists import LATER, LOBBIES, Lists, counted_writes, found_by, listings, row, rows, sync
from tests.operators.making import NOW, STAFF, make_casino, make_game, make_operator
from tests.operators.platform_stub import Answer

pytestmark = pytest.mark.django_db


def test_the_first_synchronisation_adds_everything(lists: Lists, operator: Operator) -> None:
    pictures = {"thumbnails": {"300x300": "https://media.example /1.png"}, "description": {"en": "A game."}}
    full = row(
        1, subtype="video", platform="mobile", fun_mode=1, campaigns=1, created_at="2024-05-10", details=pictures
    )
    lobby = {"lobby_id": "portomaso", "vendor": "portomaso", "details": {"thumbnails": {"1x1": "https://m.example/l"}}}
    lists.lay([full, row(2, enabled=0, vendor="southwind")], [lobby])
    run = sync(operator)
    assert (run.state, run.fetched, found_by(run), run.error) == (RunState.APPLIED, 6, {"added": 6}, "")
    assert {kind: counts["added"] for kind, counts in run.counts.items()} == {"game": 2, "lobby": 1, "vendor": 3}
    assert (run.by, run.started_at, run.dry_run) == ("celery", NOW, False)
    assert run.ended_at is not None
    assert run.ended_at > NOW

    game = Game.objects.select_related("vendor").get(operator=operator, game_ref="1")
    assert (game.title, game.vendor and game.vendor.vendor_ref, game.game_type, game.subtype, game.platform) == (
        "Game 1",
        "northwind",
        "slots",
        "video",
        "mobile",
    )
    assert (game.enabled, game.platform_enabled, game.fun_mode, game.campaigns) == (True, True, True, True)
    assert (game.created_date, game.description) == (date(2024, 5, 10), {"en": "A game."})
    assert (game.thumbnails, game.listing) == ({"300x300": "https://media.example/1.png"}, Listing.LISTED)
    assert (game.gone_at, game.first_seen_at, game.rtp) == (None, NOW, None)
    assert '"created_at": "2024-05-10"' in game.raw
    assert not Game.objects.get(operator=operator, game_ref="2").platform_enabled
    vendors = Vendor.objects.filter(operator=operator)
    assert set(vendors.values_list("vendor_ref", "listing", "enabled")) == {
        ("northwind", "listed", True),
        ("southwind", "listed", True),
        ("portomaso", "listed", True),
    }
    found = Lobby.objects.select_related("vendor").get(operator=operator)
    assert (found.lobby_ref, found.vendor and found.vendor.vendor_ref) == ("portomaso", "portomaso")
    assert (found.thumbnails, found.enabled) == ({"1x1": "https://m.example/l"}, True)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action, entry.details["game"]["added"]) == ("celery", "sync_catalog", 2)


def test_lists_that_have_not_changed_write_nothing_but_the_run(lists: Lists, operator: Operator) -> None:
    lists.lay(rows(), [{"lobby_id": "portomaso", "vendor": "southwind"}])
    sync(operator)
    with counted_writes() as written:
        run = sync(operator, LATER)
    assert (run.state, found_by(run), run.fetched) == (RunState.UNCHANGED, {}, 13)
    assert written == {"catalog_syncrun": 2}


def test_a_changed_game_writes_its_row_and_its_history(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    before = dict(Game.objects.filter(operator=operator).values_list("game_ref", "pk"))
    lists.lay(rows(_3={"title": "Renamed"}))
    with counted_writes() as written:
        run = sync(operator, LATER)
    assert (run.state, found_by(run)) == (RunState.APPLIED, {"changed": 1})
    assert written == {
        "catalog_syncrun": 2,
        "catalog_game": 1,
        "catalog_change": 1,
        "operators_auditentry": 1,
    }
    assert dict(Game.objects.filter(operator=operator).values_list("game_ref", "pk")) == before
    game = Game.objects.get(operator=operator, game_ref="3")
    assert (game.title, game.first_seen_at) == ("Renamed", NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": 0},
        {"vendor": "southwind"},
        {"fun_mode": 1},
        {"campaigns": 1},
        {"type": "live"},
        {"subtype": "video"},
        {"platform": "mobile"},
        {"created_at": "2024-05-10"},
        {"details": {"description": "New"}},
        {"details": {"thumbnails": {"1x1": "https://m.example/1"}}},
    ],
)
def test_each_fact_is_followed(lists: Lists, operator: Operator, change: dict[str, Any]) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(_1=change))
    assert sync(operator).counts["game"]["changed"] == 1
    assert sync(operator).state == RunState.UNCHANGED


def test_a_text_with_the_same_facts_is_kept_but_is_no_change(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(_4={"unheard_of": 7}))
    with counted_writes() as written:
        assert sync(operator, LATER).state == RunState.UNCHANGED
    assert written == {"catalog_syncrun": 2, "catalog_game": 1}
    assert '"unheard_of": 7' in Game.objects.get(operator=operator, game_ref="4").raw
    with counted_writes() as written:
        sync(operator, LATER)
    assert written == {"catalog_syncrun": 2}


def test_a_game_listed_twice_is_one_and_stays_the_one_it_is(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1), row("1", title="Another"), row(2)])
    run = sync(operator)
    assert (run.counts["game"]["added"], run.counts["game"]["fetched"]) == (2, 3)
    lists.lay([row("1", title="Another"), row(1), row(2)])
    assert sync(operator).state == RunState.UNCHANGED
    assert Game.objects.get(operator=operator, game_ref="1").title == "Game 1"


def test_our_switches_and_words_stay_as_they_are(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1)], [{"lobby_id": "portomaso", "vendor": "northwind"}])
    sync(operator)
    game = Game.objects.get(operator=operator)
    Game.objects.filter(pk=game.pk).update(custom_title="Ours", custom_thumbnail_url="https://ours.example/1.png")
    switch_game(game=game, enabled=False, by=STAFF)
    switch_lobby(lobby=Lobby.objects.get(operator=operator), enabled=False, by=STAFF)
    switch_vendor(vendor=Vendor.objects.get(operator=operator), enabled=False, by=STAFF)
    lists.lay([row(1, title="Renamed")], [{"lobby_id": "portomaso", "vendor": "southwind"}])
    sync(operator)
    game, lobby = Game.objects.get(operator=operator), Lobby.objects.get(operator=operator)
    assert (game.title, game.enabled, lobby.enabled) == ("Renamed", False, False)
    assert (game.custom_title, game.custom_thumbnail_url) == ("Ours", "https://ours.example/1.png")
    assert not Vendor.objects.get(operator=operator, vendor_ref="northwind").enabled


def test_a_game_its_lobby_and_its_vendor_go_and_come_back(lists: Lists, operator: Operator) -> None:
    lobbies = [{"lobby_id": f"lobby{number}"} for number in range(10)]
    lists.lay(rows(_2={"vendor": "southwind"}), lobbies)
    sync(operator)
    lists.lay([one for one in rows() if one["id"] != 2], lobbies[1:])
    run = sync(operator, LATER)
    assert (run.state, found_by(run)) == (RunState.APPLIED, {"gone": 3})
    gone = Game.objects.get(operator=operator, game_ref="2")
    assert (gone.listing, gone.gone_at, gone.title) == (Listing.GONE, LATER, "Game 2")
    assert Lobby.objects.get(operator=operator, lobby_ref="lobby0").gone_at == LATER
    assert Vendor.objects.get(operator=operator, vendor_ref="southwind").listing == Listing.GONE
    assert sync(operator).state == RunState.UNCHANGED
    assert Game.objects.get(pk=gone.pk).gone_at == LATER
    lists.lay(rows(_2={"vendor": "southwind"}), lobbies)
    assert found_by(sync(operator, LATER)) == {"back": 3}
    back = Game.objects.get(operator=operator, game_ref="2")
    assert (back.pk, back.listing, back.gone_at) == (gone.pk, Listing.LISTED, None)


def test_an_unmapped_game_is_resolved_when_it_appears(lists: Lists, operator: Operator) -> None:
    met = make_game(operator, "7", listing="unmapped", vendor=None, title="", enabled=False)
    lists.lay([row(1)])
    sync(operator)
    assert listings(operator) == {"1": "listed", "7": "unmapped"}
    lists.lay([row(1), row(7)])
    assert found_by(sync(operator)) == {"resolved": 1}
    found = Game.objects.get(operator=operator, game_ref="7")
    assert (found.pk, found.title, found.listing, found.enabled) == (met.pk, "Game 7", Listing.LISTED, False)


def test_a_list_with_unreadable_rows_marks_nothing_gone(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay([*rows(range(1, 10), _1={"title": "Renamed"}), {"id": None}])
    run = sync(operator, LATER)
    assert (run.state, found_by(run)) == (RunState.APPLIED, {"changed": 1, "unreadable": 1})
    assert set(listings(operator).values()) == {"listed"}


def test_a_list_of_which_no_row_can_be_read_is_a_failure(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay([{"identity": 1}, {"identity": 2}])
    run = sync(operator, LATER)
    assert (run.state, run.error_code) == (RunState.FAILED, "BAD_REPLY")
    assert "not one of the 2 rows of the list (Game) can be read" in run.error
    assert set(listings(operator).values()) == {"listed"}


def test_texts_that_postgresql_cannot_hold_are_cleaned(lists: Lists, operator: Operator) -> None:
    odd = row(1, title="A\0B", details={"description": {"e\0n": "x\0y"}, "thumbnails": {}})
    lists.lay([odd])
    assert sync(operator).state == RunState.APPLIED
    game = Game.objects.get(operator=operator)
    assert (game.title, game.description) == ("AB", {"en": "x y"})
    assert sync(operator).state == RunState.UNCHANGED


def test_a_platform_that_fails_changes_nothing_and_is_logged(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1)])
    lists.stub.lay(LOBBIES, Answer(403, b'{"title": "Access denied"}'))
    run = sync(operator)
    assert (run.state, run.error_code) == (RunState.FAILED, "HTTP_403")
    assert run.error == (
        "Fetching lobbies: the platform answered HTTP 403 (Forbidden) (HTTP_403). The catalogue is as it was."
        " Check the operator id and the secret, and have the platform allow our address."
    )
    assert (Game.objects.filter(operator=operator).count(), Vendor.objects.filter(operator=operator).count()) == (0, 0)
    LOG.flush()
    logged = Exchange.objects.get(operator_id=operator.pk)
    assert (logged.direction, logged.command, logged.http_status, logged.error_code) == (
        "out",
        "lobbies",
        403,
        "HTTP_403",
    )
    assert logged.response == '{"title": "Access denied"}'


def test_two_operators_keep_their_own_catalogues(lists: Lists, operator: Operator) -> None:
    other = make_operator(make_casino(), api_host=lists.stub.url)
    lists.lay([row(1)])
    assert [sync(one).counts["game"]["added"] for one in (operator, other)] == [1, 1]
    lists.lay([row(2)])
    sync(operator)
    assert listings(other) == {"1": "listed"}


@pytest.mark.parametrize("change", [{"protocol": Protocol.GMAG}, {"api_host": ""}])
def test_an_operator_without_lists_is_refused(casino: Casino, change: dict[str, Any]) -> None:
    operator = make_operator(casino, **change)
    with pytest.raises(CatalogueNotOffered):
        sync(operator)
    assert not operator.sync_runs.exists()


def test_a_switch_is_audited_once(operator: Operator) -> None:
    game = make_game(operator)
    switch_game(game=game, enabled=False, by=STAFF)
    switch_game(game=game, enabled=False, by=STAFF)
    assert not Game.objects.get(pk=game.pk).enabled
    entries = AuditEntry.objects.filter(action="switch_game")
    assert [(entry.by, entry.details) for entry in entries] == [(STAFF, {"enabled": False})]
