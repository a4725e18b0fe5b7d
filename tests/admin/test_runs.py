"""Synchronisations in the admin: asked for, watched, looked through, and the yes that a shrunken list waits for."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import ChangeKind, RunState, Subject, SyncRun
from catalog.selectors.runs import SILENCE
from operators.models import AuditEntry, Operator, Protocol
from operators.services import suspend_operator
from tests.admin.house import House, ago
from tests.admin.reading import words_of
from tests.admin.sync_runs import count_rows, make_change, make_held_run, make_run
from tests.broker import TakeTasks
from tests.operators.making import STAFF, make_operator

LIST = reverse("admin:catalog_syncrun_changelist")
SYNCHRONISE = reverse("admin:catalog_syncrun_synchronise")
FEED = reverse("admin:catalog_change_changelist")
OUT_OF_REACH = "Nothing was started: Redis, which carries work to the workers, cannot be reached."


@pytest.fixture
def listed(house: House) -> Operator:
    """An account at a platform whose catalogue is kept in step, the only one."""
    return make_operator(house.casino)


def page_of(run: SyncRun, act: str = "change") -> str:
    return reverse(f"admin:catalog_syncrun_{act}", args=[run.pk])


def found(client: Client, **query: Any) -> list[int]:
    return [run.pk for run in client.get(LIST, query).context["cl"].result_list]


def asked_page(operator_id: int, task_ref: str, seconds_ago: int = 0) -> str:
    page = reverse("admin:catalog_syncrun_asked", args=[operator_id, task_ref])
    return f"{page}?at={int(ago(seconds=seconds_ago).timestamp())}"


def test_runs_are_listed_newest_first_and_filtered(boss: Client, house: House) -> None:
    other = make_operator(house.casino)
    old = make_run(house.operator, started_at=ago(days=3))
    shown = make_run(house.operator, RunState.PREVIEWED, dry_run=True)
    failed = make_run(other, RunState.FAILED, error_code="TIMEOUT", error="Fetching games: no answer in time.")
    ours = {"operator__id__exact": house.operator.pk}
    assert found(boss)[:3] == [failed.pk, shown.pk, old.pk]
    assert found(boss, **ours) == [shown.pk, old.pk]
    assert found(boss, state__exact="failed", operator__id__exact=other.pk) == [failed.pk]
    assert found(boss, dry_run__exact=1, **ours) == [shown.pk]
    assert found(boss, started_at_to_0=f"{ago(days=1):%Y-%m-%d}", **ours) == [old.pk]


def test_list_tells_what_runs_found_and_how_long_they_took(boss: Client, house: House) -> None:
    make_run(house.operator, added=1_200, changed=3, gone=2, back=1, resolved=4, unreadable=5)
    make_run(house.operator, RunState.FAILED, error_code="HTTP_403", error="Fetching games: refused (HTTP_403).")
    words = words_of(boss.get(LIST))
    assert "Applied 1,200 new, 3 changed, 2 gone, 1 back, 4 resolved, 5 unreadable 5.2 s celery" in words
    assert "Fetching games: refused (HTTP_403)." in words


def test_running_run_is_told_with_its_progress(boss: Client, house: House) -> None:
    make_run(house.operator, RunState.RUNNING, phase="Reading games", progress_done=1_500, progress_total=20_000)
    assert "Running Reading games 1,500 of 20,000" in words_of(boss.get(LIST))


def test_run_whose_heart_is_silent_is_shown_as_broken_off(boss: Client, house: House) -> None:
    run = make_run(house.operator, RunState.RUNNING, heartbeat_at=ago(seconds=SILENCE.seconds + 1))
    assert "Broken off" in words_of(boss.get(LIST))
    page = boss.get(page_of(run))
    assert "It gives no sign of life: its worker has died, or lost the database." in words_of(page)
    assert "data-progress" not in page.content.decode()


def test_list_asks_the_database_as_often_for_many_runs_as_for_few(
    boss: Client, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_run(house.operator)
    boss.get(LIST)
    with django_assert_num_queries(4):
        boss.get(LIST)
    for _ in range(20):
        make_run(make_operator(house.casino))
    with django_assert_num_queries(4):
        assert len(boss.get(LIST).context["cl"].result_list) == 21


def test_runs_page_tells_each_kind_of_row_and_leads_to_its_changes(boss: Client, house: House) -> None:
    counts = {"game": count_rows(10, 11, added=1, changed=2, unreadable=1), "vendor": count_rows(3, 3)}
    run = make_run(house.operator, added=1, changed=2, counts=counts)
    new = make_change(run, ChangeKind.NEW, "11")
    renamed = [make_change(run, ChangeKind.RENAMED, ref, before={"title": "A"}, after={"title": "B"}) for ref in "12"]
    other = make_run(house.operator)
    make_change(other, ChangeKind.RENAMED, "7")
    page = boss.get(page_of(run))
    words = words_of(page)
    assert "Games 10 11 1 2 renamed , 1 new" in words
    assert "Vendors 3 3" in words
    links = [html.unescape(link) for link in re.findall(rf'href="({FEED}\?[^"]*)"', page.content.decode())]
    lists = [[change.pk for change in boss.get(link).context["cl"].result_list] for link in links]
    assert lists == [[each.pk for each in reversed(renamed)], [new.pk], [renamed[1].pk, renamed[0].pk, new.pk]]


def test_what_a_person_has_to_look_at_stands_first(boss: Client, house: House) -> None:
    run = make_run(house.operator, counts={"game": count_rows(10, 10)})
    for number in range(120):
        make_change(run, ChangeKind.NEW, f"n{number}")
    for kind in (ChangeKind.RENAMED, ChangeKind.RTP, ChangeKind.COUNTRIES, ChangeKind.GONE):
        make_change(run, kind, kind.value)
    answer = boss.get(page_of(run))
    shown = re.findall(r'<code title="([^"]*)">', answer.content.decode())
    assert shown[:5] == ["gone", "countries", "rtp", "renamed", "n0"]
    assert len(shown) == 30
    assert "The first 30 of 124: see all" in words_of(answer)


def test_run_without_a_difference_says_so(boss: Client, house: House) -> None:
    run = make_run(house.operator, RunState.UNCHANGED, counts={"game": count_rows(10, 10)})
    assert "The catalogue and the platform's lists agree." in words_of(boss.get(page_of(run)))


def test_failed_run_says_why_and_leads_to_the_exchange_log(boss: Client, house: House) -> None:
    error = "Fetching games: no answer within 20 s (TIMEOUT). The catalogue is as it was. The next run tries again."
    run = make_run(house.operator, RunState.FAILED, error_code="TIMEOUT", error=error)
    page = boss.get(page_of(run))
    assert f"TIMEOUT {error}" in words_of(page)
    log = f"{reverse('admin:operators_exchange_changelist')}?operator__id__exact={house.operator.pk}"
    assert html.escape(f"{log}&direction__exact=out") in page.content.decode()


def test_running_runs_page_follows_its_progress(boss: Client, house: House) -> None:
    run = make_run(house.operator, RunState.RUNNING, phase="Reading games", progress_done=30, progress_total=200)
    page = boss.get(page_of(run)).content.decode()
    address = reverse("admin:catalog_syncrun_progress", args=[run.pk])
    assert f'data-progress="{address}"' in page
    told = {"phase": "Reading games", "done": 30, "total": 200, "running": True}
    assert boss.get(address).json() == told
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=ago(seconds=SILENCE.seconds + 1))
    assert boss.get(address).json() == told | {"running": False}


def test_acts_are_offered_where_they_fit(boss: Client, house: House) -> None:
    runs = {state: make_run(make_operator(house.casino), state, changed=1) for state in RunState}
    offered = {
        state: [act for act in ("apply", "agree") if page_of(run, act) in boss.get(page_of(run)).content.decode()]
        for state, run in runs.items()
    }
    assert offered == {state: [] for state in RunState} | {RunState.PREVIEWED: ["apply"], RunState.HELD: ["agree"]}


def test_preview_that_found_nothing_has_nothing_to_apply(boss: Client, house: House) -> None:
    run = make_run(house.operator, RunState.PREVIEWED, unreadable=1, counts={"game": count_rows(10, 10, unreadable=1)})
    page = boss.get(page_of(run))
    assert page_of(run, "apply") not in page.content.decode()
    assert "The catalogue and the platform's lists agree." in words_of(page)


def test_person_chooses_among_operators_that_have_a_catalogue(boss: Client, listed: Operator) -> None:
    make_operator(listed.casino, protocol=Protocol.GMAG)
    suspend_operator(operator=make_operator(listed.casino), by=STAFF)
    other = make_operator(listed.casino)
    form = boss.get(SYNCHRONISE, {"operator": other.pk}).context["form"]
    assert [operator.pk for operator in form.fields["operator"].queryset] == [listed.pk, other.pk]
    assert form.initial == {"operator": str(other.pk)}


def test_only_operator_there_is_is_chosen_already(boss: Client, listed: Operator) -> None:
    assert boss.get(SYNCHRONISE).context["form"].initial == {"operator": listed}


def test_synchronisation_waits_for_a_worker_and_then_leads_to_its_run(
    boss: Client, listed: Operator, waiting_tasks: TakeTasks
) -> None:
    answer = boss.post(SYNCHRONISE, {"operator": listed.pk, "dry_run": "on"})
    assert waiting_tasks() == [("catalog.sync_catalog", [listed.pk], {"by": "staff:boss", "dry_run": True})]
    page = urlsplit(answer.headers["Location"])
    task_ref = page.path.rstrip("/").rpartition("/")[2]
    waiting = boss.get(answer.headers["Location"])
    assert "Waiting for a worker…" in words_of(waiting)
    assert "No worker has taken it up yet" not in words_of(waiting)
    run = make_run(listed, RunState.RUNNING, task_ref=task_ref)
    assert boss.get(answer.headers["Location"]).headers["Location"] == page_of(run)


def test_synchronisation_without_an_operator_is_asked_for_again(
    boss: Client, house: House, waiting_tasks: TakeTasks
) -> None:
    answer = boss.post(SYNCHRONISE, {"operator": ""})
    assert "This field is required." in words_of(answer)
    assert waiting_tasks() == []


def test_wait_that_grows_long_says_why_it_may(boss: Client, house: House) -> None:
    assert "No worker has taken it up yet" in words_of(boss.get(asked_page(house.operator.pk, "t-1", seconds_ago=12)))
    assert "data-awaited" in boss.get(asked_page(house.operator.pk, "t-1", seconds_ago=290)).content.decode()
    assert "data-awaited" not in boss.get(asked_page(house.operator.pk, "t-1", seconds_ago=310)).content.decode()


@pytest.mark.parametrize("at", ["", "x", "9" * 40])
def test_wait_since_no_time_that_is_one_is_a_wait_from_now(boss: Client, house: House, at: str) -> None:
    page = reverse("admin:catalog_syncrun_asked", args=[house.operator.pk, "t-1"])
    assert "No worker has taken it up yet" not in words_of(boss.get(page, {"at": at}))


def test_wait_tells_of_a_run_that_is_in_the_way(boss: Client, house: House) -> None:
    make_run(make_operator(house.casino), RunState.RUNNING)
    before = make_run(house.operator, started_at=ago(seconds=60))
    page = asked_page(house.operator.pk, "t-1", seconds_ago=30)
    assert "already" not in words_of(boss.get(page))
    now = make_run(house.operator, RunState.RUNNING, by="staff:bruno")
    answer = boss.get(page)
    assert f"{house.operator.name} is being synchronised by staff:bruno already" in words_of(answer)
    assert page_of(now) in answer.content.decode()
    assert page_of(before) not in answer.content.decode()
    SyncRun.objects.filter(pk=now.pk).update(state=RunState.UNCHANGED, ended_at=ago(seconds=3))
    assert f"{house.operator.name} was being synchronised by staff:bruno already" in words_of(boss.get(page))


def test_preview_is_applied_by_a_run_in_earnest(boss: Client, house: House, waiting_tasks: TakeTasks) -> None:
    counts = {"game": count_rows(10, 7, shrinks=True, gone=3)}
    run = make_run(house.operator, RunState.PREVIEWED, dry_run=True, gone=3, counts=counts)
    make_change(run, ChangeKind.GONE, "1")
    words = words_of(boss.get(page_of(run)))
    assert "A preview: nothing was written. In earnest it would wait for a person" in words
    assert "What would change" in words
    assert "the run will wait for a person's yes" in words_of(boss.get(page_of(run, "apply")))
    answer = boss.post(page_of(run, "apply"))
    assert answer.headers["Location"].startswith(reverse("admin:index") + "catalog/syncrun/asked/")
    assert waiting_tasks() == [("catalog.sync_catalog", [house.operator.pk], {"by": "staff:boss"})]


def test_held_run_tells_what_is_missing_and_waits_for_a_yes(boss: Client, house: House) -> None:
    run = make_held_run(house.operator)
    words = words_of(boss.get(page_of(run)))
    assert "Games: 3 of 10 are no longer on the platform's list." in words
    assert "Look at the difference below, and agree if it is right" in words
    asked = words_of(boss.get(page_of(run, "agree")))
    assert "Let 3 rows go" in asked
    assert "Games: 3 of 10 gone." in asked


def test_yes_is_audited_and_starts_a_run_that_may_lose_as_many(
    boss: Client, house: House, waiting_tasks: TakeTasks
) -> None:
    run = make_held_run(house.operator)
    assert boss.post(page_of(run, "agree")).status_code == 302
    assert waiting_tasks() == [
        ("catalog.sync_catalog", [house.operator.pk], {"by": "staff:boss", "agreed_gone": 3}),
    ]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action, entry.details) == ("staff:boss", "agree_to_shrink", {"gone": 3})


def test_held_run_that_was_overtaken_waits_for_nobody(boss: Client, house: House, waiting_tasks: TakeTasks) -> None:
    run = make_held_run(house.operator, started_at=ago(hours=2))
    make_run(house.operator, RunState.FAILED)
    assert page_of(run, "agree") in boss.get(page_of(run)).content.decode()
    later = make_run(house.operator, RunState.UNCHANGED)
    page = boss.get(page_of(run))
    assert page_of(run, "agree") not in page.content.decode()
    assert f"Run {later.pk} has taken its place since." in words_of(page)
    assert "This run waits for nobody" in words_of(boss.post(page_of(run, "agree")))
    assert waiting_tasks() == []
    assert not AuditEntry.objects.filter(action="agree_to_shrink").exists()


@pytest.mark.parametrize("act", ["synchronise", "apply", "agree"])
def test_person_is_told_when_no_worker_can_be_reached(
    boss: Client, listed: Operator, no_broker: None, act: str
) -> None:
    held = make_held_run(listed)
    page = SYNCHRONISE if act == "synchronise" else page_of(held, act)
    assert OUT_OF_REACH in words_of(boss.post(page, {"operator": listed.pk}))
    assert not AuditEntry.objects.filter(action="agree_to_shrink").exists()


def test_staff_who_may_only_look_starts_nothing(
    staff: Callable[..., Client], house: House, waiting_tasks: TakeTasks
) -> None:
    client, held = staff("catalog.view_syncrun"), make_held_run(house.operator)
    assert client.get(page_of(held)).status_code == 200
    assert SYNCHRONISE not in client.get(LIST).content.decode()
    assert page_of(held, "agree") not in client.get(page_of(held)).content.decode()
    for page in (SYNCHRONISE, page_of(held, "agree"), page_of(held, "apply")):
        assert client.post(page, {"operator": house.operator.pk}).status_code == 403
    assert waiting_tasks() == []


def test_staff_without_permission_sees_neither_progress_nor_wait(staff: Callable[..., Client], house: House) -> None:
    run = make_run(house.operator, RunState.RUNNING)
    client = staff("catalog.change_game")
    for page in (reverse("admin:catalog_syncrun_progress", args=[run.pk]), asked_page(house.operator.pk, "t-1")):
        assert client.get(page).status_code == 403


def test_time_that_a_run_takes_is_told_while_it_lasts(boss: Client, house: House) -> None:
    run = make_run(house.operator, RunState.RUNNING, started_at=ago(minutes=12, seconds=5))
    assert "Has run for 12 min" in words_of(boss.get(page_of(run)))
    done = make_run(make_operator(house.casino), started_at=ago(hours=2))
    SyncRun.objects.filter(pk=done.pk).update(ended_at=done.started_at + timedelta(minutes=75))
    assert "Took 1 h 15 min" in words_of(boss.get(page_of(done)))


def test_vendor_whose_countries_changed_is_told_by_name_on_the_runs_page(boss: Client, house: House) -> None:
    run = make_run(house.operator, counts={"vendor": count_rows(1, 1, changed=1)})
    facts = {"before": {"restricted_countries": ["IT"]}, "after": {"restricted_countries": ["FR", "DE"]}}
    make_change(run, ChangeKind.COUNTRIES, "aurora", Subject.VENDOR, title="Aurora", **facts)
    told = "Restricted countries added France (FR), Germany (DE) ; removed Italy (IT)"
    assert told in words_of(boss.get(page_of(run)))
