"""The synchronisation by task, by beat and by `manage.py sync_catalog`."""

import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from catalog import tasks
from catalog.models import RunState, SyncRun
from operators.models import Operator
from tests.catalog.lists import GAMES, Lists, listings, row, rows, sync
from tests.operators.making import NOW, make_operator
from tests.operators.platform_stub import Answer

pytestmark = pytest.mark.django_db


def test_the_task_synchronises_one_operator(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1)])
    tasks.sync_catalog.apply(args=(operator.pk,), task_id="task-1")
    run = operator.sync_runs.get()
    assert (run.by, run.state, run.task_ref, run.dry_run) == ("celery", RunState.APPLIED, "task-1", False)
    assert listings(operator) == {"1": "listed"}


def test_the_task_does_what_a_person_asked_for(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 4)))
    for asked in ({"dry_run": True}, {}, {"agreed_gone": 7}):
        tasks.sync_catalog.apply(args=(operator.pk,), kwargs={"by": "staff:anna", **asked})
    runs = operator.sync_runs.order_by("pk").values_list("by", "state", "agreed_gone")[1:]
    assert list(runs) == [
        ("staff:anna", RunState.PREVIEWED, None),
        ("staff:anna", RunState.HELD, None),
        ("staff:anna", RunState.APPLIED, 7),
    ]


def test_a_task_that_finds_another_under_way_ends_quietly(
    lists: Lists, operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    alive = NOW + timedelta(days=900)
    SyncRun.objects.create(operator=operator, by="staff:anna", started_at=NOW, heartbeat_at=alive)
    with caplog.at_level(logging.INFO, logger="catalog.tasks"):
        assert tasks.sync_catalog.apply(args=(operator.pk,)).state == "SUCCESS"
    assert "is being synchronised already, by staff:anna" in caplog.text
    assert operator.sync_runs.count() == 1


def test_the_task_for_all_asks_for_each_active_operator_with_lists(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [
        make_operator(operator.casino, protocol=protocol, api_host="https://api.example")
        for protocol in ("hizi", "agent")
    ]
    make_operator(operator.casino, active=False)
    make_operator(operator.casino, protocol="gmag")
    make_operator(operator.casino, api_host="")
    asked: list[int] = []
    monkeypatch.setattr(tasks.sync_catalog, "delay", asked.append)
    tasks.sync_catalogs()
    assert asked == [operator.pk, *(other.pk for other in others)]


def test_the_task_that_purges_takes_what_is_a_week_old(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1)])
    old = sync(operator, NOW - timedelta(days=900), dry_run=True)
    new = sync(operator, NOW + timedelta(days=900), dry_run=True)
    tasks.purge_previews()
    assert list(operator.sync_runs.values_list("pk", flat=True)) == [new.pk]
    assert old.pk != new.pk


def test_the_command_tells_what_came(lists: Lists, operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    lists.lay([row(1), row(2), {"id": None}])
    call_command("sync_catalog", operator=operator.operator_ref)
    told = f"{operator}: Applied: game: 2 new, 1 unreadable; lobby: unchanged; vendor: 1 new\n"
    assert told in capsys.readouterr().out
    assert operator.sync_runs.get().by == "manage.py"


def test_the_command_shows_a_difference(lists: Lists, operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    lists.lay([row(1)])
    call_command("sync_catalog", operator=operator.operator_ref, dry_run=True)
    assert f"{operator}: Previewed: game: 1 new; lobby: unchanged; vendor: 1 new\n" in capsys.readouterr().out
    assert listings(operator) == {}


def test_the_command_goes_on_after_a_failure_and_names_it(
    lists: Lists, operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = make_operator(operator.casino, api_host=f"{lists.stub.url}/other", operator_ref="aaa")
    lists.stub.lay(f"/other{GAMES}", Answer(404, b""))
    lists.lay([row(1)])
    with pytest.raises(CommandError, match=r"^Not synchronised: aaa\.$"):
        call_command("sync_catalog")
    assert listings(operator) == {"1": "listed"}
    assert f"{failing}: Fetching games: the platform answered HTTP 404" in capsys.readouterr().err


def test_the_command_tells_of_a_list_that_waits_for_a_person(
    lists: Lists, operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay([])
    with pytest.raises(CommandError):
        call_command("sync_catalog", operator=operator.operator_ref)
    assert f"{operator}: Waits for a person: game: 10 gone; " in capsys.readouterr().err


def test_the_command_refuses_an_operator_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="no active operator “nobody”"):
        call_command("sync_catalog", operator="nobody")
