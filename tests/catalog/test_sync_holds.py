"""A list that shrinks waits for a person's yes; a dry run shows the difference and does nothing."""

from datetime import timedelta

import pytest

from catalog.models import Change, RunState, SyncRun
from catalog.services import NotHeld, agree_to_shrink, purge_previews
from operators.models import AuditEntry, Operator
from tests.catalog.lists import (
    LATER,
    TEN,
    Lists,
    changes_of,
    counted_writes,
    found_by,
    listings,
    row,
    rows,
    sync,
)
from tests.operators.making import STAFF

pytestmark = pytest.mark.django_db

NOTHING_OF_THE_CATALOGUE = {"catalog_game", "catalog_vendor", "catalog_lobby", "operators_auditentry"}


def test_a_list_that_loses_a_fifth_is_applied(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 9)))
    assert (sync(operator).state, list(listings(operator).values()).count("gone")) == (RunState.APPLIED, 2)


def test_a_list_that_loses_more_than_a_fifth_is_held(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 8), _1={"title": "Renamed"}))
    with counted_writes() as written:
        run = sync(operator, LATER)
    assert (run.state, found_by(run)) == (RunState.HELD, {"changed": 1, "gone": 3})
    assert (run.counts["game"]["shrinks"], run.counts["vendor"]["shrinks"]) == (True, False)
    assert NOTHING_OF_THE_CATALOGUE & written.keys() == set()
    assert [change[1:3] for change in changes_of(run)] == [
        ("1", "renamed"),
        ("10", "gone"),
        ("8", "gone"),
        ("9", "gone"),
    ]
    assert set(listings(operator).values()) == {"listed"}


def test_lobbies_are_a_list_of_their_own(lists: Lists, operator: Operator) -> None:
    lobbies = [{"lobby_id": f"lobby{number}"} for number in range(5)]
    lists.lay(rows(), lobbies)
    sync(operator)
    lists.lay(rows(), lobbies[2:])
    run = sync(operator)
    assert (run.state, run.counts["lobby"]["gone"]) == (RunState.HELD, 2)


def test_of_fewer_than_five_rows_any_but_the_last_may_go(lists: Lists, operator: Operator) -> None:
    lists.lay(rows(range(1, 5)))
    sync(operator)
    lists.lay(rows(range(1, 2)))
    assert sync(operator).state == RunState.APPLIED
    lists.lay([])
    assert sync(operator).state == RunState.HELD
    assert listings(operator)["1"] == "listed"


def test_an_empty_list_closes_no_casino(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay([])
    run = sync(operator, LATER)
    assert (run.state, run.gone) == (RunState.HELD, 11)
    assert set(listings(operator).values()) == {"listed"}


def test_what_a_person_agrees_to_is_done(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 6)))
    held = sync(operator)
    agreed = agree_to_shrink(run=held, by=STAFF)
    entry = AuditEntry.objects.latest("pk")
    assert (agreed, entry.by, entry.action, entry.details) == (5, STAFF, "agree_to_shrink", {"gone": 5})
    run = sync(operator, agreed_gone=agreed, by=STAFF)
    assert (run.state, run.gone, run.agreed_gone) == (RunState.APPLIED, 5, 5)
    assert list(listings(operator).values()).count("gone") == 5
    assert SyncRun.objects.get(pk=held.pk).state == RunState.HELD


def test_a_list_that_has_shrunk_further_is_held_again(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 6)))
    agreed = agree_to_shrink(run=sync(operator), by=STAFF)
    lists.lay(rows(range(1, 5)))
    run = sync(operator, agreed_gone=agreed)
    assert (run.state, run.gone) == (RunState.HELD, 6)
    assert set(listings(operator).values()) == {"listed"}


def test_a_yes_is_good_for_one_time(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 7)))
    held = sync(operator)
    agreed = [agree_to_shrink(run=held, by=by) for by in (STAFF, "staff:bengt")]
    assert agreed == [4, 4]
    assert sync(operator, agreed_gone=agreed[0]).state == RunState.APPLIED
    lists.lay(rows(range(1, 3)))
    again = sync(operator, agreed_gone=agreed[1])
    assert (again.state, again.gone) == (RunState.HELD, 4)
    assert list(listings(operator).values()).count("listed") == 6


@pytest.mark.parametrize("after", [TEN, range(1, 6)])
def test_nobody_agrees_to_what_is_out_of_date(lists: Lists, operator: Operator, after: range) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 6)))
    held = sync(operator)
    lists.lay(rows(after))
    newer = sync(operator)
    with pytest.raises(NotHeld):
        agree_to_shrink(run=held, by=STAFF)
    assert newer.state == (RunState.UNCHANGED if after == TEN else RunState.HELD)


def test_a_dry_run_shows_the_difference_and_changes_nothing(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(3, 12), _3={"title": "Renamed"}))
    with counted_writes() as written:
        run = sync(operator, LATER, dry_run=True)
    assert (run.state, run.dry_run) == (RunState.PREVIEWED, True)
    assert found_by(run) == {"added": 1, "changed": 1, "gone": 2}
    assert [change[1:3] for change in changes_of(run)] == [
        ("1", "gone"),
        ("11", "new"),
        ("2", "gone"),
        ("3", "renamed"),
    ]
    assert written == {"catalog_syncrun": 2, "catalog_change": 4}
    assert listings(operator) == {str(number): "listed" for number in TEN}
    done = sync(operator, LATER)
    assert (done.state, found_by(done)) == (RunState.APPLIED, found_by(run))


def test_a_dry_run_of_an_empty_catalogue_makes_not_even_a_vendor(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1)])
    run = sync(operator, dry_run=True)
    assert (run.state, run.added, operator.vendors.count(), listings(operator)) == (RunState.PREVIEWED, 2, 0, {})


def test_what_was_only_shown_is_deleted_after_a_week(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    applied, previewed = sync(operator), sync(operator, dry_run=True)
    lists.lay([])
    held = sync(operator)
    runs = SyncRun.objects.filter(operator=operator)
    purge_previews(now=LATER)
    assert set(runs.values_list("pk", flat=True)) == {applied.pk, previewed.pk, held.pk}
    assert Change.objects.filter(run=held).count() == 11
    purge_previews(now=LATER + timedelta(days=7))
    assert set(runs.values_list("pk", flat=True)) == {applied.pk}
    assert set(Change.objects.filter(operator=operator).values_list("run", flat=True)) == {applied.pk}
