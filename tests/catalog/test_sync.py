"""The catalogue follows the platform's lists, and keeps our own switches."""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import tasks
from catalog.models import Game, Listing, Lobby, Vendor
from catalog.services import (
    LOCK_SPACE,
    CatalogueNotOffered,
    Changes,
    ListEmpty,
    SyncResult,
    SyncUnderWay,
    switch_game,
    switch_lobby,
    switch_vendor,
    sync_catalog,
)
from operators.models import AuditEntry, Exchange, Operator, Protocol
from operators.platforms.base import PlatformFailure
from tests.operators.making import NOW, STAFF, make_casino, make_game, make_operator
from tests.operators.platform_stub import Answer, Stub, run_stub

pytestmark = pytest.mark.django_db

GAMES = "/api/generic/games/list/all"
LOBBIES = "/api/generic/lobbies/list/all"
LATER = NOW + timedelta(days=1)
UNCHANGED = SyncResult(Changes(), Changes(), 0)


@pytest.fixture
def stub(settings: Any) -> Iterator[Stub]:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    with run_stub() as stub:
        yield stub


@pytest.fixture
def operator(stub: Stub) -> Operator:
    return make_operator(make_casino(), api_host=stub.url)


def lay(stub: Stub, games: list[dict[str, Any]], lobbies: list[dict[str, Any]] | None = None) -> None:
    stub.lay_json(GAMES, {"games": games})
    stub.lay_json(LOBBIES, {"lobbies": lobbies or []})


def row(game_id: int, **more: Any) -> dict[str, Any]:
    return {"id": game_id, "title": f"Game {game_id}", "vendor": "northwind", "type": "slots", "enabled": 1, **more}


def sync(operator: Operator, now: Any = NOW) -> SyncResult:
    return sync_catalog(operator=operator, by="celery", now=now)


def listings() -> dict[str, str]:
    return dict(Game.objects.values_list("game_ref", "listing"))


def test_the_first_synchronisation_adds_everything(stub: Stub, operator: Operator) -> None:
    pictures = {"thumbnails": {"300x300": "https://media.example /1.png"}, "description": {"en": "A game."}}
    full = row(
        1, subtype="video", platform="mobile", fun_mode=1, campaigns=1, created_at="2024-05-10", details=pictures
    )
    lobby = {"lobby_id": "portomaso", "vendor": "portomaso", "details": {"thumbnails": {"1x1": "https://m.example/l"}}}
    lay(stub, [full, row(2, enabled=0, vendor="southwind")], [lobby])
    assert sync(operator) == SyncResult(Changes(added=2), Changes(added=1), 0)

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
    assert (game.gone_at, game.first_seen_at) == (None, NOW)
    assert not Game.objects.get(game_ref="2").platform_enabled
    assert set(Vendor.objects.values_list("vendor_ref", flat=True)) == {"northwind", "southwind", "portomaso"}
    found = Lobby.objects.select_related("vendor").get()
    assert (found.lobby_ref, found.vendor and found.vendor.vendor_ref) == ("portomaso", "portomaso")
    assert found.thumbnails == {"1x1": "https://m.example/l"}
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action, entry.details["games"]["added"]) == ("celery", "sync_catalog", 2)


def test_a_list_that_has_not_changed_writes_nothing(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1), row(2)], [{"lobby_id": "portomaso"}])
    sync(operator)
    entries = AuditEntry.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert sync(operator, LATER) == UNCHANGED
    assert [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))] == []
    assert AuditEntry.objects.count() == entries


def test_only_rows_that_differ_are_written(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(number) for number in range(1, 6)])
    sync(operator)
    before = dict(Game.objects.values_list("game_ref", "pk"))
    lay(stub, [row(number, title="Renamed" if number == 3 else f"Game {number}") for number in range(1, 6)])
    with CaptureQueriesContext(connection) as queries:
        assert sync(operator, LATER) == SyncResult(Changes(changed=1), Changes(), 0)
    (written,) = [query["sql"] for query in queries if query["sql"].startswith('INSERT INTO "catalog_game"')]
    assert ("Renamed" in written, "Game 4" in written) == (True, False)
    assert dict(Game.objects.values_list("game_ref", "pk")) == before
    assert Game.objects.get(game_ref="3").first_seen_at == NOW


@pytest.mark.parametrize(
    "change", [{"enabled": 0}, {"vendor": "southwind"}, {"fun_mode": 1}, {"details": {"description": "New"}}]
)
def test_each_fact_is_followed(stub: Stub, operator: Operator, change: dict[str, Any]) -> None:
    lay(stub, [row(1)])
    sync(operator)
    lay(stub, [row(1, **change)])
    assert sync(operator) == SyncResult(Changes(changed=1), Changes(), 0)
    assert sync(operator) == UNCHANGED


def test_our_switches_stay_as_they_are(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1)], [{"lobby_id": "portomaso", "vendor": "northwind"}])
    sync(operator)
    switch_game(game=Game.objects.get(), enabled=False, by=STAFF)
    switch_lobby(lobby=Lobby.objects.get(), enabled=False, by=STAFF)
    switch_vendor(vendor=Vendor.objects.get(), enabled=False, by=STAFF)
    lay(stub, [row(1, title="Renamed")], [{"lobby_id": "portomaso", "vendor": "southwind"}])
    sync(operator)
    game, lobby = Game.objects.get(), Lobby.objects.get()
    assert (game.title, game.enabled, lobby.enabled) == ("Renamed", False, False)
    assert not Vendor.objects.get(vendor_ref="northwind").enabled


def test_a_game_goes_and_comes_back(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1), row(2)], [{"lobby_id": "portomaso"}])
    sync(operator)
    lay(stub, [row(1)])
    assert sync(operator, LATER) == SyncResult(Changes(gone=1), Changes(gone=1), 0)
    gone = Game.objects.get(game_ref="2")
    assert (gone.listing, gone.gone_at, Lobby.objects.get().listing) == (Listing.GONE, LATER, Listing.GONE)
    assert sync(operator, LATER + timedelta(days=1)) == UNCHANGED
    assert Game.objects.get(game_ref="2").gone_at == LATER
    lay(stub, [row(1), row(2)], [{"lobby_id": "portomaso"}])
    assert sync(operator, LATER) == SyncResult(Changes(back=1), Changes(back=1), 0)
    back = Game.objects.get(game_ref="2")
    assert (back.pk, back.listing, back.gone_at) == (gone.pk, Listing.LISTED, None)


def test_an_unmapped_game_is_resolved_when_it_appears(stub: Stub, operator: Operator) -> None:
    met = make_game(operator, "7", listing="unmapped", vendor=None, title="")
    lay(stub, [row(1)])
    sync(operator)
    assert listings() == {"1": "listed", "7": "unmapped"}
    lay(stub, [row(1), row(7)])
    assert sync(operator) == SyncResult(Changes(resolved=1), Changes(), 0)
    found = Game.objects.get(game_ref="7")
    assert (found.pk, found.title, found.listing) == (met.pk, "Game 7", Listing.LISTED)


def test_an_empty_list_closes_no_casino(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1)])
    sync(operator)
    lay(stub, [])
    with pytest.raises(ListEmpty):
        sync(operator, LATER)
    assert listings() == {"1": "listed"}


def test_a_list_with_unreadable_rows_marks_nothing_gone(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1), row(2)])
    sync(operator)
    lay(stub, [row(1, title="Renamed"), {"id": None}])
    assert sync(operator, LATER) == SyncResult(Changes(changed=1), Changes(), 1)
    assert listings() == {"1": "listed", "2": "listed"}


def test_a_platform_that_fails_changes_nothing_and_is_logged(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1)])
    stub.lay(LOBBIES, Answer(403, b'{"title": "Access denied"}'))
    with pytest.raises(PlatformFailure):
        sync(operator)
    assert (Game.objects.count(), Vendor.objects.count()) == (0, 0)
    logged = Exchange.objects.get(operator_id=operator.pk)
    assert (logged.direction, logged.command, logged.http_status, logged.error_code) == (
        "out",
        "lobbies",
        403,
        "HTTP_403",
    )
    assert (logged.at, logged.response) == (NOW, '{"title": "Access denied"}')


def test_two_operators_keep_their_own_catalogues(stub: Stub, operator: Operator) -> None:
    other = make_operator(make_casino(), api_host=stub.url)
    lay(stub, [row(1)])
    assert (sync(operator), sync(other)) == (SyncResult(Changes(added=1), Changes(), 0),) * 2
    lay(stub, [row(2)])
    sync(operator)
    assert dict(Game.objects.filter(operator=other).values_list("game_ref", "listing")) == {"1": "listed"}


def test_a_second_synchronisation_of_an_operator_waits_for_no_first(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1)])
    other = connection.copy()
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, operator.pk])
        with pytest.raises(SyncUnderWay):
            sync(operator)
    assert (stub.asked, Game.objects.count()) == ([], 0)
    assert sync(operator).games.added == 1


@pytest.mark.parametrize("change", [{"protocol": Protocol.HIZI}, {"api_host": ""}])
def test_an_operator_without_lists_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CatalogueNotOffered):
        sync(make_operator(make_casino(), **change))


def test_a_switch_is_audited_once(operator: Operator) -> None:
    game = make_game(operator)
    switch_game(game=game, enabled=False, by=STAFF)
    switch_game(game=game, enabled=False, by=STAFF)
    assert not Game.objects.get(pk=game.pk).enabled
    entries = AuditEntry.objects.filter(action="switch_game")
    assert [(entry.by, entry.details) for entry in entries] == [(STAFF, {"enabled": False})]


def test_the_task_synchronises_one_operator(stub: Stub, operator: Operator) -> None:
    lay(stub, [row(1)])
    tasks.sync_catalog(operator.pk)
    assert listings() == {"1": "listed"}


def test_the_task_for_all_asks_for_each_active_operator(
    stub: Stub, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = make_operator(operator.casino, api_host=stub.url)
    make_operator(operator.casino, active=False)
    make_operator(operator.casino, protocol=Protocol.GMAG)
    make_operator(operator.casino, api_host="")
    asked: list[int] = []
    monkeypatch.setattr(tasks.sync_catalog, "delay", asked.append)
    tasks.sync_catalogs()
    assert asked == [operator.pk, second.pk]


def test_the_command_tells_what_came(stub: Stub, operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    lay(stub, [row(1), row(2)])
    call_command("sync_catalog", operator=operator.operator_ref)
    assert f"{operator}: games 2 added; lobbies unchanged\n" in capsys.readouterr().out


def test_the_command_goes_on_after_a_failure_and_names_it(
    stub: Stub, operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = make_operator(operator.casino, api_host=f"{stub.url}/other", operator_ref="aaa")
    stub.lay(f"/other{GAMES}", Answer(404, b""))
    lay(stub, [row(1)])
    with pytest.raises(CommandError, match=r"^Not synchronised: aaa\.$"):
        call_command("sync_catalog")
    assert listings() == {"1": "listed"}
    assert f"{failing}: HTTP_404" in capsys.readouterr().err


def test_the_command_refuses_an_operator_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="no active generic operator “nobody”"):
        call_command("sync_catalog", operator="nobody")
